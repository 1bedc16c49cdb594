// A real cluster in a folder of the test's own.
#include "cli/private_postgres.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <memory>
#include <thread>

#include "cli/postgres_files.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;

class Folder {
 public:
  Folder() {
    std::string name = "/tmp/at-cluster-XXXXXX";
    path_ = mkdtemp(name.data());
    chmod(path_.c_str(), 0711);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The first value of the answer, or what went wrong.
std::string ask(const PrivatePostgres& server, const char* statement) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(server.url().reveal().c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement),
                                                             &PQclear);
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return "ok";
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return PQerrorMessage(connection.get());
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

TEST(PrivatePostgres, StartsKeepsRowsRecoversAndLeavesNothingRunning) {
  const Folder folder;
  pid_t server_pid = 0;
  {
    PrivatePostgres server({folder.path(), 0, ""});
    const Status started = server.start();
    ASSERT_TRUE(started.has_value()) << describe(started.error());
    EXPECT_EQ(ask(server, "SELECT current_database()"), "animation-tracker-db");
    EXPECT_EQ(ask(server, "SHOW server_encoding"), "UTF8");
    EXPECT_EQ(ask(server, "CREATE TABLE kept (word text)"), "ok");
    EXPECT_EQ(ask(server, "INSERT INTO kept VALUES ('here')"), "ok");
    server_pid = server.pid();
    ASSERT_NE(server_pid, 0);
    kill(server_pid, SIGKILL);
    ASSERT_TRUE(wait_for_end(server_pid, 5s));
  }
  {
    PrivatePostgres server({folder.path(), 0, ""});
    const Status started = server.start();
    ASSERT_TRUE(started.has_value()) << describe(started.error());
    EXPECT_EQ(ask(server, "SELECT word FROM kept"), "here");
    server_pid = server.pid();

    // Killed under its parent: nobody but this object reaps it.
    kill(server_pid, SIGKILL);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (server.pid() == server_pid && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(1ms);  // until the system has ended it
    }
    while (ask(server, "SELECT word FROM kept") != "here" &&
           std::chrono::steady_clock::now() < deadline) {
      if (server.pid() == 0) ASSERT_TRUE(server.restart().has_value());
      std::this_thread::sleep_for(50ms);
    }
    EXPECT_EQ(ask(server, "SELECT word FROM kept"), "here");
    server_pid = server.pid();

    PrivatePostgres second({folder.path(), 0, ""});
    server.stop();
    EXPECT_FALSE(is_running(server_pid));
    const Status again = second.start();
    ASSERT_TRUE(again.has_value()) << describe(again.error());
    EXPECT_EQ(ask(second, "SELECT word FROM kept"), "here");
    server_pid = second.pid();
  }
  EXPECT_FALSE(is_running(server_pid));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "pg.socket"));
}

TEST(PrivatePostgres, OpensALoopbackPortOnlyWithAPassword) {
  const Folder folder;
  PrivatePostgres server({folder.path(), 54871, "a-password"});
  const Status started = server.start();
  ASSERT_TRUE(started.has_value()) << describe(started.error());
  EXPECT_EQ(server.url().reveal(),
            "postgresql://postgres:a-password@127.0.0.1:54871/animation-tracker-db");
  EXPECT_EQ(ask(server, "SELECT 1"), "1");
  const std::unique_ptr<PGconn, decltype(&PQfinish)> stranger(
      PQconnectdb("postgresql://postgres:guess@127.0.0.1:54871/postgres"), &PQfinish);
  EXPECT_NE(PQstatus(stranger.get()), CONNECTION_OK);
}

TEST(PrivatePostgres, NamesTheFolderThatThePostgresUserCannotEnter) {
  const auto user = find_user("postgres");
  ASSERT_TRUE(user.has_value());
  const Folder folder;
  EXPECT_FALSE(first_closed_folder(folder.path(), *user).has_value());
  const auto inner = folder.path() / "inner";
  std::filesystem::create_directory(inner);
  chmod(folder.path().c_str(), 0700);
  EXPECT_EQ(first_closed_folder(inner, *user), folder.path());
}

TEST(PostgresFailure, SaysWhatToDo) {
  EXPECT_EQ(postgres_failure("x", "FATAL: could not write: No space left on device\n").what,
            "there is no disk space left for the database");
  EXPECT_EQ(postgres_failure("PostgreSQL did not start", "LOG: a\nFATAL:  bad option\n").what,
            "PostgreSQL did not start: bad option");
}

TEST(PrivatePostgres, NamesThePackageOfTheVersionThatMadeTheCluster) {
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "pg");
  FILE* file = fopen((folder.path() / "pg" / "PG_VERSION").c_str(), "w");
  ASSERT_NE(file, nullptr);
  fputs("99\n", file);
  fclose(file);
  const auto programs = find_postgres_programs(folder.path() / "pg");
  ASSERT_FALSE(programs.has_value());
  EXPECT_NE(programs.error().what.find("postgresql-99"), std::string::npos);
}

}  // namespace
}  // namespace tracker::cli
