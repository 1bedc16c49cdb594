#include "local/workbook_port.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "disk/lock_owner.hpp"
#include "disk/ring.hpp"
#include "runtime/clock.hpp"
#include "sample/new_workbook.hpp"

namespace tracker::local {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr auto save_time_max = std::chrono::seconds(10);   ///< a name may be missing so long
constexpr auto broken_time_max = std::chrono::seconds(2);  ///< a file may be half-written so long
constexpr std::size_t human_saves_max = 100;               ///< of which we know when

std::string random_text() {
  std::array<unsigned char, 12> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

/// A cell of S that the plan did not write: it has to read as before.
bool was_left_alone(const merge::SheetState& before, const merge::SheetRow& row, Field field) {
  const auto old = std::ranges::find(before.begin(), before.end(), row.uid, &merge::SheetRow::uid);
  return old != before.end() && at(old->text, field) == at(row.text, field);
}

/// The row takes the cell's text, which stands for the planned one. A refusal where it means
/// something else: the canonical form of a text is that text.
std::optional<workbook::Refusal> take_shown(merge::SheetRow& row, Field field,
                                            const workbook::ImageRow& shown,
                                            const workbook::Image& image) {
  std::string planned = std::exchange(at(row.text, field), at(shown.cells, field));
  const bool same = canonical(planned) == at(row.text, field);
  merge::set_cloud_value(row, field, std::move(planned));
  if (same) return std::nullopt;
  return workbook::Refusal{fmt::format("{}!{}{}", image.sheet_name,
                                       image.column_letters[index(field)], shown.row_number),
                           "the cell does not show the text that the cloud has", shown.row_number,
                           field};
}

}  // namespace

WorkbookPort::WorkbookPort(const Settings& settings, std::unique_ptr<journal::Journal> journal)
    : settings_(settings), locks_(fs::absolute(settings.workbook)), journal_(std::move(journal)) {
  settings_.workbook = fs::absolute(settings_.workbook);
}

fs::path WorkbookPort::temp_path(const std::string& name) const {
  return settings_.workbook.parent_path() / name;
}

workbook::ReadOptions WorkbookPort::read_options() const {
  return {settings_.workbook_sheet, settings_.workbook_id_column};
}

// ---- start

Status WorkbookPort::recover() {
  if (disk::put_back_aside(settings_.workbook)) {
    log::warning("a write was cut off while the workbook had stepped aside: it is back");
  }
  TRY(const std::optional<journal::Intent> intent, journal_->intent());
  if (intent) {
    const fs::path temp = temp_path(intent->temp_name);
    const auto target_digest = disk::digest_of(settings_.workbook);
    const auto temp_digest = disk::digest_of(temp);
    const bool written = target_digest && *target_digest == intent->new_digest;
    if (temp_digest && *temp_digest == intent->new_digest) {
      // It may have been the workbook for a moment, and a program may still write into it.
      std::error_code problem;
      const bool second_name = fs::equivalent(temp, settings_.workbook, problem);
      if (second_name) {
        fs::remove(temp);
      } else {
        keep(temp, *temp_digest);
      }
    } else if (temp_digest && written) {
      keep(temp, *temp_digest);
      if (*temp_digest != intent->old_digest) {
        // A human's save lies displaced: it is the newest word, so it becomes the workbook again.
        displaced_.back().digest.clear();
      }
    } else if (temp_digest && !fs::exists(settings_.workbook)) {
      fs::rename(temp, settings_.workbook);
    } else if (!target_digest && fs::exists(settings_.workbook)) {
      return std::unexpected(target_digest.error());  // nothing is decided on a guess
    }
    CHECK_OK(journal_->end_write(*intent, written));
    log::info("finished a write of the workbook that was cut off ({})",
              written ? "it had happened" : "it had not happened");
  }
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(settings_.workbook.parent_path(), problem)) {
    if (!disk::is_temp_name(entry.path().filename().string())) continue;
    // It goes into the ring, never into nothing; a human's that nobody has read comes back.
    const auto digest = disk::digest_of(entry.path());
    keep(entry.path(), is_unread_save(entry.path()) ? std::string() : digest.value_or(""));
  }
  watch_ring();
  remember_human_saves();
  rescue_late_saves();
  return create_if_never_seen();
}

Status WorkbookPort::create_if_never_seen() {
  const auto stamp = disk::stamp_of(settings_.workbook);
  if (stamp && stamp->size_bytes > 0) return {};
  TRY(const sync::Bases bases, journal_->bases("", std::nullopt));
  if (bases.newest) return {};
  TRY(const std::string bytes, sample::create_workbook({}, {}));
  if (stamp) fs::remove(settings_.workbook);
  const std::string temp = new_temp_name();
  CHECK_OK(disk::place_temp(settings_.workbook, temp, bytes));
  std::error_code problem;
  fs::rename(temp_path(temp), settings_.workbook, problem);
  if (problem) {
    return disk::system_error("can't create the workbook", settings_.workbook, problem.value());
  }
  fs::permissions(settings_.workbook, fs::perms(0644), problem);
  log::info("created a new workbook: {}", settings_.workbook.string());
  return {};
}

// ---- looking

Look WorkbookPort::look(const std::string& known_digest) {
  const std::string owner = disk::open_by(locks_, runtime::now());
  if (older_) {
    Look late = *std::exchange(older_, std::nullopt);
    late.open_by = owner;
    stamp_.reset();
    return late;
  }
  Look look;
  const auto stamp = disk::stamp_of(settings_.workbook);
  if (!stamp) {
    look = missing();
  } else if (stamp_ && *stamp == *stamp_ && !was_unreadable_) {
    // the version that we know
  } else if (auto content = disk::read_file(settings_.workbook, disk::workbook_bytes_max)) {
    look = read_news(*content, known_digest);
  } else if (content.error().code == ErrorCode::busy) {
    look.try_again = true;
  } else {
    look = unreadable(content.error());
  }
  look.open_by = owner;
  return look;
}

Look WorkbookPort::read_news(const disk::FileContent& content, const std::string& known_digest) {
  std::string digest = content_digest(content.bytes);
  // The same file again after a time without one is news: it ends the wait.
  if (digest == known_digest && digest == document_digest_ && !was_unreadable_) {
    stamp_ = content.stamp;
    return {};
  }
  auto document = workbook::Document::open(content.bytes, document_ ? &*document_ : nullptr);
  if (!document) return unreadable(document.error());
  auto image = document->image(read_options());
  if (!image) return unreadable(image.error());
  auto bases = journal_->bases(digest, image->token);
  if (!bases) return unreadable(bases.error());
  document_ = std::move(*document);
  document_digest_ = digest;
  stamp_ = content.stamp;
  was_unreadable_ = false;
  Look look;
  const bool late = digest == rescued_digest_;
  if (!bases->seen) {
    human_saves_.push_back({content.stamp.modified_ns, image->token});
    if (human_saves_.size() > human_saves_max) human_saves_.pop_front();
  }
  look.event = sync::WorkbookSeen{std::move(digest),
                                  std::make_shared<const workbook::Image>(std::move(*image)),
                                  std::move(*bases), runtime::now(), late};
  return look;
}

/// Cannot see is never "deleted". Half-written files are looked at again before anybody is told.
Look WorkbookPort::unreadable(const Error& error) {
  if (!was_unreadable_) unreadable_since_ = steady_clock::now();
  was_unreadable_ = true;
  Look look;
  look.try_again = true;
  if (error.code == ErrorCode::corrupt &&
      steady_clock::now() - unreadable_since_ < broken_time_max) {
    return look;
  }
  look.event = sync::WorkbookUnreadable{"Excel file not available: " + describe(error)};
  return look;
}

Look WorkbookPort::missing() {
  if (!was_unreadable_) unreadable_since_ = steady_clock::now();
  was_unreadable_ = true;
  Look look;
  look.try_again = true;
  if (steady_clock::now() - unreadable_since_ >= save_time_max) {
    look.event = sync::WorkbookUnreadable{
        fmt::format("Excel file not available: {} is gone; put it back or correct WORKBOOK",
                    settings_.workbook.string())};
  }
  return look;
}

// ---- writing

sync::Event WorkbookPort::write(sync::WriteWorkbook effect, const sync::SharedState& before,
                                const std::vector<std::uint32_t>& row_numbers) {
  if (!document_ || document_digest_ != effect.expected_digest) return sync::WriteDropped{};
  if (!disk::open_by(locks_, runtime::now()).empty()) return sync::WriteDropped{};
  if (settings_.auto_backup_excel) {
    const auto saved =
        disk::back_up(settings_.workbook, settings_.data_dir / "backups", runtime::now());
    if (!saved) return sync::WriteDropped{describe(saved.error()), {}};
  }
  effect.plan.patch.token->nonce = random_text();
  auto patched = document_->patch(effect.plan.patch, read_options());
  if (!patched) return sync::WriteDropped{describe(patched.error()), {}};
  merge::apply_refusals(effect.plan, *before, row_numbers, patched->refusals);
  auto image = patched->document.image(read_options());
  if (!image) return sync::WriteDropped{describe(image.error()), {}};
  sync::WorkbookWritten written;
  written.refusals = std::move(patched->refusals);
  if (auto difference = unlike_plan(*image, effect, *before, written.refusals)) {
    log::error("the patched workbook does not show what was planned: {}", *difference);
    return sync::WriteDropped{"not written, because a check failed: " + *difference, {}};
  }
  written.generation = effect.generation;
  written.image = std::make_shared<const workbook::Image>(std::move(*image));
  written.rows = std::make_shared<const merge::SheetState>(std::move(effect.plan.rows));
  return exchange(effect, std::move(patched->document), std::move(written));
}

/// Holds the new file, read anew, against the plan. SQL takes texts that no cell keeps (" done ",
/// CR LF, decomposed letters), and a measured column may show something else: S takes what the
/// cell shows, so that all others are written and this one is not written again and again.
std::optional<std::string> WorkbookPort::unlike_plan(
    const workbook::Image& image, sync::WriteWorkbook& effect, const merge::SheetState& before,
    std::vector<workbook::Refusal>& refusals) const {
  auto& rows = effect.plan.rows;
  if (image.rows.size() != rows.size()) {
    return fmt::format("{} rows instead of {}", image.rows.size(), rows.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const workbook::ImageRow& shown = image.rows[i];
    for (Field field : all_fields) {
      if (!image.columns[index(field)] || at(shown.cells, field) == at(rows[i].text, field)) {
        continue;
      }
      if (was_left_alone(before, rows[i], field)) {
        return fmt::format("{} in row {}", spec(field).column_name, shown.row_number);
      }
      merge::SheetRow row = rows[i];
      if (auto refusal = take_shown(row, field, shown, image)) {
        refusals.push_back(std::move(*refusal));
      }
      rows.replace(i, std::move(row));
    }
    if (shown.measured == rows[i].measured) continue;
    merge::SheetRow row = rows[i];
    row.measured = shown.measured;
    rows.replace(i, std::move(row));
    refusals.push_back({fmt::format("{} row {}", image.sheet_name, shown.row_number),
                        "a measured column does not show the measured value", shown.row_number,
                        std::nullopt, 0, false});
  }
  return std::nullopt;
}

sync::Event WorkbookPort::exchange(sync::WriteWorkbook& effect, workbook::Document document,
                                   sync::WorkbookWritten written) {
  const journal::Intent intent{effect.generation, effect.expected_digest,
                               content_digest(document.bytes()), new_temp_name()};
  written.digest = intent.new_digest;
  const auto swapped = swap_in(intent, std::move(document), [&] {
    return journal_->begin_write(intent, written.rows, effect.next_uid, runtime::now());
  });
  if (!swapped) return sync::WriteDropped{describe(swapped.error()), {}};
  if (!swapped->done) return sync::WriteDropped{};
  if (swapped->kept && effect.keep_refused) {
    const auto copy = disk::keep_refused(*swapped->kept, settings_.workbook, runtime::now());
    if (!copy) log::error("{}", describe(copy.error()));
    if (copy) log::info("what was refused is kept in {}", copy->string());
  }
  return written;
}

std::string WorkbookPort::new_temp_name() { return disk::temp_name(random_text()); }

/// W6. `digest` '' = we do not know who wrote it: it is looked at as a late save.
std::optional<fs::path> WorkbookPort::keep(const fs::path& temp, const std::string& digest) {
  auto kept = put_in_ring(temp, digest);
  if (!kept) return std::nullopt;
  displaced_.push_back(std::move(*kept));
  return displaced_.back().path;
}

std::optional<WorkbookPort::Displaced> WorkbookPort::put_in_ring(const fs::path& temp,
                                                                 const std::string& digest) const {
  const auto kept = disk::keep_displaced(temp, settings_.data_dir / "displaced", runtime::now());
  if (!kept) {
    log::error("{}", describe(kept.error()));
    return std::nullopt;
  }
  const auto stamp = disk::stamp_of(*kept);
  if (!stamp) return std::nullopt;
  return Displaced{*kept, *stamp, digest, steady_clock::now() + disk::displaced_watch_time};
}

}  // namespace tracker::local
