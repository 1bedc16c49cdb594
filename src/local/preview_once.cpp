// The rehearsal of a sync, in a folder of its own that goes afterwards.
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <deque>
#include <optional>

#include "disk/data_lock.hpp"
#include "disk/exchange.hpp"
#include "disk/lock_owner.hpp"
#include "local/once.hpp"
#include "local/parts.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

namespace fs = std::filesystem;

constexpr int looks_max = 30;
constexpr auto look_again = std::chrono::milliseconds(100);

/// A folder that goes with the object.
class Stage {
 public:
  static Result<Stage> make() {
    std::error_code problem;
    std::string name = (fs::temp_directory_path(problem) / "animation-tracker-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return disk::system_error("can't make a folder for the rehearsal", name, errno);
    }
    return Stage(name);
  }
  Stage(Stage&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  Stage& operator=(Stage&&) = delete;
  ~Stage() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  /// The settings of a role that lives here, with a copy of what the real one has.
  Result<Settings> copy_of(const Settings& real) const {
    Settings staged = real;
    staged.workbook = folder_ / real.workbook.filename();
    staged.data_dir = folder_ / "data";
    staged.auto_backup_excel = false;
    fs::create_directory(staged.data_dir);
    CHECK_OK(copy(real.workbook, staged.workbook));
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal"}) {
      CHECK_OK(copy(real.data_dir / name, staged.data_dir / name));
    }
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(real.workbook.parent_path(), problem)) {
      const std::string name = entry.path().filename().string();
      if (disk::is_temp_name(name)) CHECK_OK(copy(entry.path(), folder_ / name));
    }
    return staged;
  }

 private:
  explicit Stage(fs::path folder) : folder_(std::move(folder)) {}

  static Status copy(const fs::path& from, const fs::path& to) {
    std::error_code problem;
    fs::copy_file(from, to, problem);
    if (!problem || problem == std::errc::no_such_file_or_directory) return {};
    return disk::system_error("can't copy for the rehearsal", from, problem.value());
  }

  fs::path folder_;
};

/// Steps an engine as the actor does, but asks the cloud only to read.
class Rehearsal {
 public:
  Rehearsal(const Settings& staged, asio::any_io_executor executor,
            std::unique_ptr<journal::Journal> journal, sync::Memory memory)
      : port_(staged, std::move(journal)),
        engine_(std::move(memory)),
        link_(link::make_http_link(std::move(executor), link_settings(staged), {})) {}

  Awaitable<Result<sync::Preview>> play(bool replaces) {
    CO_CHECK_OK(port_.recover());
    CO_CHECK_OK(co_await hello());
    CO_CHECK_OK(co_await step(sync::LockSeen{}));
    if (replaces) CO_CHECK_OK(co_await step(sync::ReplacementWanted{}));
    for (int looks = 0; looks < looks_max; ++looks) {
      Look look = port_.look({});
      if (look.event) {
        CO_CHECK_OK(co_await step(std::move(*look.event)));
        co_return sync::preview(engine_, write_ ? &*write_ : nullptr);
      }
      co_await runtime::sleep_for(look_again);
    }
    co_return fail(ErrorCode::not_found, "Excel file not available: it is gone",
                   "put it back or correct WORKBOOK");
  }

 private:
  Awaitable<Status> hello() {
    sync::Hello message = engine_.hello();
    message.clock = runtime::now();
    message.peek = true;
    CO_TRY(sync::HelloAnswer answer, co_await link_->hello(std::move(message)));
    events_.push_back(sync::LinkUp{std::move(answer)});
    co_return Status{};
  }

  Awaitable<Status> step(sync::Event event) {
    events_.push_back(std::move(event));
    while (!events_.empty()) {
      sync::Event next = std::move(events_.front());
      events_.pop_front();
      for (sync::Effect& effect : engine_.step(std::move(next))) {
        CO_CHECK_OK(co_await perform(effect));
      }
    }
    co_return Status{};
  }

  Awaitable<Status> perform(sync::Effect& effect) {
    if (auto* observation = std::get_if<sync::SaveObservation>(&effect)) {
      co_return port_.journal().save(*observation, runtime::now());
    }
    if (auto* mirror = std::get_if<sync::SaveMirror>(&effect)) {
      co_return port_.journal().save(*mirror);
    }
    if (auto* pushes = std::get_if<sync::SavePushes>(&effect)) {
      co_return port_.journal().save(*pushes, runtime::now());
    }
    if (auto* restart = std::get_if<sync::SaveRestart>(&effect)) {
      co_return port_.journal().save(*restart);
    }
    if (auto* pull = std::get_if<sync::SendPull>(&effect)) {
      CO_TRY(sync::PullAnswer answer, co_await link_->pull(std::move(pull->pull)));
      events_.push_back(sync::Pulled{std::move(answer)});
    }
    if (auto* write = std::get_if<sync::WriteWorkbook>(&effect)) write_ = std::move(*write);
    if (std::holds_alternative<sync::Reconnect>(effect)) CO_CHECK_OK(co_await hello());
    co_return Status{};
  }

  WorkbookPort port_;
  sync::Engine engine_;
  std::unique_ptr<link::CloudLink> link_;
  std::deque<sync::Event> events_;
  std::optional<sync::WriteWorkbook> write_;
};

Awaitable<void> play_into(Rehearsal& rehearsal, bool replaces, asio::io_context& context,
                          std::optional<Result<sync::Preview>>& outcome) {
  outcome = co_await rehearsal.play(replaces);
  context.stop();
}

/// Held while copying, so that nobody writes meanwhile; nothing where there is no folder yet.
Result<std::optional<disk::Descriptor>> lock_if_there(const fs::path& folder) {
  if (!fs::exists(folder)) return std::optional<disk::Descriptor>();
  TRY(disk::Descriptor lock, disk::lock_data_folder(folder));
  return std::optional<disk::Descriptor>(std::move(lock));
}

}  // namespace

Result<sync::Preview> preview_once(const Settings& settings, bool replaces) {
  TRY(const Stage stage, Stage::make());
  TRY(auto lock, lock_if_there(settings.data_dir));
  TRY(const Settings staged, stage.copy_of(settings));
  lock.reset();
  TRY(auto journal, journal::Journal::open(staged.data_dir, new_store_name()));
  TRY(sync::Memory memory, journal->load());
  asio::io_context context(1);
  Rehearsal rehearsal(staged, context.get_executor(), std::move(journal), std::move(memory));
  std::optional<Result<sync::Preview>> outcome;
  asio::co_spawn(context, play_into(rehearsal, replaces, context, outcome), asio::detached);
  context.run();
  if (!outcome) return fail(ErrorCode::internal, "the rehearsal ended without an outcome");
  if (*outcome)
    (*outcome)->report.open_by = disk::open_by(disk::LockPaths(settings.workbook), runtime::now());
  return std::move(*outcome);
}

}  // namespace tracker::local
