#include "store/pg_handshake.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>

#include "store/pg_error.hpp"

namespace tracker::store {
namespace {

std::string* find(ConnectionString& where, std::string_view keyword) {
  for (auto& [key, value] : where.options) {
    if (key == keyword) return &value;
  }
  return nullptr;
}

void ignore_notice(void*, const char*) {}

}  // namespace

Awaitable<Result<ConnectionString>> with_address(ConnectionString where) {
  std::string* host = find(where, "host");
  if (host == nullptr || host->empty() || host->starts_with('/') || host->contains(',') ||
      find(where, "hostaddr") != nullptr) {
    co_return std::move(where);
  }
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  auto [problem, found] = co_await resolver.async_resolve(*host, "", runtime::as_result);
  if (problem) {
    co_return std::unexpected(
        connection_failed(fmt::format("host {}: {}", *host, problem.message())));
  }
  std::string names;
  std::string addresses;
  for (const auto& one : found) {
    const char* comma = names.empty() ? "" : ",";
    names += comma + *host;
    addresses += comma + one.endpoint().address().to_string();
  }
  *host = names;
  where.options.emplace_back("hostaddr", addresses);
  co_return std::move(where);
}

PGconn* start_session(const ConnectionString& where) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  const auto add = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  add("application_name", "animation-tracker");
  add("tcp_user_timeout", "30000");
  add("keepalives_idle", "30");
  bool has_options = false;
  for (const auto& [keyword, value] : where.options) {  // the user's own words win: they are later
    add(keyword.c_str(), value.c_str());
    has_options = has_options || keyword == "options";
  }
  if (!has_options && !where.pooled) {
    // The lock's limit must strike first: only then is it known who holds the row.
    add("options",
        "-c lock_timeout=2000 -c statement_timeout=3000 -c datestyle=ISO -c jit=off"
        " -c idle_in_transaction_session_timeout=30000");
  }
  add("client_encoding", "UTF8");
  add(nullptr, nullptr);
  PGconn* session = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (session != nullptr) PQsetNoticeProcessor(session, ignore_notice, nullptr);
  return session;
}

}  // namespace tracker::store
