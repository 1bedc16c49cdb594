// Accounts, footage, and a database that comes and goes, on a real PostgreSQL.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "store/connection_string.hpp"
#include "store_fixture.hpp"

namespace tracker::test {
namespace {

using namespace std::chrono_literals;

Time in(std::chrono::seconds time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         time;
}

class Accounts : public StoreTest {
 protected:
  store::User anna() {
    store::User user;
    user.email = "Anna@Example.com";
    user.name = "Anna";
    user.role = store::Role::producer;
    user.animator_names = {"Anna", "A. \"Quote\" {B}"};
    user.password_hash = "$argon2id$…";
    auto added = run(store_->add_user(user));
    EXPECT_TRUE(added) << describe(added.error());
    return *added;
  }
};

TEST_F(Accounts, a_user_is_found_by_address_whatever_its_case) {
  const store::User added = anna();
  const auto found = run(store_->user_by_email("ANNA@example.COM"));
  ASSERT_WORKED(found);
  EXPECT_EQ(found->id, added.id);
  EXPECT_EQ(found->animator_names, added.animator_names);
  EXPECT_EQ(found->role, store::Role::producer);
  EXPECT_EQ(run(store_->add_user(added)).error().code, ErrorCode::conflict);
  EXPECT_EQ(run(store_->count_users()).value(), 1);
}

TEST_F(Accounts, a_session_ends_when_it_is_over_or_its_user_disabled) {
  store::User user = anna();
  ASSERT_WORKED(run(store_->add_session({"h1", user.id, "::1", "Firefox", {}, {}, in(1h)})));
  ASSERT_WORKED(run(store_->add_session({"h2", user.id, "::1", "Firefox", {}, {}, in(-1s)})));
  EXPECT_EQ(run(store_->user_of_session("h1"))->id, user.id);
  EXPECT_EQ(run(store_->user_of_session("h2")).error().code, ErrorCode::unauthorized);
  EXPECT_EQ(run(store_->sessions(user.id))->size(), 1U);
  sql("UPDATE app_session SET used_at = now() - interval '13 hours'");
  EXPECT_FALSE(run(store_->user_of_session("h1"))) << "idle for too long";
  ASSERT_WORKED(run(store_->add_session({"h3", user.id, "::1", "Firefox", {}, {}, in(1h)})));
  user.disabled = true;
  ASSERT_WORKED(run(store_->update_user(user)));
  EXPECT_FALSE(run(store_->user_of_session("h3")));
}

TEST_F(Accounts, a_new_password_ends_the_other_sessions) {
  const store::User user = anna();
  ASSERT_WORKED(run(store_->add_session({"here", user.id, "", "", {}, {}, in(1h)})));
  ASSERT_WORKED(run(store_->add_session({"there", user.id, "", "", {}, {}, in(1h)})));
  ASSERT_WORKED(run(store_->set_password(user.id, "new", "here")));
  EXPECT_EQ(run(store_->user_of_session("here"))->password_hash, "new");
  EXPECT_FALSE(run(store_->user_of_session("there")));
}

TEST_F(Accounts, a_token_works_until_it_is_revoked_or_over) {
  store::ApiToken token;
  token.name = "render farm";
  token.hash = "t1";
  token.role = store::Role::producer;
  const auto added = run(store_->add_token(token));
  ASSERT_WORKED(added);
  EXPECT_EQ(run(store_->token("t1"))->name, "render farm");
  token.hash = "t2";
  token.expires_at = in(-1s);
  ASSERT_WORKED(run(store_->add_token(token)));
  EXPECT_FALSE(run(store_->token("t2")));
  ASSERT_WORKED(run(store_->revoke_token(added->id)));
  EXPECT_EQ(run(store_->token("t1")).error().code, ErrorCode::unauthorized);
  EXPECT_EQ(run(store_->tokens())->size(), 2U);
}

TEST_F(Accounts, a_sign_in_link_works_once) {
  const store::User user = anna();
  ASSERT_WORKED(run(store_->add_sign_in_link("l1", user.id, in(1h))));
  EXPECT_EQ(run(store_->use_sign_in_link("l1"))->id, user.id);
  EXPECT_EQ(run(store_->use_sign_in_link("l1")).error().code, ErrorCode::unauthorized);
}

TEST_F(Accounts, a_shot_counts_once_in_its_latest_row) {
  Cells early = row("010");
  Cells late = row("010");
  at(early, Field::week_yyyymmdd) = "20241223";
  at(late, Field::week_yyyymmdd) = "20241230";
  ASSERT_WORKED(run(store_->create({{early, late}, {}, {}}, anna_)));
  sql("UPDATE entry_state SET measurement = '{\"frames\": 48, \"duration_seconds\": 2}'");
  ASSERT_WORKED(run(store_->set_target({"Anna", "20240101", 100})));
  const auto summary = run(store_->summary("", ""));
  ASSERT_WORKED(summary);
  ASSERT_EQ(summary->weeks.size(), 2U);
  EXPECT_EQ(summary->weeks[0].iso_week, "2024-W52");
  EXPECT_EQ(summary->weeks[0].frames, 0);
  EXPECT_EQ(summary->weeks[0].frames_all_rows, 48);
  EXPECT_EQ(summary->weeks[1].iso_week, "2025-W01");
  EXPECT_EQ(summary->weeks[1].shots, 1);
  EXPECT_EQ(summary->weeks[1].frames, 48);
  EXPECT_EQ(summary->weeks[1].seconds, 2);
  EXPECT_EQ(summary->weeks[1].frames_target, 100);
  ASSERT_EQ(summary->episodes.size(), 1U);
  EXPECT_EQ(summary->episodes[0].frames, 48);
  EXPECT_EQ(summary->episodes[0].frames_all_rows, 96);
  EXPECT_EQ(run(store_->summary("20241230", "20250105"))->weeks.size(), 1U);
  EXPECT_EQ(run(store_->summary("monday", "")).error().where, "from");
}

TEST_F(Accounts, an_episode_is_planned_by_the_workbook_or_by_a_producer) {
  Cells early = row("010");
  at(early, Field::week_yyyymmdd) = "20241223";
  ASSERT_WORKED(run(store_->create({{early, row("010"), row("020"), row("030")}, {}, {}}, anna_)));
  sql("UPDATE entry_state SET measurement = '{\"frames\": 48, \"duration_seconds\": 2}'");
  // the first row of shot 010 is not its latest one; 030 says something that is no number
  sql(R"(UPDATE entry_state s SET extra = plan.extra::jsonb FROM (VALUES
         (1, '{"Planned Frames": "1000"}'), (2, '{"Client": "7", "planned_frames": "50"}'),
         (3, '{"  Planned   FRAMES ": "60.0"}'), (4, '{"Planned Frames": "soon"}'))
         AS plan (id, extra) WHERE plan.id = s.entry_id)");
  const auto planned = run(store_->summary("", ""));
  ASSERT_WORKED(planned);
  ASSERT_EQ(planned->episodes.size(), 1U);
  EXPECT_EQ(planned->episodes[0].shots, 3);
  EXPECT_EQ(planned->episodes[0].shots_planned, 2);
  EXPECT_EQ(planned->episodes[0].frames_planned, 110);
  EXPECT_FALSE(planned->episodes[0].frames_target);

  const Cells cells = row("010");
  store::EpisodeTarget target{at(cells, Field::project_type), at(cells, Field::episode_title), 240};
  ASSERT_WORKED(run(store_->set_episode_target(target)));
  ASSERT_WORKED(run(store_->set_episode_target({"Film", "not begun", 99})));
  const auto targeted = run(store_->summary("", ""));
  ASSERT_WORKED(targeted);
  ASSERT_EQ(targeted->episodes.size(), 2U);
  EXPECT_EQ(targeted->episodes[0].episode_title, "not begun");
  EXPECT_EQ(targeted->episodes[0].shots, 0);
  EXPECT_EQ(targeted->episodes[1].frames_target, 240);
  // a target is of the whole episode, not of some weeks of it
  EXPECT_FALSE(run(store_->summary("20241201", ""))->episodes[0].frames_target);
  target.frames = 0;
  ASSERT_WORKED(run(store_->set_episode_target(target)));
  EXPECT_EQ(run(store_->episode_targets())->size(), 1U);
}

TEST_F(Accounts, the_guides_questions_about_the_database_are_answered) {
  const auto facts = run(store_->facts());
  ASSERT_WORKED(facts);
  EXPECT_TRUE(facts->version.starts_with("PostgreSQL 15"));
  EXPECT_TRUE(facts->production_table_exists);
  EXPECT_TRUE(facts->database_name.starts_with("test"));
}

TEST_F(Accounts, a_database_that_is_away_is_named_without_secrets_and_found_again) {
  url_ = "postgresql://somebody:hunter2@/nowhere?host=/tmp/at.no.such.folder";
  auto lost = another_store();
  const auto away = run(lost->facts());
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(away.error().what.starts_with("Database connection failed: "));
  EXPECT_EQ(describe(away.error()).find("hunter2"), std::string::npos);
  lost->close();

  created("010");
  server().crash_and_restart();
  std::optional<Result<store::EntryList>> list;
  const auto until = std::chrono::steady_clock::now() + 10s;
  do {
    list = run(store_->list({}));
  } while (!*list && std::chrono::steady_clock::now() < until);
  ASSERT_WORKED(*list);
  EXPECT_EQ((*list)->entries.size(), 1U) << "201 meant committed";
}

/// On a slow disk the last in the line may hear busy: that means not written, and to try again.
TEST_F(Accounts, many_at_once_share_a_few_connections) {
  std::vector<std::optional<Result<store::Written>>> results(60);
  const auto until = std::chrono::steady_clock::now() + 60s;
  const auto waits = [](const auto& result) { return !result || !*result; };
  while (std::ranges::any_of(results, waits)) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!waits(results[i])) continue;
      results[i].reset();
      spawn(store_->create({{row(std::to_string(i))}, {}, {}}, anna_), results[i]);
    }
    drain();
    for (const auto& result : results) {
      if (!*result) ASSERT_EQ(result->error().code, ErrorCode::busy) << describe(result->error());
    }
  }
  EXPECT_LE(std::stoi(sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                          "'animation-tracker'")),
            8);
  EXPECT_EQ(run(store_->head()).value(), 60);
}

std::string option(const store::ConnectionString& where, const std::string& keyword) {
  for (const auto& [key, value] : where.options) {
    if (key == keyword) return value;
  }
  return {};
}

TEST(ConnectionString, node_habits_are_understood) {
  const auto railway = store::parse_connection_string(
      "postgres://u:p%40ss@db.example:5433/animation-tracker-db?ssl=true&pgbouncer=true"
      "&connection_limit=5&schema=public");
  ASSERT_WORKED(railway);
  EXPECT_TRUE(railway->pooled);
  EXPECT_EQ(option(*railway, "sslmode"), "require");
  EXPECT_EQ(option(*railway, "password"), "p@ss");
  EXPECT_EQ(railway->database, "animation-tracker-db at db.example:5433");
  const auto heroku = store::parse_connection_string("postgresql://u@h/d?sslmode=no-verify");
  EXPECT_EQ(option(*heroku, "sslmode"), "require");
  const auto wrong = store::parse_connection_string("postgresql://u:hunter2@[::1/d");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "DATABASE_URL");
  EXPECT_EQ(describe(wrong.error()).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace tracker::test
