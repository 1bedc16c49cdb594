#include "private_postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace tracker::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* binaries = "/usr/lib/postgresql/15/bin/";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", why.c_str());
  std::abort();
}

/// Starts a program as the user who may run PostgreSQL; its words go to `log`.
int spawn(std::vector<std::string> words, const std::string& log) {
  const passwd* user = getuid() == 0 ? getpwnam("postgres") : nullptr;
  const int child = fork();
  if (child != 0) return child;
  setpgid(0, 0);
  if (chdir("/") != 0) _exit(126);
  if (user != nullptr) {
    if (initgroups("postgres", user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0) {
      _exit(126);
    }
  }
  prctl(PR_SET_PDEATHSIG, SIGINT);  // changing the user would clear it
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, 1);
  dup2(out, 2);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

int wait_for(int child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

PrivatePostgres::PrivatePostgres() {
  char name[] = "/tmp/at.XXXXXX";
  if (mkdtemp(name) == nullptr) give_up("no folder in /tmp");
  folder_ = name;
  if (const passwd* user = getuid() == 0 ? getpwnam("postgres") : nullptr; user != nullptr) {
    if (chown(name, user->pw_uid, user->pw_gid) != 0) give_up("chown failed");
  }
  const int made = spawn({std::string(binaries) + "initdb", "-D", folder_ + "/data", "-U",
                          "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8"},
                         folder_ + "/initdb.log");
  if (wait_for(made) != 0) give_up("initdb failed: see " + folder_ + "/initdb.log");
  start();
}

PrivatePostgres::~PrivatePostgres() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PrivatePostgres::start() {
  process_ = spawn(
      {std::string(binaries) + "postgres", "-D", folder_ + "/data", "-k", folder_, "-c",
       "listen_addresses=", "-c", "fsync=off"},  // processes are killed here, the machine is not
      folder_ + "/postgres.log");
  const std::string url = "postgresql://postgres@/postgres?host=" + folder_;
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (PQping(url.c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > until) give_up("it does not answer");
    std::this_thread::sleep_for(10ms);
  }
}

void PrivatePostgres::stop() {
  if (process_ < 0) return;
  kill(process_, SIGINT);
  wait_for(process_);
  process_ = -1;
}

void PrivatePostgres::crash_and_restart() {
  kill(-process_, SIGKILL);
  wait_for(process_);
  process_ = -1;
  start();
}

std::string PrivatePostgres::fresh_database() {
  const std::string name = "test" + std::to_string(++databases_);
  psql("postgresql://postgres@/postgres?host=" + folder_, "CREATE DATABASE " + name);
  return "postgresql://postgres@/" + name + "?host=" + folder_;
}

std::string psql(const std::string& url, const std::string& sql) {
  PGconn* session = PQconnectdb(url.c_str());
  PQsetNoticeProcessor(session, [](void*, const char*) {}, nullptr);
  PGresult* result = PQexec(session, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    give_up(sql + ": " + PQerrorMessage(session));
  }
  std::string answer;
  if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) answer = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(session);
  return answer;
}

}  // namespace tracker::test
