// A PostgreSQL cluster of our own below the data folder, for `demo` and `cloud --private-db`: the
// real server, the same code path as a hosted one. It listens on a Unix socket in a short 0700
// folder of its own, and on a loopback port only if one is asked for. As root it runs as the system
// user postgres, since PostgreSQL refuses root.
//
// Promises: a cluster whose server was killed recovers at the next start; an initdb that was
// interrupted leaves nothing that would be taken for a cluster; the server stops with this object
// and with this process, however that ends. Errors are one sentence with what to do. Main thread
// only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/process.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace tracker::cli {

class PrivatePostgres {
 public:
  struct Options {
    std::filesystem::path data_dir;  ///< exists, is ours; the cluster is data_dir/pg
    std::uint16_t tcp_port = 0;      ///< 0 = socket only
    std::string tcp_password;        ///< for the loopback port
  };

  explicit PrivatePostgres(Options options) : options_(std::move(options)) {}
  ~PrivatePostgres() { stop(); }
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  /// Makes the cluster if there is none, starts the server, waits until it answers, makes the
  /// database if there is none.
  Status start();

  /// Starts the server again after it went away, with the same address. Does not wait: call it
  /// again while pid() is 0. Nothing while the process of the last call still runs.
  Status restart();

  /// Fast stop: running statements are cancelled. Nothing if it does not run.
  void stop();

  /// libpq URI with the socket folder (or the loopback port and its password).
  Secret url() const;
  /// The server that owns the cluster now, also one that somebody else started; 0 = none.
  pid_t pid() const;

 private:
  Status prepare();
  Status create_cluster();
  Status make_socket_folder();
  void remove_socket_folder();
  Status wait_until_ready();
  Status create_database();
  std::string url_of(const std::string& database) const;
  std::filesystem::path cluster() const { return options_.data_dir / "pg"; }
  std::filesystem::path log() const { return options_.data_dir / "postgres.log"; }

  Options options_;
  std::optional<SystemUser> user_;  ///< whom the server runs as, where we are root
  std::filesystem::path programs_;  ///< /usr/lib/postgresql/15/bin
  std::filesystem::path socket_dir_;
  pid_t started_ = 0;
};

}  // namespace tracker::cli
