// What a server's connections share. For server.cpp and connection.cpp only; the io thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <set>
#include <string>

#include "http/answer.hpp"
#include "http/server.hpp"
#include "runtime/task_group.hpp"

namespace tracker::http {

class Connection;

struct ServerCore {
  ServerCore(asio::any_io_executor on, ServerLimits given_limits, Router given_router);

  asio::any_io_executor executor;
  ServerLimits limits;
  Router router;
  ServerCounters counters;
  bool draining = false;
  std::set<Connection*> connections;
  std::map<std::string, std::size_t> connections_by_address;

  std::string next_request_id();
  const std::string& date();

 private:
  std::string request_id_prefix_;
  std::uint64_t request_number_ = 0;
  std::time_t date_second_ = 0;
  std::string date_;
};

}  // namespace tracker::http
