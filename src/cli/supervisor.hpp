// Keeps the demo's roles running: each is a process of its own, `animation-tracker ROLE --data
// DIR`.
//
// A role that ends is left alone for 10 s, in which somebody may start it again by hand: the new
// process is known by its pid in DIR/run.json and is adopted. After 10 s it is started again here.
// PostgreSQL is started again after 2 s. stop() ends everything in reverse order of its start.
// Every one of these events is a log line. Main thread only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/private_postgres.hpp"
#include "cli/stop_signal.hpp"
#include "core/result.hpp"

namespace tracker::cli {

class Supervisor {
 public:
  /// `database` may be null (a database that runs elsewhere). Both outlive this object.
  Supervisor(std::filesystem::path folder, std::string program_path, PrivatePostgres* database,
             StopSignal& signal);
  ~Supervisor() { stop(); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts a role whose health is asked at `url`.
  Status start(const std::string& role, const std::string& url);

  /// True when all of them answer, false when we were asked to stop meanwhile. Fails if one of them
  /// ends or does not answer within `limit`.
  Result<bool> wait_until_answering(std::chrono::seconds limit);

  /// Returns when we are asked to stop.
  void watch();

  void stop();

  std::optional<pid_t> pid(const std::string& role) const;

 private:
  struct Role {
    std::string name;
    std::string url;
    pid_t pid = 0;
    std::optional<std::chrono::steady_clock::time_point> gone_since;
  };
  Result<pid_t> launch(const std::string& role) const;
  std::optional<pid_t> started_by_hand(const Role& role) const;
  void look_after(Role& role);
  void look_after_database();

  std::filesystem::path folder_;
  std::string program_path_;
  PrivatePostgres* database_;
  StopSignal& signal_;
  std::vector<Role> roles_;  ///< in the order of their start
  pid_t database_pid_ = 0;
  std::optional<std::chrono::steady_clock::time_point> database_gone_since_;
};

}  // namespace tracker::cli
