// The footage sheet on disk: the same write protocol as for rows (W2 to W6 of design/sync.md §5),
// but no new generation. What stands there then is looked at like a save in which nobody changed a
// row.
#include <algorithm>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "disk/lock_owner.hpp"
#include "disk/ring.hpp"
#include "local/footage_sheet.hpp"
#include "local/workbook_port.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

/// Entries and token read the same in both.
bool same_entries(const workbook::Image& one, const workbook::Image& other) {
  const auto is_same = [](const workbook::ImageRow& a, const workbook::ImageRow& b) {
    return a.row_number == b.row_number && a.tracker_id == b.tracker_id && a.cells == b.cells &&
           a.measured == b.measured && a.extra == b.extra;
  };
  return one.sheet_name == other.sheet_name && one.token == other.token &&
         std::ranges::equal(one.rows, other.rows, is_same);
}

}  // namespace

Status WorkbookPort::write_footage(const merge::Mirror& mirror, const EpisodePlans& plans,
                                   const std::string& known_digest, std::int64_t generation) {
  if (!document_ || document_digest_ != known_digest) return {};
  if (!disk::open_by(locks_, runtime::now()).empty()) return {};
  TRY(workbook::Patched put, document_->put(footage_sheet(mirror, plans, settings_.footage_sheet)));
  if (put.document.bytes() != document_->bytes()) {
    TRY(const workbook::Image before, document_->image(read_options()));
    TRY(const workbook::Image after, put.document.image(read_options()));
    if (!same_entries(before, after)) {
      return fail(ErrorCode::internal, "not written, because a check failed: the entries differ");
    }
    if (settings_.auto_backup_excel) {
      CHECK_OK(disk::back_up(settings_.workbook, settings_.data_dir / "backups", runtime::now()));
    }
    const journal::Intent intent{generation, document_digest_, content_digest(put.document.bytes()),
                                 new_temp_name()};
    CHECK_OK(swap_in(intent, put.document, [&] { return journal_->begin_rewrite(intent); }));
    stamp_.reset();  // whoever wrote it: the engine hears of it from the next look
  }
  if (!put.refusals.empty()) return fail(ErrorCode::unsupported, put.refusals.front().where);
  return {};
}

}  // namespace tracker::local
