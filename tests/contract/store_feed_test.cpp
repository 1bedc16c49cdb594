// The change feed on a real PostgreSQL: whoever changes production_summary, by whatever means.
#include <libpq-fe.h>

#include <boost/json.hpp>
#include <set>
#include <thread>

#include "store_fixture.hpp"

namespace tracker::test {
namespace {

constexpr const char* insert_one =
    "INSERT INTO production_summary (animator, project_type, episode_title, scene, shot, "
    "week_yyyymmdd, status) VALUES ('Anna', 'TV', 'Pilot', '1', '2', '20260105', 'wip')";

class Feed : public StoreTest {};

TEST_F(Feed, plain_sql_is_fed_like_any_other_change) {
  sql(insert_one);
  sql("UPDATE production_summary SET status = 'done', notes = 'by hand'");
  sql("UPDATE production_summary SET status = 'done'");
  sql("DELETE FROM production_summary");
  const auto changes = feed();
  ASSERT_EQ(changes.size(), 3U) << "an update that changes nothing is no change";
  EXPECT_EQ(changes[0].kind, ChangeKind::insert);
  EXPECT_EQ(changes[1].kind, ChangeKind::edit);
  EXPECT_EQ(at(*changes[1].before, Field::status), "wip");
  EXPECT_EQ(at(*changes[1].after, Field::notes), "by hand");
  EXPECT_EQ(changes[2].kind, ChangeKind::remove);
  EXPECT_FALSE(changes[2].after);
  for (const Change& change : changes) {
    EXPECT_EQ(change.origin, Origin::sql);
    EXPECT_EQ(change.author, "postgres");
    EXPECT_EQ(change.chain.size(), 64U);
  }
  std::set<std::string> chains;
  for (const Change& change : changes) chains.insert(change.chain);
  EXPECT_EQ(chains.size(), changes.size());
}

TEST_F(Feed, truncate_deletes_each_row) {
  sql(insert_one);
  sql(insert_one);
  sql("TRUNCATE production_summary");
  const auto changes = feed();
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[3].kind, ChangeKind::remove);
  EXPECT_EQ(run(store_->restore(changes[3].entry_id, anna_))->entries.size(), 1U);
}

TEST_F(Feed, what_is_rolled_back_leaves_no_trace_and_no_hole) {
  sql(insert_one);
  sql(std::string("BEGIN; ") + insert_one + "; ROLLBACK");
  sql(std::string("BEGIN; ") + insert_one +
      "; SAVEPOINT s; UPDATE production_summary SET "
      "status = 'x'; ROLLBACK TO s; UPDATE production_summary SET shot = '9' WHERE id = 1; COMMIT");
  const auto changes = feed();
  ASSERT_EQ(changes.size(), 3U);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].seq, static_cast<ChangeNumber>(i) + 1);
  }
  EXPECT_EQ(at(*changes[2].after, Field::status), "wip");
}

TEST_F(Feed, times_are_utc_wherever_the_writer_lives) {
  sql(std::string("SET TimeZone = 'Asia/Tokyo'; ") + insert_one);
  EXPECT_EQ(sql("SELECT abs(extract(epoch from created_at - (now() AT TIME ZONE 'UTC'))) < 60 "
                "FROM production_summary"),
            "t");
  sql("UPDATE production_summary SET updated_at = '2000-01-01'");
  sql("SET TimeZone = 'Asia/Tokyo'; UPDATE production_summary SET status = 'done'");
  EXPECT_EQ(sql("SELECT abs(extract(epoch from updated_at - (now() AT TIME ZONE 'UTC'))) < 60 "
                "FROM production_summary"),
            "t");
}

TEST_F(Feed, an_id_chosen_by_hand_is_not_handed_out_again) {
  sql("INSERT INTO production_summary (id, animator, project_type, episode_title, scene, shot, "
      "week_yyyymmdd, status) VALUES (5, 'a', 'b', 'c', 'd', 'e', '', '')");
  for (int i = 0; i < 6; ++i) EXPECT_NE(created(std::to_string(i)).id, 5);
}

TEST_F(Feed, numbers_are_in_commit_order_with_many_writers) {
  constexpr int writers = 6;
  constexpr int each = 40;
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([this] {
      for (int i = 0; i < each; ++i) {
        sql(std::string("BEGIN; ") + insert_one + "; SELECT pg_sleep(random() / 200); COMMIT");
      }
    });
  }
  // Whoever has seen number n has seen every number below it: no late commit slips in behind.
  ChangeNumber cursor = 0;
  while (cursor < writers * each) {
    const auto page = run(store_->changes_since(cursor, 1000));
    ASSERT_WORKED(page);
    for (const Change& change : page->changes) ASSERT_EQ(change.seq, ++cursor);
  }
}

TEST_F(Feed, a_transaction_left_open_in_psql_stops_only_its_own_rows) {
  const Entry mine = created("010");
  const Entry other = created("020");
  PGconn* session = PQconnectdb((url_ + "&application_name=lunch").c_str());
  PQclear(PQexec(session, "BEGIN"));
  PQclear(PQexec(
      session, ("UPDATE production_summary SET status = 'hm' WHERE id = " + std::to_string(mine.id))
                   .c_str()));
  store::RowEdit edit;
  edit.id = other.id;
  edit.changes[index(Field::status)] = "done";
  ASSERT_WORKED(run(store_->edit({edit}, anna_)));
  edit.id = mine.id;
  const auto blocked = run(store_->edit({edit}, anna_));
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, ErrorCode::busy);
  EXPECT_NE(blocked.error().what.find("lunch"), std::string::npos) << blocked.error().what;
  PQclear(PQexec(session, "COMMIT"));
  PQfinish(session);
  ASSERT_WORKED(run(store_->edit({edit}, anna_)));
}

TEST_F(Feed, changes_of_psql_and_of_other_processes_are_heard) {
  std::vector<ChangeNumber> heard;
  auto other = another_store();
  const auto on_head = [&](ChangeNumber head) {
    heard.push_back(head);
    if (head >= 2) store_->close();
    if (head == 1) {
      asio::co_spawn(context_, other->create({{row("010")}, {}, {}}, anna_),
                     [](std::exception_ptr, const auto&) {});
    }
    if (head == 0) sql(insert_one);
  };
  asio::co_spawn(context_, store_->listen({.head = on_head}),
                 [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); });
  context_.restart();
  context_.run_for(std::chrono::seconds(20));
  EXPECT_EQ(heard, (std::vector<ChangeNumber>{0, 1, 2}));
  other->close();
}

TEST_F(Feed, migrating_twice_changes_nothing) {
  created("010");
  std::vector<std::string> said;
  ASSERT_WORKED(run(store_->migrate([&](std::string_view line) { said.emplace_back(line); })));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(feed().size(), 1U);
}

TEST_F(Feed, several_processes_may_migrate_at_once) {
  url_ = server().fresh_database();
  std::vector<std::unique_ptr<store::Store>> stores;
  std::vector<std::optional<Status>> results(4);
  for (auto& result : results) {
    stores.push_back(another_store());
    spawn(stores.back()->migrate([](std::string_view) {}), result);
  }
  drain();
  for (const auto& result : results) ASSERT_WORKED(*result);
  EXPECT_EQ(sql("SELECT count(*) = max(number) FROM schema_migration"), "t");
}

TEST_F(Feed, a_database_with_only_the_guides_tables_is_adopted) {
  url_ = server().fresh_database();
  sql(R"(CREATE TABLE production_summary (
    id SERIAL PRIMARY KEY, animator VARCHAR(100) NOT NULL, project_type VARCHAR(20) NOT NULL,
    episode_title VARCHAR(200) NOT NULL, scene VARCHAR(50) NOT NULL, shot VARCHAR(50) NOT NULL,
    week_yyyymmdd VARCHAR(8) NOT NULL, status VARCHAR(20) NOT NULL, notes TEXT,
    created_at TIMESTAMP DEFAULT NOW(), updated_at TIMESTAMP DEFAULT NOW());
    CREATE TABLE sync_log (
    id SERIAL PRIMARY KEY, sync_type VARCHAR(50) NOT NULL, action VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL, error_message TEXT, local_record_id INTEGER,
    railway_record_id INTEGER, data_snapshot JSONB, created_at TIMESTAMP DEFAULT NOW());)");
  sql(insert_one);
  sql(insert_one);
  store_->close();
  store_ = another_store();
  ASSERT_WORKED(run(store_->migrate([](std::string_view) {})));
  const auto changes = feed();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].origin, Origin::adopt);
  const auto list = run(store_->list({}));
  ASSERT_EQ(list->entries.size(), 2U);
  EXPECT_EQ(list->entries[1].version, 2);
}

TEST_F(Feed, schema_sql_by_hand_and_migrations_make_the_same_database) {
  const auto description = [this] {
    return sql(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
      SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
        coalesce(column_default, '') || coalesce(character_maximum_length::text, '') AS line
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT proname || md5(prosrc) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint
      UNION ALL SELECT tgrelid::regclass || pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal
      UNION ALL SELECT number || name FROM schema_migration) everything)");
  };
  const std::string migrated = description();
  url_ = server().fresh_database();
  const std::string path = TRACKER_SOURCE_DIR "/database/schema.sql";
  std::string text;
  if (FILE* file = std::fopen(path.c_str(), "r"); file != nullptr) {
    char buffer[65536];
    text.assign(buffer, std::fread(buffer, 1, sizeof buffer, file));
    std::fclose(file);
  }
  sql(text);
  EXPECT_EQ(description(), migrated) << "make it again: see the head of database/schema.sql";
  store_->close();
  store_ = another_store();
  std::vector<std::string> said;
  ASSERT_WORKED(run(store_->migrate([&](std::string_view line) { said.emplace_back(line); })));
  EXPECT_EQ(said.size(), 1U) << "nothing was left to do";
}

}  // namespace
}  // namespace tracker::test
