#include "store/connection_string.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>

namespace tracker::store {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using OptionList = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool known_to_libpq(std::string_view keyword) {
  static const OptionList defaults(PQconndefaults());
  for (const PQconninfoOption* one = defaults.get(); one != nullptr && one->keyword != nullptr;
       ++one) {
    if (keyword == one->keyword) return true;
  }
  return false;
}

/// One "key=value" of the URL's query for libpq; '' = left out.
std::string translated(std::string_view parameter, bool& pooled) {
  const auto equals = parameter.find('=');
  const std::string_view key = parameter.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
  if (key == "pgbouncer") {
    pooled = value == "true" || value == "1";
    return {};
  }
  if (key == "ssl") return value == "true" || value == "1" ? "sslmode=require" : "";
  if (key == "sslmode" && value == "no-verify") return "sslmode=require";
  return known_to_libpq(key) ? std::string(parameter) : std::string();
}

std::string with_libpq_query(std::string_view url, bool& pooled) {
  const auto question = url.find('?');
  if (question == std::string_view::npos) return std::string(url);
  std::string query;
  std::string_view rest = url.substr(question + 1);
  while (!rest.empty()) {
    const auto ampersand = rest.find('&');
    const std::string one = translated(rest.substr(0, ampersand), pooled);
    if (!one.empty()) query += (query.empty() ? "" : "&") + one;
    rest = ampersand == std::string_view::npos ? std::string_view() : rest.substr(ampersand + 1);
  }
  return std::string(url.substr(0, question)) + (query.empty() ? "" : "?" + query);
}

}  // namespace

Result<ConnectionString> parse_connection_string(std::string_view text) {
  ConnectionString out;
  const bool is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
  const std::string for_libpq = is_url ? with_libpq_query(text, out.pooled) : std::string(text);
  char* problem = nullptr;
  const OptionList options(PQconninfoParse(for_libpq.c_str(), &problem));
  PQfreemem(problem);  // libpq quotes the text, which may hold the password
  if (!options) {
    return fail(ErrorCode::invalid_input, "DATABASE_URL is not a PostgreSQL address",
                "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE", "DATABASE_URL");
  }
  std::string name;
  std::string host;
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    out.options.emplace_back(one->keyword, one->val);
    if (std::string_view(one->keyword) == "dbname") name = one->val;
    if (std::string_view(one->keyword) == "host") host = one->val;
    if (std::string_view(one->keyword) == "port") host += fmt::format(":{}", one->val);
  }
  out.database = host.empty() ? name : fmt::format("{} at {}", name, host);
  return out;
}

}  // namespace tracker::store
