// Saves that came late: a program that saves in place goes on writing into a file that we displaced
// (design/sync.md §5, W6). Such files are watched for a minute, also over a start.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "disk/ring.hpp"
#include "local/workbook_port.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

/// False: a version that we know, or a file of ours that never had the workbook's name.
bool WorkbookPort::is_unread_save(const fs::path& file) const {
  const auto content = disk::read_file(file, disk::workbook_bytes_max);
  if (!content) return true;  // still being written, perhaps
  const auto known = journal_->knows(content_digest(content->bytes));
  if (!known || *known) return false;
  const auto document = workbook::Document::open(content->bytes);
  const auto image = document ? document->image(read_options()) : std::unexpected(document.error());
  if (!image || !image->token) return true;
  const auto bases = journal_->bases({}, image->token);
  return bases && bases->written;  // a token that people could see is one that we wrote down
}

/// A program that saves in place may still be writing into what was displaced before the crash.
void WorkbookPort::watch_ring() {
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(settings_.data_dir / "displaced", none_yet)) {
    const fs::path path = entry.path();
    const bool watched =
        std::ranges::any_of(displaced_, [&](const Displaced& one) { return one.path == path; });
    const auto stamp = disk::stamp_of(path);
    const auto digest = disk::digest_of(path);
    if (watched || !stamp || !digest) continue;
    displaced_.push_back({path, *stamp, *digest, steady_clock::now() + disk::displaced_watch_time});
  }
}

/// Of before the start: what comes late may be older than what was read then.
void WorkbookPort::remember_human_saves() {
  std::vector<fs::path> files{settings_.workbook};
  for (const Displaced& one : displaced_) files.push_back(one.path);
  const std::chrono::nanoseconds now = runtime::now().time_since_epoch();
  const std::int64_t young = (now - disk::displaced_watch_time).count();
  for (const fs::path& file : files) {
    const auto stamp = disk::stamp_of(file);
    if (!stamp || stamp->modified_ns < young) continue;
    const auto content = disk::read_file(file, disk::workbook_bytes_max);
    if (!content) continue;
    const auto observed = journal_->has_observed(content_digest(content->bytes));
    if (!observed || !*observed) continue;
    const auto document = workbook::Document::open(content->bytes);
    if (!document) continue;
    if (const auto image = document->image(read_options())) {
      human_saves_.push_back({content->stamp.modified_ns, image->token});
    }
  }
}

/// A save that came late, but before one that was read already: what it adds is taken, and the
/// newer one stays the workbook. If it is not taken, it is found again.
bool WorkbookPort::read_older(const disk::FileContent& content) {
  const auto document = workbook::Document::open(content.bytes);
  auto image = document ? document->image(read_options()) : std::unexpected(document.error());
  if (!image) return false;
  std::string digest = content_digest(content.bytes);
  auto bases = journal_->bases(digest, image->token);
  if (!bases) return false;
  const auto newer_saves = std::ranges::count_if(human_saves_, [&](const Save& save) {
    return save.at_ns > content.stamp.modified_ns && save.token == image->token;
  });
  log::warning("a save that came late, into a file we had replaced, is read; a newer one stays");
  older_ = Look();
  older_->event = sync::WorkbookSeen{std::move(digest),
                                     std::make_shared<const workbook::Image>(std::move(*image)),
                                     std::move(*bases),
                                     runtime::now(),
                                     true,
                                     static_cast<std::size_t>(newer_saves)};
  older_->try_again = true;  // then the workbook itself again
  return true;
}

/// `anew`: what its return displaces in turn.
bool WorkbookPort::rescue(Displaced& one, const disk::FileStamp& stamp,
                          std::vector<Displaced>& anew) {
  auto content = disk::read_file(one.path, disk::workbook_bytes_max);
  if (!content) return false;
  const std::string digest = content_digest(content->bytes);
  const auto known = journal_->knows(digest);
  if (digest == one.digest || !known || *known) return false;
  if (!workbook::Document::open(content->bytes)) return false;  // not whole yet: looked at again
  const std::string temp = new_temp_name();
  const auto current = disk::digest_of(settings_.workbook);
  const auto was_read = current ? journal_->knows(*current) : Result<bool>(false);
  if (!was_read || !*was_read) return false;  // a newer save stands there: it is read first
  const auto is_newer = [&stamp](const Save& save) { return save.at_ns > stamp.modified_ns; };
  if (std::ranges::any_of(human_saves_, is_newer)) return read_older(*content);
  if (!disk::place_temp(settings_.workbook, temp, content->bytes)) return false;
  const auto outcome = disk::exchange(settings_.workbook, temp, *current, digest);
  const bool done = outcome && *outcome == disk::ExchangeOutcome::written;
  if (done) {
    log::warning("a save that came late, into a file we had replaced, is the workbook again");
    rescued_digest_ = digest;
    one.digest = digest;
    stamp_.reset();
  }
  // What was displaced; or a copy of the late save that was the workbook for a moment.
  const auto left = disk::digest_of(temp_path(temp));
  auto kept = left ? put_in_ring(temp_path(temp), done ? *current : *left) : std::nullopt;
  if (kept) anew.push_back(std::move(*kept));
  return done;
}

/// Every look comes by here, and in a minute of edits hundreds of files are displaced: a call of
/// the system for each, and no more.
bool WorkbookPort::rescue_late_saves() {
  bool rescued = false;
  std::vector<Displaced> anew;
  for (Displaced& one : displaced_) {
    const auto stamp = disk::stamp_of(one.path);
    if (!stamp) one.until = {};  // the ring let it go
    const bool touched =
        stamp && (one.digest.empty() || stamp->modified_ns != one.stamp.modified_ns ||
                  stamp->size_bytes != one.stamp.size_bytes);
    if (touched && rescue(one, *stamp, anew)) rescued = true;
  }
  const auto now = steady_clock::now();
  std::erase_if(displaced_, [now](const Displaced& one) { return one.until <= now; });
  std::ranges::move(anew, std::back_inserter(displaced_));
  return rescued;
}

}  // namespace tracker::local
