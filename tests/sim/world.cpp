#include "world.hpp"

namespace tracker::sim {
namespace {

constexpr int heal_rounds_max = 60;
constexpr int messages_in_round_max = 300;

}  // namespace

World::World(const Schedule& schedule, bool with_trace)
    : schedule_(schedule),
      with_trace_(with_trace),
      cloud_(schedule.mode.mutant),
      dice_(schedule.seed ^ 0x5EEDULL) {
  const auto write_down = [this](std::string what) { note(std::move(what)); };
  people_ = std::make_unique<People>(People::Place{
      schedule_.habits, schedule_.mode, folder_, cloud_, ghost_,
      [this](const std::string& digest) { return local_->journal().knows(digest); }, write_down});
  local_ = std::make_unique<LocalRole>(
      LocalRole::Place{schedule_.habits, schedule_.mode, folder_, cloud_, *people_, write_down},
      dice_);
}

std::string World::run() {
  people_->begin(dice_);
  local_->start();  // first contact has rules of its own: it ends before anybody types
  settle();
  local_->set_faults(true);
  for (const Step& step : schedule_.steps) {
    Random dice(step.dice);
    local_->set_dice(dice);
    act(step, dice);
  }
  Random dice(schedule_.seed);
  local_->set_dice(dice);
  note("heal");
  local_->set_faults(false);
  do {
    local_->look();
  } while (people_->one_goes_home(dice));
  cloud_.release_lease();
  local_->break_link();
  settle();
  return violation();
}

void World::act(const Step& step, Random& dice) {
  const Habits& habits = schedule_.habits;
  switch (step.act) {
    case Act::human_types:
      return people_->types(dice);
    case Act::human_saves:
      return people_->saves(dice);
    case Act::human_opens_or_closes:
      return people_->opens_or_closes(dice);
    case Act::human_is_odd:
      if (people_->is_odd(dice)) local_->look();
      return;
    case Act::web_user:
      return people_->web_user(dice, dice.chance(15) ? Origin::sql : Origin::web);
    case Act::measures:
      if (!habits.media) return;
      return dice.chance(80) ? local_->measure() : people_->measures_by_hand(dice);
    case Act::message:
      local_->deliver_one();
      return;
    case Act::look:
      local_->look();
      if (dice.below(20) == 0) a_producer_decides(dice);
      return;
    case Act::crash:
      if (habits.crashes) local_->crash();
      return;
    case Act::link_breaks:
      return local_->break_link();
    case Act::hint:
      return local_->hint();
    case Act::rival:
      if (habits.rival) rival_acts(dice);
      return;
    case Act::backup:
      if (habits.restores) backup_acts(dice);
      return;
  }
}

/// What is refused, or moved on since, shows again what it showed before, or what the cloud has.
void World::a_producer_decides(Random& dice) {
  if (!cloud_.holds_back()) return;
  const bool yes = dice.chance(60);
  note(yes ? "a producer approves what is held" : "a producer rejects what is held");
  for (const Op& op : cloud_.decide_held(yes)) {
    ghost_.loosen(op.before);
    ghost_.loosen(op.cells);
    const auto row = cloud_.rows().find(op.row.id);
    if (row != cloud_.rows().end()) ghost_.loosen(row->second.state.cells);
  }
  local_->ask_anyway();
}

/// A second local server: takes the lease, or tries to; adds a row; goes away.
void World::rival_acts(Random& dice) {
  if (dice.chance(30)) return cloud_.release_lease();
  sync::Hello hello;
  hello.store = "rival";
  hello.last_number = rival_number_;
  const sync::HelloAnswer answer = cloud_.hello(hello, dice.chance(50));
  if (answer.outcome != sync::HelloOutcome::ok) return;
  note("a second local server takes the lease");
  sync::Push push;
  push.store = "rival";
  push.epoch = answer.epoch;
  push.number = answer.applied_number + 1;
  push.based_on = cloud_.head();
  Op op;
  op.kind = OpKind::insert;
  op.row.uid = "rival:" + std::to_string(push.number);
  op.cells = people_->type_row();
  ghost_.keep(op.cells);
  push.ops.push_back(op);
  cloud_.push(push);
  rival_number_ = push.number;
}

void World::backup_acts(Random& dice) {
  if (!cloud_backup_ || dice.chance(30)) {
    cloud_backup_ = cloud_;
    journal_backup_ = local_->journal();
    note("a backup is taken");
    return;
  }
  ghost_.parts_are_joined();
  if (dice.chance(50)) {
    local_->restore(*journal_backup_);
    return forget_what_nobody_holds();
  }
  note("the database is restored from a backup");
  cloud_ = *cloud_backup_;
  rival_number_ = 0;
  local_->drop_network();
  forget_what_nobody_holds();
  local_->break_link();
}

void World::forget_what_nobody_holds() {
  std::unordered_set<std::string> held;
  // Of two people it was the journal that knew who had looked at what, and it starts anew.
  if (schedule_.mode.editors > 1) return ghost_.forget_all_but(held);
  const auto hold = [&held](const Cells& cells) { held.insert(cells.begin(), cells.end()); };
  for (const auto& [id, row] : cloud_.rows()) hold(row.state.cells);
  // Half overwritten by a save in place it is the screen of who saves, and no longer what it was.
  if (folder_.target && folder_.target->whole) {
    for (const auto& row : folder_.target->image.rows) hold(row.cells);
  }
  for (const auto& screen : people_->unsaved_screens()) {
    for (const auto& row : screen.rows) hold(row.cells);
  }
  for (const auto& [id, row] : local_->engine().memory().mirror) hold(row.cells);
  ghost_.forget_all_but(held);
}

void World::deliver_all() {
  for (int i = 0; i < messages_in_round_max && local_->deliver_one(); ++i) {
  }
}

/// Twice at rest: a late save may come to light once what stands in its place was read.
void World::settle() {
  int rested = 0;
  for (int round = 0; round < heal_rounds_max && rested < 2; ++round) {
    local_->look();
    deliver_all();
    a_producer_decides(dice_);
    local_->hint();
    deliver_all();
    const sync::Engine& engine = local_->engine();
    const bool rests =
        engine.at_rest() && folder_.target && engine.workbook_digest() == folder_.target->digest;
    rested = rests ? rested + 1 : 0;
  }
}

}  // namespace tracker::sim
