#include "world.hpp"

#include <algorithm>

namespace tracker::sim {
namespace {

constexpr std::size_t changes_in_pull = 3;  // small, so that pages are cut in the middle
constexpr int heal_rounds_max = 400;

constexpr std::array<Field, 4> edited_fields{Field::animator, Field::shot, Field::status,
                                             Field::notes};

std::string shown(const Cells& cells) {
  std::string text;
  for (const std::string& cell : cells) text += cell + "|";
  return text;
}

}  // namespace

World::World(std::uint64_t seed, Mode mode) : random_(seed), mode_(mode) {}

std::string World::run() {
  begin();
  const std::size_t steps = 30 + random_.below(120);
  for (std::size_t i = 0; i < steps; ++i) random_step();
  heal();
  return violation();
}

void World::begin() {
  target_.image = empty_image(mode_.with_ids);
  const std::size_t rows = 3 + random_.below(6);
  for (std::size_t i = 0; i < rows; ++i) {
    workbook::ImageRow row;
    row.cells = type_row();
    row.row_number = static_cast<std::uint32_t>(i + 2);
    for (const std::string& cell : row.cells) in_workbook_or_cloud_.insert(cell);
    if (random_.chance(50)) cloud_.insert(row.cells);  // one tree, seen from both sides
    target_.image.rows.push_back(std::move(row));
  }
  target_.digest = digest_of(target_.image);
  faults_ = false;  // first contact has rules of its own: it ends before anybody types
  start_engine();
  settle();
  faults_ = true;
}

void World::random_step() {
  const std::size_t kind = random_.below(100);
  if (kind < 25) {
    human_acts();
  } else if (kind < 45) {
    web_user_acts();
  } else if (kind < 75) {
    deliver_one(true);
  } else if (kind < 95) {
    look();
  } else if (kind < 98 && mode_.crashes) {
    crash();
  } else {
    feed(sync::Hinted{cloud_.head()});
  }
}

void World::heal() {
  faults_ = false;
  note("heal");
  if (editor_) human_saves();
  editor_.reset();
  settle();
}

void World::settle() {
  for (int round = 0; round < heal_rounds_max; ++round) {
    look();
    feed(sync::LockSeen{});
    feed(sync::HeldApproved{});  // somebody says yes to what was held on doubt
    while (!pulls_.empty() || !pushes_.empty()) deliver_one(false);
    feed(sync::Hinted{cloud_.head()});
    while (!pulls_.empty() || !pushes_.empty()) deliver_one(false);
    if (engine_->at_rest() && engine_->workbook_digest() == target_.digest) return;
  }
}

// ---- people

std::string World::type_value() { return "v" + std::to_string(++typed_); }

Cells World::type_row() {
  Cells cells;
  at(cells, Field::scene) = type_value();
  at(cells, Field::project_type) = type_value();
  at(cells, Field::episode_title) = type_value();
  for (Field field : edited_fields) at(cells, field) = type_value();
  return cells;
}

void World::may_vanish(const Cells& cells) {
  for (const std::string& cell : cells) may_be_gone_.insert(cell);
}

void World::human_acts() {
  if (!editor_) {
    editor_ = target_.image;
    note("human opens");
    return;
  }
  if (random_.chance(60)) {
    human_edits(*editor_);
  } else {
    human_saves();
    if (random_.chance(60)) editor_.reset();
  }
}

void World::human_edits(workbook::Image& image) {
  const std::size_t kind = random_.below(100);
  if (kind < 15 || image.rows.empty()) {
    workbook::ImageRow row;
    row.cells = type_row();
    for (const std::string& cell : row.cells) human_typed_.push_back(cell);
    note("human types a row " + shown(row.cells));
    const std::size_t place =
        random_.chance(70) ? image.rows.size() : random_.below(image.rows.size() + 1);
    image.rows.insert(image.rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
  } else if (kind < 25) {
    const std::size_t place = random_.below(image.rows.size());
    const Cells& gone = image.rows[place].cells;
    human_deleted_.push_back(gone);
    // What was typed over in a row that is then deleted was deleted, not overwritten: if the
    // deletion is held on doubt, the row stands as it stood.
    std::erase_if(human_overwrites_, [&](const auto& overwrite) {
      const bool in_row = std::find(gone.begin(), gone.end(), overwrite.second) != gone.end();
      if (in_row) may_be_gone_.insert(overwrite.first);
      return in_row;
    });
    note("human deletes " + shown(image.rows[place].cells));
    image.rows.erase(image.rows.begin() + static_cast<std::ptrdiff_t>(place));
  } else if (kind < 35) {
    std::sort(image.rows.begin(), image.rows.end(),
              [](const auto& a, const auto& b) { return a.cells < b.cells; });
    note("human sorts");
  } else {
    workbook::ImageRow& row = image.rows[random_.below(image.rows.size())];
    std::string& cell = at(row.cells, edited_fields[random_.below(edited_fields.size())]);
    const std::string value = type_value();
    note("human edits " + cell + " -> " + value);
    human_overwrites_.emplace_back(cell, value);
    human_typed_.push_back(value);
    cell = value;
  }
  edited_ = true;
}

void World::human_saves() {
  if (!editor_ || !edited_) return;
  std::uint32_t number = editor_->header_row;
  for (workbook::ImageRow& row : editor_->rows) row.row_number = ++number;
  target_.image = *editor_;
  target_.digest = digest_of(target_.image);
  edited_ = false;
  for (const std::string& value : human_typed_) in_workbook_or_cloud_.insert(value);
  for (const auto& [old_value, value] : human_overwrites_) {
    may_be_gone_.insert(old_value);
    must_be_gone_.insert(old_value);
  }
  for (const Cells& cells : human_deleted_) may_vanish(cells);
  human_typed_.clear();
  human_overwrites_.clear();
  human_deleted_.clear();
  note("human saves");
}

void World::web_user_acts() {
  std::vector<EntryId> ids;
  for (const auto& [id, row] : cloud_.rows()) ids.push_back(id);
  const std::size_t kind = random_.below(100);
  if (kind < 20 || ids.empty()) {
    const Cells cells = type_row();
    for (const std::string& cell : cells) in_workbook_or_cloud_.insert(cell);
    cloud_.insert(cells);
    note("web adds " + shown(cells));
  } else if (kind < 30) {
    const EntryId id = ids[random_.below(ids.size())];
    may_vanish(cloud_.rows().at(id).cells);
    note("web deletes " + std::to_string(id));
    cloud_.remove(id);
  } else {
    const EntryId id = ids[random_.below(ids.size())];
    const Field field = edited_fields[random_.below(edited_fields.size())];
    const std::string old_value = at(cloud_.rows().at(id).cells, field);
    const std::string value = type_value();
    may_be_gone_.insert(old_value);
    must_be_gone_.insert(old_value);
    in_workbook_or_cloud_.insert(value);
    cloud_.edit(id, field, value);
    note("web edits " + std::to_string(id) + " " + old_value + " -> " + value);
  }
}

// ---- the shell

void World::start_engine() {
  engine_ = std::make_unique<sync::Engine>(journal_.memory());
  pulls_.clear();
  pushes_.clear();
  feed(sync::LinkUp{cloud_.hello(engine_->hello())});
  look();
}

void World::crash() {
  note("local crashes");
  crashed_ = false;
  start_engine();
}

void World::feed(sync::Event event) {
  std::deque<sync::Event> events;
  events.push_back(std::move(event));
  while (!events.empty()) {
    sync::Event next = std::move(events.front());
    events.pop_front();
    perform(engine_->step(std::move(next)));
    if (crashed_) return crash();
    while (!events_.empty()) {
      events.push_back(std::move(events_.front()));
      events_.pop_front();
    }
  }
}

void World::perform(sync::Effects effects) {
  for (sync::Effect& effect : effects) {
    if (faults_ && mode_.crashes && random_.below(400) == 0) {
      crashed_ = true;
      return;
    }
    if (auto* observation = std::get_if<sync::SaveObservation>(&effect)) {
      journal_.save(*observation);
      std::string ops;
      for (const sync::Push& push : observation->pushes) {
        for (const Op& op : push.ops) {
          ops += " " + std::string(name_of(op.kind)) + ":" + std::to_string(op.row.id) +
                 op.row.uid + ":" + op.before + ">" + op.after;
        }
      }
      note("observed" + ops);
    } else if (auto* mirror = std::get_if<sync::SaveMirror>(&effect)) {
      journal_.save(*mirror);
    } else if (auto* saved = std::get_if<sync::SavePushes>(&effect)) {
      journal_.save(*saved);
    } else if (auto* restart = std::get_if<sync::SaveRestart>(&effect)) {
      journal_.save(*restart);
    } else if (auto* pull = std::get_if<sync::SendPull>(&effect)) {
      pulls_.push_back(pull->pull);
    } else if (auto* push = std::get_if<sync::SendPush>(&effect)) {
      pushes_.push_back(push->push);
    } else if (auto* planned = std::get_if<sync::WriteWorkbook>(&effect)) {
      if (!write(*planned)) return;
    }
  }
}

void World::look() {
  if (target_.digest == engine_->workbook_digest()) {
    feed(sync::LockSeen{mode_.locks && editor_ ? "human" : ""});
    return;
  }
  feed(sync::LockSeen{mode_.locks && editor_ ? "human" : ""});
  feed(sync::WorkbookSeen{target_.digest,
                          std::make_shared<const workbook::Image>(target_.image),
                          journal_.bases(target_.digest, target_.image.token),
                          {}});
}

/// W1–W5. False: the local role crashed in the middle.
bool World::write(sync::WriteWorkbook& effect) {
  if (faults_ && mode_.human_in_window && editor_ && random_.chance(30)) human_saves();
  const bool open = mode_.locks && editor_;
  if (target_.digest != effect.expected_digest || open) {
    events_.emplace_back(sync::WriteDropped{});
    return true;
  }
  effect.plan.patch.token->nonce = "n";
  const workbook::Image image = patched(target_.image, effect.plan.patch);
  const auto rows = std::make_shared<const merge::SheetState>(effect.plan.rows);
  const std::string digest = digest_of(image);
  journal_.begin_write(effect.generation, digest, rows, effect.next_uid);
  const bool crash_before = faults_ && mode_.crashes && random_.below(20) == 0;
  if (crash_before) {
    journal_.end_write(effect.generation, false);  // what recovery finds: not exchanged
    crashed_ = true;
    return false;
  }
  target_ = {image, digest};
  journal_.end_write(effect.generation, true);
  note("workbook written, generation " + std::to_string(effect.generation));
  if (faults_ && mode_.crashes && random_.below(20) == 0) {
    crashed_ = true;
    return false;
  }
  events_.emplace_back(sync::WorkbookWritten{
      effect.generation, digest, std::make_shared<const workbook::Image>(image), rows, {}});
  return true;
}

void World::deliver_one(bool faults) {
  if (!pushes_.empty() && (pulls_.empty() || random_.chance(50))) {
    const sync::Push message = pushes_.front();
    pushes_.pop_front();
    deliver_push(message, faults);
  } else if (!pulls_.empty()) {
    const sync::Pull message = pulls_.front();
    pulls_.pop_front();
    deliver_pull(message, faults);
  }
}

void World::deliver_pull(const sync::Pull& message, bool faults) {
  if (faults && random_.chance(10)) return feed(sync::PullFailed{});
  feed(sync::Pulled{cloud_.pull(message, changes_in_pull)});
}

void World::deliver_push(const sync::Push& message, bool faults) {
  if (faults && random_.chance(10)) return feed(sync::PushFailed{});
  const sync::PushAnswer answer = cloud_.push(message);
  note("push " + std::to_string(message.number));
  if (faults && random_.chance(10)) return feed(sync::PushFailed{});  // committed, answer lost
  if (faults && random_.chance(5)) cloud_.push(message);              // delivered twice
  feed(sync::Pushed{answer});
}

// ---- judgement

std::string World::rows_text() const {
  std::string text = "\nworkbook:";
  for (const auto& row : target_.image.rows) {
    text += "\n  " + std::to_string(row.tracker_id.value_or(0)) + " " + shown(row.cells);
  }
  text += "\ncloud:";
  for (const auto& [id, row] : cloud_.rows()) {
    text += "\n  " + std::to_string(id) + " " + shown(row.cells);
  }
  return text;
}

std::string World::violation() const {
  if (!engine_->at_rest()) return "I8: the world did not come to rest" + rows_text();
  std::vector<Cells> sheet;
  std::vector<Cells> cloud;
  for (const auto& row : target_.image.rows) sheet.push_back(row.cells);
  for (const auto& [id, row] : cloud_.rows()) cloud.push_back(row.cells);
  std::sort(sheet.begin(), sheet.end());
  std::sort(cloud.begin(), cloud.end());
  if (sheet != cloud) return "I1: workbook and cloud differ" + rows_text();
  std::set<std::string> present;
  for (const Cells& cells : cloud) {
    for (const std::string& cell : cells) {
      if (cell.empty()) continue;
      if (!present.insert(cell).second) return "I5: " + cell + " stands twice" + rows_text();
      if (must_be_gone_.contains(cell)) return "I6: " + cell + " came back" + rows_text();
    }
  }
  for (const std::string& value : in_workbook_or_cloud_) {
    const bool kept = value.empty() || present.contains(value) || may_be_gone_.contains(value) ||
                      cloud_.losers().contains(value);
    if (!kept) return "I2: " + value + " is lost" + rows_text();
  }
  return {};
}

}  // namespace tracker::sim
