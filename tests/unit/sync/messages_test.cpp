// Each message survives the trip through JSON text, and nonsense is refused with its reason.
#include "sync/messages.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tracker::sync {
namespace {

namespace json = boost::json;

template <class Message>
json::value travelled(const Message& message) {
  return json::parse(json::serialize(to_json(message)));
}

Time moment(const char* text) { return parse_rfc3339(text).value(); }

Measurement measured() {
  Measurement m;
  m.frames = 142;
  m.frame_rate = Rational{24000, 1001};
  m.duration = Rational{71, 12};
  m.missing_frames = {{1001, 1003}, {1010, 1010}};
  m.problem = "frame 1010 is missing";
  m.path = "ep01/sc010/sh020_v003.mov";
  m.version = "v003";
  m.source_digest = "d1";
  m.measured_at = "2026-01-03T09:05:00.000Z";
  return m;
}

Op op(OpKind kind, RowRef row) {
  Op made;
  made.kind = kind;
  made.row = std::move(row);
  return made;
}

std::vector<Op> ops_of_every_kind() {
  Op edit = op(OpKind::edit, {17, ""});
  edit.field = Field::notes;
  edit.before = "a\nb";
  edit.after = "=1+1 \"quoted\" ü";
  Op insert = op(OpKind::insert, {0, "store:5"});
  insert.cells = {"Anna", "TV", "Pilot", "001", "010", "20260105", "wip", ""};
  Op remove = op(OpKind::remove, {3, ""});
  remove.cells = insert.cells;
  Op restore = op(OpKind::restore, {4, ""});
  restore.cells = insert.cells;
  Op measure = op(OpKind::measure, {5, ""});
  measure.measurement = measured();
  Op unmeasure = op(OpKind::measure, {6, ""});
  Op extra = op(OpKind::extra, {7, ""});
  extra.extra = {{"Client", "ACME"}, {"Fee", "12.5"}};
  Op lost = edit;
  lost.kind = OpKind::lost;
  return {edit, insert, remove, restore, measure, unmeasure, extra, lost};
}

Push example_push() {
  return {.store = "store",
          .incarnation = 2,
          .epoch = 3,
          .number = 9,
          .batch_id = "b1",
          .author = "Ben",
          .based_on = 100,
          .ops = ops_of_every_kind(),
          .held = merge::Held{"sorted", {ops_of_every_kind().front()}}};
}

TEST(Messages, hello_travels) {
  const Hello sent{
      "store", 2, 41, 99, "abc", 7, protocol_version, moment("2026-01-03T09:05:00.123Z")};
  const auto got = parse_hello(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->store, "store");
  EXPECT_EQ(got->incarnation, 2);
  EXPECT_EQ(got->last_number, 41);
  EXPECT_EQ(got->cursor, 99);
  EXPECT_EQ(got->chain, "abc");
  EXPECT_EQ(got->protocol, protocol_version);
  EXPECT_EQ(got->clock, sent.clock);
}

TEST(Messages, hello_answer_travels_with_each_outcome) {
  for (const HelloOutcome outcome : {HelloOutcome::ok, HelloOutcome::leased, HelloOutcome::rewound,
                                     HelloOutcome::diverged, HelloOutcome::too_old}) {
    const auto got = parse_hello_answer(travelled(HelloAnswer{outcome, 7, 5, "hash", 88, "other"}));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->outcome, outcome);
    EXPECT_EQ(got->epoch, 7);
    EXPECT_EQ(got->applied_number, 5);
    EXPECT_EQ(got->applied_hash, "hash");
    EXPECT_EQ(got->head, 88);
    EXPECT_EQ(got->held_by, "other");
  }
}

TEST(Messages, pull_answer_travels_with_changes_and_rows) {
  PullAnswer sent;
  sent.after = 4;
  sent.head = 6;
  sent.applied_number = 2;
  sent.chain = "cafe";
  sent.snapshot = true;
  Change change;
  change.seq = 5;
  change.entry_id = 17;
  change.kind = ChangeKind::remove;
  change.before = Cells{"Anna", "TV", "Pilot", "1", "2", "", "wip", "note"};
  change.measurement = measured();
  change.uid = "store:5";
  change.origin = Origin::excel;
  change.author = "Ben";
  change.batch_id = "b";
  change.push_number = 2;
  change.at = moment("2026-01-03T09:05:00.123Z");
  change.chain = "beef";
  sent.changes = {change};
  Entry entry;
  entry.id = 17;
  entry.cells = *change.before;
  entry.extra = {{"Client", "ACME"}};
  entry.measurement = measured();
  entry.version = 5;
  entry.created_at = entry.updated_at = change.at;
  sent.rows = {entry};

  const auto got = parse_pull_answer(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(json::serialize(to_json(*got)), json::serialize(to_json(sent)));
  ASSERT_EQ(got->changes.size(), 1U);
  EXPECT_FALSE(got->changes[0].after);
  EXPECT_EQ(got->changes[0].before, change.before);
  ASSERT_EQ(got->rows.size(), 1U);
  EXPECT_EQ(got->rows[0].cells, entry.cells);
  EXPECT_EQ(got->rows[0].extra, entry.extra);
  EXPECT_EQ(got->rows[0].measurement, entry.measurement);
}

TEST(Messages, push_travels_with_each_kind_of_op_and_keeps_its_hash) {
  const Push sent = example_push();
  const auto got = parse_push(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->ops, sent.ops);
  EXPECT_EQ(got->based_on, 100);
  EXPECT_EQ(got->author, "Ben");
  EXPECT_EQ(hash_of(*got), hash_of(sent));
}

TEST(Messages, hash_follows_the_meaning_and_not_the_sender) {
  const Push push = example_push();
  Push resent = push;
  resent.epoch = 4;
  EXPECT_EQ(hash_of(resent), hash_of(push));
  Push other = push;
  other.ops[0].after = "something else";
  EXPECT_NE(hash_of(other), hash_of(push));
}

TEST(Messages, push_answer_applied_and_pull_travel) {
  for (const PushOutcome outcome : {PushOutcome::applied, PushOutcome::known, PushOutcome::gap,
                                    PushOutcome::fenced, PushOutcome::mismatch}) {
    const auto answer = parse_push_answer(travelled(PushAnswer{9, outcome, 8}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->number, 9);
    EXPECT_EQ(answer->outcome, outcome);
    EXPECT_EQ(answer->applied_number, 8);
  }
  const auto applied = parse_applied(travelled(Applied{"store", 812, 31}));
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->seq, 812);
  EXPECT_EQ(applied->generation, 31);
  const auto pull = parse_pull(travelled(Pull{"store", 12, true}));
  ASSERT_TRUE(pull);
  EXPECT_EQ(pull->after, 12);
  EXPECT_TRUE(pull->snapshot);
}

TEST(Messages, report_travels) {
  Report sent;
  sent.store = "store";
  sent.workbook_available = true;
  sent.rows = 60;
  sent.open_by = "Anna";
  sent.pending_to_workbook = 3;
  sent.pending_to_cloud = 1;
  sent.quarantined = {{"Sheet1!C7", "status holds at most 20 characters"}};
  sent.problem = "the folder is read-only";
  const auto got = parse_report(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, sent);
}

TEST(Messages, nonsense_is_refused_with_the_key_that_is_wrong) {
  EXPECT_FALSE(parse_hello(json::value("hello")));
  const auto nameless = parse_hello(json::parse(R"({"last_n":1})"));
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().where, "store");
  const auto unnumbered = parse_push(json::parse(R"({"store":"s","n":0})"));
  ASSERT_FALSE(unnumbered);
  EXPECT_EQ(unnumbered.error().where, "n");
  EXPECT_FALSE(parse_push(json::parse(R"({"store":"s","n":1,"ops":[{"op":"drop table"}]})")));
  EXPECT_FALSE(parse_push(json::parse(R"({"store":"s","n":1,"ops":{}})")));
  EXPECT_FALSE(parse_hello_answer(json::parse(R"({"outcome":"perhaps"})")));
}

TEST(Messages, a_dry_run_says_that_it_only_looks) {
  Hello sent{"store", 1, 0, 0, "", 0, protocol_version, moment("2026-01-03T09:05:00.123Z")};
  sent.peek = true;
  const auto got = parse_hello(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->peek);
}

TEST(Messages, a_decision_travels_by_the_number_of_its_push) {
  const auto got = parse_decide(travelled(Decide{"store", 9, true}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->number, 9);
  EXPECT_TRUE(got->approve);
  EXPECT_EQ(parse_decide(json::parse(R"({"store":"s","n":0})")).error().where, "n");
}

TEST(Messages, a_push_that_holds_nothing_back_travels_and_only_edits_and_removals_are_held) {
  Push sent = example_push();
  sent.held.reset();
  const auto got = parse_push(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->held);
  for (const Op& op : ops_of_every_kind()) {
    sent.held = merge::Held{"many rows", {op}};
    const bool may_be_held = op.kind == OpKind::edit || op.kind == OpKind::remove;
    EXPECT_EQ(parse_push(travelled(sent)).has_value(), may_be_held);
  }
}

TEST(Messages, a_report_of_a_closed_workbook_without_a_problem_travels) {
  Report sent;
  sent.store = "store";
  const auto got = parse_report(travelled(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, sent);
}

TEST(Messages, numbers_below_zero_and_names_without_end_are_refused_by_their_key) {
  const std::string hello = R"({"store":"s","protocol":1,)";
  for (const char* wrong :
       {R"("incarnation":0})", R"("last_n":-1})", R"("cursor":-1})", R"("highest_id":-1})"}) {
    EXPECT_FALSE(parse_hello(json::parse(hello + wrong))) << wrong;
  }
  EXPECT_EQ(parse_pull(json::parse(R"({"store":"s","after":-1})")).error().where, "after");
  EXPECT_EQ(parse_applied(json::parse(R"({"store":"s","seq":-1})")).error().where, "seq");
  const std::string endless(1000, 'x');
  EXPECT_EQ(parse_pull(json::object{{"store", endless}}).error().where, "store");
  const json::object push{{"store", "s"}, {"n", 1}, {"batch_id", endless}};
  EXPECT_EQ(parse_push(push).error().where, "batch_id");
  EXPECT_FALSE(parse_push_answer(json::parse(R"({"n":1,"outcome":"perhaps"})")));
  EXPECT_FALSE(parse_report(json::parse(R"({"store":"s","quarantined":["C7"]})")));
}

TEST(Messages, a_value_of_another_kind_counts_as_missing) {
  const auto got = parse_report(json::parse(
      R"({"store":"s","rows":"sixty","openBy":7,"workbookAvailable":"yes","quarantined":null})"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->rows, 0);
  EXPECT_EQ(got->open_by, "");
  EXPECT_FALSE(got->workbook_available);
  const auto plain = parse_report(json::parse(R"({"store":"s","workbookAvailable":false})"));
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->workbook_available);
  EXPECT_TRUE(plain->quarantined.empty());
}

/// SQL: \u0000 cannot be converted to text.
TEST(Messages, an_extra_column_holds_no_character_that_a_database_refuses) {
  json::object extra{{std::string("Re\0viewer", 9), std::string("a\0b\x01 c\td", 8)}};
  const auto got = parse_op(json::object{{"op", "extra"}, {"id", 7}, {"extra", std::move(extra)}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->extra, (Extra{{"Reviewer", "ab c\td"}}));
}

TEST(Messages, an_author_without_end_is_cut_and_stops_no_push) {
  std::string author = "x";
  for (int i = 0; i < 105; ++i) author += "\xC3\x84";
  const auto got = parse_push(json::object{{"store", "s"}, {"n", 1}, {"author", author}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->author, author.substr(0, 199)) << "between two characters";
}

TEST(Messages, of_more_cells_than_a_report_holds_the_rest_is_counted) {
  Report sent;
  sent.store = "store";
  for (int i = 0; i < 1100; ++i) sent.quarantined.push_back({std::to_string(i), "waits"});
  const auto got = parse_report(travelled(sent));
  ASSERT_TRUE(got);
  ASSERT_EQ(got->quarantined.size(), 1000U);
  EXPECT_EQ(got->quarantined[998], (Waiting{"998", "waits"}));
  EXPECT_EQ(got->quarantined[999], (Waiting{"workbook", "and 101 more"}));
  json::object longer = to_json(sent);  // of a local side that sends all of them
  json::array& all = longer["quarantined"].get_array();
  while (all.size() < 1100) all.push_back(all.front());
  EXPECT_EQ(parse_report(longer)->quarantined.size(), 1000U);
  sent.quarantined.resize(1000);
  EXPECT_EQ(*parse_report(travelled(sent)), sent) << "so many are all told";
}

TEST(Messages, a_push_over_the_limit_is_too_large) {
  json::array ops(ops_in_push_max + 1, json::object{{"op", "delete"}, {"id", 1}});
  const auto got = parse_push(json::object{{"store", "s"}, {"n", 1}, {"ops", std::move(ops)}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace tracker::sync
