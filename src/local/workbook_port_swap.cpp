// W1 to W6 of design/sync.md §5: a new version of the workbook takes the place of exactly the one
// that it was made from, and that one is kept.
#include <unistd.h>

#include "core/log.hpp"
#include "local/workbook_port.hpp"

namespace tracker::local {

namespace fs = std::filesystem;

Result<WorkbookPort::Swap> WorkbookPort::swap_in(const journal::Intent& intent,
                                                 workbook::Document document,
                                                 const std::function<Status()>& begin) {
  CHECK_OK(disk::place_temp(settings_.workbook, intent.temp_name, document.bytes()));
  if (const Status begun = begin(); !begun) {
    ::unlink(temp_path(intent.temp_name).c_str());
    return std::unexpected(begun.error());
  }
  const auto placed_stamp = disk::stamp_of(temp_path(intent.temp_name));
  const auto outcome =
      disk::exchange(settings_.workbook, intent.temp_name, intent.old_digest, intent.new_digest);
  const bool done = outcome && *outcome == disk::ExchangeOutcome::written;
  if (auto ended = journal_->end_write(intent, done); !ended) {
    log::error("{}", describe(ended.error()));  // recovery finishes it at the next start
  }
  if (!done) {
    stamp_.reset();
    const fs::path temp = temp_path(intent.temp_name);
    // A human's, or ours that was the workbook for a moment: never into nothing.
    if (const auto left = disk::digest_of(temp)) keep(temp, *left);
    if (!outcome) return std::unexpected(outcome.error());
    return Swap{};
  }
  Swap swap{true, keep(temp_path(intent.temp_name), intent.old_digest)};
  document_ = std::move(document);
  document_digest_ = intent.new_digest;
  stamp_ = disk::stamp_of(settings_.workbook);
  const bool ours = stamp_ && placed_stamp && stamp_->inode == placed_stamp->inode &&
                    stamp_->modified_ns == placed_stamp->modified_ns;
  if (!ours) stamp_.reset();  // somebody saved already: look at it
  return swap;
}

}  // namespace tracker::local
