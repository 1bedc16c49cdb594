// One turn of the local role with nothing around it, to be killed or failed at any system call by
// tests/system/crash_points_test.py: the real workbook port, journal and engine in one thread,
// without link, clock or network. Every call is a process of its own, as after a crash.
//
//   animation-tracker-cycle setup FOLDER          twelve rows, equal in workbook and journal
//   animation-tracker-cycle web FOLDER ID NOTES   a change of the cloud's arrives in the journal
//   animation-tracker-cycle turn FOLDER           recover, observe, write until there is no news
//   animation-tracker-cycle show FOLDER           what journal and workbook hold, as JSON
//   animation-tracker-cycle race FOLDER           turn after turn with a web edit in each, until
//                                                 stdin ends; then what was seen of people's saves
//
// Exit code 0, or 1 with a sentence when the disk refused something.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <deque>
#include <map>
#include <stdexcept>

#include "core/digest.hpp"
#include "disk/file.hpp"
#include "local/workbook_port.hpp"
#include "sample/new_workbook.hpp"
#include "sync/engine.hpp"

namespace {

using namespace tracker;
namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int row_count = 12;
constexpr int looks_max = 20;

void check(const Status& status) {
  if (!status) throw std::runtime_error(describe(status.error()));
}

template <class Value>
Value checked(Result<Value> result) {
  if (!result) throw std::runtime_error(describe(result.error()));
  return std::move(*result);
}

Cells cells_of(int number) {
  Cells cells;
  at(cells, Field::animator) = "Ana";
  at(cells, Field::project_type) = "Series";
  at(cells, Field::episode_title) = "Episode 1";
  at(cells, Field::scene) = "010";
  at(cells, Field::shot) = fmt::format("SH{:04}", number * 10);
  at(cells, Field::week_yyyymmdd) = "20260105";
  at(cells, Field::status) = "wip";
  return cells;
}

class Turn {
 public:
  explicit Turn(const fs::path& folder)
      : settings_(settings_in(folder)),
        port_(settings_, checked(journal::Journal::open(settings_.data_dir, "store"))),
        engine_(checked(port_.journal().load())) {
    check(port_.recover());
  }

  journal::Journal& journal() { return port_.journal(); }
  const sync::Engine& engine() const { return engine_; }

  void step(sync::Event event) {
    events_.push_back(std::move(event));
    while (!events_.empty()) {
      sync::Event next = std::move(events_.front());
      events_.pop_front();
      for (sync::Effect& effect : engine_.step(std::move(next))) perform(effect);
    }
  }

  /// Looks until the folder brings no news and nothing was dropped.
  void run() {
    for (int looks = 0; looks < looks_max; ++looks) {
      if (look_once()) return;
    }
    throw std::runtime_error("the workbook does not come to rest");
  }

  /// One look and what follows from it; true if there was no news and nothing is left.
  bool look_once() {
    dropped_ = false;
    local::Look look = port_.look(engine_.workbook_digest());
    const bool news = look.event.has_value();
    if (news) step(std::move(*look.event));
    if (look.open_by.empty()) step(sync::LockSeen{});
    return !news && !look.try_again && !dropped_;
  }

  bool rescue_late_saves() { return port_.rescue_late_saves(); }
  std::int64_t writes() const { return writes_; }
  std::int64_t put_back() const { return put_back_; }

  static local::Settings settings_in(const fs::path& folder) {
    local::Settings settings;
    settings.workbook = folder / "production_summary.xlsx";
    settings.data_dir = folder / "data";
    fs::create_directories(settings.data_dir);
    return settings;
  }

 private:
  void perform(sync::Effect& effect) {
    if (auto* observation = std::get_if<sync::SaveObservation>(&effect)) {
      check(journal().save(*observation, Time()));
    } else if (auto* mirror = std::get_if<sync::SaveMirror>(&effect)) {
      check(journal().save(*mirror));
    } else if (auto* pushes = std::get_if<sync::SavePushes>(&effect)) {
      check(journal().save(*pushes, Time()));
    } else if (auto* write = std::get_if<sync::WriteWorkbook>(&effect)) {
      const auto numbers = engine_.row_numbers();
      sync::Event outcome = port_.write(std::move(*write), engine_.sheet(),
                                        std::vector<std::uint32_t>(numbers.begin(), numbers.end()));
      ++writes_;
      if (const auto* dropped = std::get_if<sync::WriteDropped>(&outcome)) {
        dropped_ = true;
        --writes_;
        ++put_back_;
        // Somebody who saves faster than names can be put back: theirs stays, we try again.
        const bool busy = dropped->reason.find("saved again and again") != std::string::npos;
        if (!dropped->reason.empty() && !busy) throw std::runtime_error(dropped->reason);
      }
      events_.push_front(std::move(outcome));
    }
  }

  local::Settings settings_;
  local::WorkbookPort port_;
  sync::Engine engine_;
  std::deque<sync::Event> events_;
  bool dropped_ = false;
  std::int64_t writes_ = 0;
  std::int64_t put_back_ = 0;
};

void set_up(const fs::path& folder) {
  std::vector<sample::NewRow> rows;
  sync::SaveMirror mirror;
  mirror.replace = true;
  mirror.cursor = row_count;
  mirror.chain = "chain";
  for (int number = 1; number <= row_count; ++number) {
    const Cells cells = cells_of(number);
    rows.push_back({cells, number, {}});
    merge::MirrorRow row;
    row.cells = cells;
    row.version = number;
    mirror.upserted.emplace_back(number, row);
  }
  const local::Settings settings = Turn::settings_in(folder);
  check(disk::write_new_file(settings.workbook, checked(sample::create_workbook(rows))));
  {
    const auto journal = checked(journal::Journal::open(settings.data_dir, "store"));
    check(journal->save(mirror));
  }
  Turn(folder).run();
}

void arrive_from_the_web(const fs::path& folder, EntryId id, const std::string& notes) {
  const auto journal = checked(journal::Journal::open(folder / "data", "store"));
  const sync::Memory memory = checked(journal->load());
  sync::SaveMirror mirror;
  merge::MirrorRow row = memory.mirror.at(id);
  at(row.cells, Field::notes) = notes;
  row.version = memory.cursor + 1;
  mirror.upserted.emplace_back(id, row);
  mirror.cursor = memory.cursor + 1;
  mirror.chain = memory.chain;
  mirror.applied_number = memory.applied_number;
  check(journal->save(mirror));
}

void show(const fs::path& folder) {
  const auto journal = checked(journal::Journal::open(folder / "data", "store"));
  const sync::Memory memory = checked(journal->load());
  json::array queue;
  for (const sync::Push& push : memory.queue) {
    for (const Op& op : push.ops)
      queue.push_back(json::object{{"n", push.number}, {"after", op.after}});
  }
  const auto file =
      checked(disk::read_file(folder / "production_summary.xlsx", disk::workbook_bytes_max));
  const auto document = checked(workbook::Document::open(file.bytes));
  const workbook::Image image = checked(document.image({}));
  json::array rows;
  for (const workbook::ImageRow& row : image.rows) {
    rows.push_back(json::array(row.cells.begin(), row.cells.end()));
  }
  const json::object answer{{"rows", rows},
                            {"queue", queue},
                            {"next_number", memory.next_number},
                            {"written_generation", memory.written_generation},
                            {"token", image.token ? image.token->generation : 0},
                            {"intent", checked(journal->intent()).has_value()}};
  std::puts(json::serialize(answer).c_str());
}

/// A cloud that takes what the workbook says, and in which somebody edits all the time.
class Cloud {
 public:
  /// The next piece of its feed: what was pushed, and a web edit of row `row_of_the_web`.
  sync::Pulled feed(const sync::Memory& memory, bool with_web_edit) {
    sync::PullAnswer answer;
    answer.after = memory.cursor;
    answer.head = memory.cursor;
    answer.applied_number = memory.next_number - 1;
    for (const sync::Push& push : memory.queue) {
      for (const Op& op : push.ops) {
        if (op.kind != OpKind::edit || op.row.id == 0) continue;
        observed.emplace_back(op.after);
        add(memory, answer, op.row.id, op.field, op.after);
      }
    }
    if (with_web_edit) {
      add(memory, answer, row_of_the_web, Field::notes, fmt::format("web {}", ++edits));
    }
    return {std::move(answer)};
  }

  json::array observed;
  std::int64_t edits = 0;

 private:
  static constexpr EntryId row_of_the_web = 3;

  static void add(const sync::Memory& memory, sync::PullAnswer& answer, EntryId id, Field field,
                  const std::string& text) {
    Change change;
    change.seq = ++answer.head;
    change.entry_id = id;
    change.chain = "chain";
    change.after = memory.mirror.at(id).cells;
    for (const Change& earlier : answer.changes) {
      if (earlier.entry_id == id) change.after = earlier.after;
    }
    at(*change.after, field) = text;
    answer.changes.push_back(std::move(change));
  }
};

bool stdin_ended() {
  pollfd input{0, POLLIN, 0};
  char byte = 0;
  return ::poll(&input, 1, 0) > 0 && ::read(0, &byte, 1) == 0;
}

/// Names of the files that were displaced and kept, with the digest of each.
void note_kept(const fs::path& folder, std::map<std::string, std::string>& kept) {
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(folder / "data" / "displaced", none_yet)) {
    std::string& digest = kept[entry.path().filename().string()];
    if (!digest.empty()) continue;
    const auto file = disk::read_file(entry.path(), disk::workbook_bytes_max);
    if (file) digest = hex(sha256(file->bytes));
  }
}

/// Writes as often as it can while a person saves as often as they can.
void race(const fs::path& folder) {
  Turn turn(folder);
  Cloud cloud;
  std::map<std::string, std::string> kept;
  while (!stdin_ended()) {
    const bool quiet = turn.look_once();
    note_kept(folder, kept);
    if (quiet || !turn.engine().memory().queue.empty()) {
      turn.step(cloud.feed(turn.engine().memory(), quiet));
    }
    if (cloud.edits % 64 == 0) turn.rescue_late_saves();
  }
  // The person is done: whatever came late is found, and all of it is told.
  do {
    turn.run();
    turn.step(cloud.feed(turn.engine().memory(), false));
  } while (turn.rescue_late_saves() || !turn.engine().nothing_to_write());
  json::array digests;
  for (const auto& [name, digest] : kept) digests.emplace_back(digest);
  const json::object answer{{"observed", cloud.observed},
                            {"kept", digests},
                            {"web_edits", cloud.edits},
                            {"writes", turn.writes()},
                            {"put_back", turn.put_back()}};
  std::puts(json::serialize(answer).c_str());
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> given(words + 1, words + count);
  try {
    if (given.size() == 2 && given[0] == "setup") {
      set_up(given[1]);
    } else if (given.size() == 4 && given[0] == "web") {
      arrive_from_the_web(given[1], std::stoll(given[2]), given[3]);
    } else if (given.size() == 2 && given[0] == "turn") {
      Turn(given[1]).run();
    } else if (given.size() == 2 && given[0] == "show") {
      show(given[1]);
    } else if (given.size() == 2 && given[0] == "race") {
      race(given[1]);
    } else {
      std::fputs(
          "usage: animation-tracker-cycle setup|turn|show|race FOLDER | web FOLDER ID NOTES\n",
          stderr);
      return 2;
    }
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
  return 0;
}
