// The workbook on disk and the journal beside it, as the actor uses them: looking, writing (W1–W7
// of design/sync.md §5), recovering. One object on the disk thread owns both, so there are no
// locks. Every function blocks: call it through run_blocking only.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "disk/exchange.hpp"
#include "disk/file.hpp"
#include "disk/lock_owner.hpp"
#include "domain/episode_plan.hpp"
#include "journal/journal.hpp"
#include "local/settings.hpp"
#include "sync/events.hpp"
#include "workbook/document.hpp"

namespace tracker::local {

/// What a look at the folder brought.
struct Look {
  std::optional<sync::Event> event;  ///< WorkbookSeen or WorkbookUnreadable; nothing = no news
  std::string open_by;
  bool try_again = false;  ///< a save is in progress
};

class WorkbookPort {
 public:
  WorkbookPort(const Settings& settings, std::unique_ptr<journal::Journal> journal);

  journal::Journal& journal() { return *journal_; }

  /// Finishes or undoes a write that a crash cut off; creates the workbook if none was ever seen.
  Status recover();

  /// `known_digest`: the version that the engine knows already.
  Look look(const std::string& known_digest);

  /// WorkbookWritten or WriteDropped. `before` and `row_numbers` are the O of the plan.
  sync::Event write(sync::WriteWorkbook effect, const sync::SharedState& before,
                    const std::vector<std::uint32_t>& row_numbers);

  /// The footage on its own sheet (local/footage_sheet.hpp), in a version of the workbook that
  /// keeps rows and token as they are; nothing where it reads right, and while somebody has the
  /// workbook open. An error says why the sheet can't be kept. REQUIRES: both sides are at rest,
  /// `known_digest` is the engine's version.
  Status write_footage(const merge::Mirror& mirror, const EpisodePlans& plans,
                       const std::string& known_digest, std::int64_t generation);

  /// A program that saves in place may still write into a file that we displaced: such a save is
  /// put back as the workbook. True if that happened.
  bool rescue_late_saves();

 private:
  struct Save {
    std::int64_t at_ns = 0;  ///< time of the file's last change
    std::optional<workbook::Token> token;
  };
  struct Displaced {
    std::filesystem::path path;
    disk::FileStamp stamp;
    std::string digest;
    std::chrono::steady_clock::time_point until;
  };

  struct Swap {
    bool done = false;                          ///< false: somebody saved meanwhile, theirs stays
    std::optional<std::filesystem::path> kept;  ///< the version before, in the ring
  };

  bool is_unread_save(const std::filesystem::path& file) const;
  bool rescue(Displaced& one, const disk::FileStamp& stamp, std::vector<Displaced>& anew);
  void watch_ring();
  void remember_human_saves();
  Status create_if_never_seen();
  Look read_news(const disk::FileContent& content, const std::string& known_digest);
  Look unreadable(const Error& error);
  Look missing();
  workbook::ReadOptions read_options() const;
  /// What a patched document becomes: swap_in() and its event.
  sync::Event exchange(sync::WriteWorkbook& effect, workbook::Document document,
                       sync::WorkbookWritten written);
  bool read_older(const disk::FileContent& content);
  /// W1–W6; `begin` records the intent (W2).
  Result<Swap> swap_in(const journal::Intent& intent, workbook::Document document,
                       const std::function<Status()>& begin);
  std::optional<std::string> unlike_plan(const workbook::Image& image, sync::WriteWorkbook& effect,
                                         const merge::SheetState& before,
                                         std::vector<workbook::Refusal>& refusals) const;
  std::optional<Displaced> put_in_ring(const std::filesystem::path& temp,
                                       const std::string& digest) const;
  std::optional<std::filesystem::path> keep(const std::filesystem::path& temp,
                                            const std::string& digest);
  std::filesystem::path temp_path(const std::string& name) const;
  static std::string new_temp_name();

  Settings settings_;
  disk::LockPaths locks_;
  std::unique_ptr<journal::Journal> journal_;
  std::optional<workbook::Document> document_;
  std::string document_digest_;
  std::optional<disk::FileStamp> stamp_;
  std::chrono::steady_clock::time_point unreadable_since_;
  bool was_unreadable_ = false;
  std::vector<Displaced> displaced_;
  std::string rescued_digest_;    ///< of the last save that came late
  std::deque<Save> human_saves_;  ///< that we read
  std::optional<Look> older_;     ///< a late save that is older than the newest of them
};

}  // namespace tracker::local
