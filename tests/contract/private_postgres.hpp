// A real PostgreSQL of the test's own: made by initdb in a short folder under /tmp, reached by its
// socket only, stopped and removed at the end. Run as root it becomes the user postgres, who alone
// may run one. One cluster serves a whole test program; each test takes a fresh database.
#pragma once

#include <string>

namespace tracker::test {

class PrivatePostgres {
 public:
  PrivatePostgres();
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  /// Makes an empty database and returns its URL.
  std::string fresh_database();
  /// Kills the server (kill -9 of the whole group) and starts it again over the same data.
  void crash_and_restart();
  void stop();
  void start();

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int process_ = -1;
  int databases_ = 0;
};

/// What psql would do: one text of SQL on a connection of its own; the first column of the first
/// row of the last result. Aborts the test on an error.
std::string psql(const std::string& url, const std::string& sql);

}  // namespace tracker::test
