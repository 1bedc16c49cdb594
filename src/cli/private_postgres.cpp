#include "cli/private_postgres.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

#include "cli/database_url.hpp"
#include "cli/postgres_files.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

constexpr std::string_view database_name = "animation-tracker-db";
constexpr auto start_limit = 60s;  // a recovery after a crash replays its log first
constexpr auto leftover_limit = 15s;

Status run_statement(const std::string& url, const std::string& statement,
                     std::string_view harmless_state) {
  const Connection connection(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return fail(ErrorCode::unavailable, PQerrorMessage(connection.get()));
  }
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(connection.get(), statement.c_str()), &PQclear);
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return {};
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  if (state != nullptr && state == harmless_state) return {};
  return fail(ErrorCode::unavailable, PQresultErrorMessage(result.get()));
}

}  // namespace

Status PrivatePostgres::start() {
  CHECK_OK(prepare());
  if (!std::filesystem::exists(cluster() / "PG_VERSION")) CHECK_OK(create_cluster());
  TRY(programs_, find_postgres_programs(cluster()));
  if (const pid_t other = pid(); other != 0 && !wait_for_end(other, 10s)) {
    return fail(
        ErrorCode::busy,
        fmt::format("a PostgreSQL server (process {}) already runs on {}", other,
                    cluster().string()),
        fmt::format("stop what started it, or the server itself with: kill -INT {}", other));
  }
  CHECK_OK(make_socket_folder());
  CHECK_OK(restart());
  CHECK_OK(wait_until_ready());
  return create_database();
}

/// Who runs it, with which programs, and whether that user gets to the folder.
Status PrivatePostgres::prepare() {
  TRY(programs_, find_postgres_programs(cluster()));
  if (geteuid() != 0) {
    if (!has_user_name()) {
      return fail(
          ErrorCode::unsupported,
          fmt::format("user {} has no name in /etc/passwd, which PostgreSQL needs", geteuid()),
          "add the user, or set DATABASE_URL to a database that runs elsewhere");
    }
    return {};
  }
  user_ = find_user("postgres");
  if (!user_) {
    return fail(ErrorCode::not_found, "the system user postgres is missing",
                "install the package postgresql-15, or start as an ordinary user");
  }
  const auto closed = first_closed_folder(options_.data_dir, *user_);
  if (closed) {
    return fail(
        ErrorCode::forbidden,
        fmt::format("the user postgres cannot get through the folder {}", closed->string()),
        fmt::format("run: chmod o+x '{}', or choose another folder with --data", closed->string()));
  }
  return {};
}

Status PrivatePostgres::create_cluster() {
  // Made under another name first: what an interrupted initdb leaves is never taken for a cluster.
  const auto fresh = options_.data_dir / "pg.new";
  std::error_code failed;
  std::filesystem::remove_all(fresh, failed);
  if (mkdir(fresh.c_str(), 0700) != 0) {
    return fail(ErrorCode::io, fmt::format("no folder for PostgreSQL: {}", std::strerror(errno)),
                "check the folder's rights and the free space", fresh.string());
  }
  if (user_ && chown(fresh.c_str(), user_->uid, user_->gid) != 0) {
    return fail(ErrorCode::io, std::strerror(errno), {}, fresh.string());
  }
  Command initdb;
  initdb.words = {programs_ / "initdb",
                  "-D",
                  fresh,
                  "-U",
                  "postgres",
                  "--auth-local=trust",
                  "--auth-host=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C.UTF-8"};
  initdb.user = user_;
  initdb.working_directory = "/";
  initdb.environment = postgres_environment();
  TRY(const auto finished, run_process(initdb, 120s));
  if (finished.exit_code != 0) {
    std::filesystem::remove_all(fresh, failed);
    return std::unexpected(postgres_failure("initdb failed", finished.output));
  }
  std::filesystem::rename(fresh, cluster(), failed);
  if (failed) return fail(ErrorCode::io, failed.message(), {}, cluster().string());
  return {};
}

Status PrivatePostgres::make_socket_folder() {
  remove_old_socket_folder(options_.data_dir / "pg.socket");
  std::string name = "/tmp/animation-tracker-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return fail(ErrorCode::io, fmt::format("no folder for the socket: {}", std::strerror(errno)),
                "check that /tmp can be written", "/tmp");
  }
  socket_dir_ = name;
  if (user_ && chown(name.c_str(), user_->uid, user_->gid) != 0) {
    return fail(ErrorCode::io, std::strerror(errno), {}, name);
  }
  std::ofstream(options_.data_dir / "pg.socket") << name << '\n';
  return {};
}

void PrivatePostgres::remove_socket_folder() {
  if (socket_dir_.empty()) return;
  remove_old_socket_folder(options_.data_dir / "pg.socket");
  socket_dir_.clear();
}

Status PrivatePostgres::restart() {
  // One that is on its way up, or not quite gone, is left to it: the next call sees what became of
  // it. A dead one that nobody has waited for would count as alive to the next server.
  if (is_running(started_)) return {};
  if (started_ != 0) take_exit_code(started_);
  Command server;
  server.words = {programs_ / "postgres",
                  "-D",
                  cluster(),
                  "-k",
                  socket_dir_,
                  "-c",
                  "unix_socket_permissions=0700",
                  "-c",
                  options_.tcp_port == 0 ? "listen_addresses=" : "listen_addresses=127.0.0.1"};
  if (options_.tcp_port != 0) {
    server.words.insert(server.words.end(), {"-p", std::to_string(options_.tcp_port)});
  }
  server.user = user_;
  server.working_directory = "/";
  server.environment = postgres_environment();
  server.log = log();
  server.parent_death_signal = SIGINT;  // its word for a fast stop
  TRY(started_, start_process(server));
  return {};
}

Status PrivatePostgres::wait_until_ready() {
  const auto deadline = std::chrono::steady_clock::now() + start_limit;
  const auto leftover_deadline = std::chrono::steady_clock::now() + leftover_limit;
  const std::string url = url_of("postgres");
  while (PQping(url.c_str()) != PQPING_OK) {
    if (take_exit_code(started_)) {
      // What is left of a killed server (its children, its entry in the process table) may be in
      // the way for a moment: then try again.
      const std::string said = end_of_file(log());
      const bool leftover = said.contains("still in use") || said.contains("already exists");
      if (!leftover || std::chrono::steady_clock::now() > leftover_deadline) {
        return std::unexpected(postgres_failure("PostgreSQL did not start", said));
      }
      std::this_thread::sleep_for(200ms);
      CHECK_OK(restart());
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return fail(ErrorCode::timeout, "PostgreSQL did not answer within 60 s",
                  fmt::format("see {}", log().string()));
    }
    std::this_thread::sleep_for(10ms);
  }
  return {};
}

Status PrivatePostgres::create_database() {
  if (options_.tcp_port != 0) {
    CHECK_OK(run_statement(url_of("postgres"),
                           fmt::format("ALTER USER postgres PASSWORD '{}'", options_.tcp_password),
                           ""));
  }
  constexpr std::string_view duplicate_database = "42P04";
  return run_statement(url_of("postgres"), fmt::format("CREATE DATABASE \"{}\"", database_name),
                       duplicate_database);
}

void PrivatePostgres::stop() {
  if (started_ == 0) return;  // a server that somebody else runs is not ours to stop
  if (const pid_t server = pid(); server != 0) stop_process(server, SIGINT, 10s);
  stop_process(started_, SIGINT, 10s);
  started_ = 0;
  remove_socket_folder();
}

std::string PrivatePostgres::url_of(const std::string& database) const {
  std::string url = fmt::format("postgresql://postgres@/{}?host={}", percent_encoded(database),
                                percent_encoded(socket_dir_.string()));
  if (options_.tcp_port != 0) url += fmt::format("&port={}", options_.tcp_port);
  return url;
}

Secret PrivatePostgres::url() const {
  if (options_.tcp_port == 0) return Secret(url_of(std::string(database_name)));
  return Secret(fmt::format("postgresql://postgres:{}@127.0.0.1:{}/{}",
                            percent_encoded(options_.tcp_password), options_.tcp_port,
                            database_name));
}

pid_t PrivatePostgres::pid() const {
  std::ifstream file(cluster() / "postmaster.pid");
  pid_t found = 0;
  if (!(file >> found) || !is_running(found)) return 0;
  return is_postgres_of(found, cluster()) ? found : 0;
}

}  // namespace tracker::cli
