#include "cli/database_url.hpp"

#include <fmt/format.h>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "cli/reader.hpp"

namespace tracker::cli {
namespace {

constexpr std::string_view expected = "postgresql://user:password@host:5432/database";

/// One parameter of the query as libpq understands it; '' drops it.
std::string translated(const std::string& parameter, std::vector<std::string>& warnings) {
  if (parameter == "ssl=true" || parameter == "ssl=1" || parameter == "sslmode=no-verify") {
    warnings.push_back(fmt::format("DATABASE_URL: {} is read as sslmode=require", parameter));
    return "sslmode=require";
  }
  if (parameter == "ssl=false" || parameter == "ssl=0") {
    warnings.push_back(fmt::format("DATABASE_URL: {} is read as sslmode=disable", parameter));
    return "sslmode=disable";
  }
  if (parameter.starts_with("pgbouncer=")) {
    warnings.push_back("DATABASE_URL: pgbouncer is ignored, it is a word of another program");
    return {};
  }
  return parameter;
}

DatabaseUrl translated_url(const std::string& url) {
  DatabaseUrl result;
  const std::size_t question = url.find('?');
  std::string query;
  std::size_t start = question == std::string::npos ? url.size() : question + 1;
  while (start < url.size()) {
    const std::size_t end = std::min(url.find('&', start), url.size());
    const std::string parameter = translated(url.substr(start, end - start), result.warnings);
    if (!parameter.empty()) query += (query.empty() ? "?" : "&") + parameter;
    start = end + 1;
  }
  result.url = Secret(url.substr(0, question) + query);
  return result;
}

DatabaseUrl url_of_parts(const Environment& environment) {
  std::string url = "postgresql://";
  const std::string user = environment.text("PGUSER");
  const std::string password = environment.text("PGPASSWORD");
  if (!user.empty()) {
    url += percent_encoded(user);
    if (!password.empty()) url += ":" + percent_encoded(password);
    url += "@";
  }
  url += "/" + percent_encoded(environment.text("PGDATABASE"));
  std::string separator = "?";
  const auto add = [&](std::string_view key, std::string_view name) {
    const std::string value = environment.text(name);
    if (value.empty()) return;
    url += separator + std::string(key) + "=" + percent_encoded(value);
    separator = "&";
  };
  // Host and port stand in the query, where a socket folder and an IPv6 address need no brackets.
  add("host", "PGHOST");
  add("port", "PGPORT");
  add("sslmode", "PGSSLMODE");
  return {Secret(url), {}};
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  return boost::urls::encode(boost::core::string_view(text.data(), text.size()),
                             boost::urls::unreserved_chars);
}

bool has_database_url(const Environment& environment) {
  return environment.find("DATABASE_URL") || environment.find("PGHOST") ||
         environment.find("PGDATABASE");
}

Result<DatabaseUrl> database_url(const Environment& environment) {
  if (const auto found = environment.find("DATABASE_URL")) {
    if (!found->text.starts_with("postgresql://") && !found->text.starts_with("postgres://")) {
      return fail(
          ErrorCode::invalid_input,
          fmt::format("DATABASE_URL (from {}) does not start with postgresql://", found->source),
          fmt::format("expected {}", expected));
    }
    return translated_url(found->text);
  }
  if (!has_database_url(environment)) return missing("DATABASE_URL", expected);
  if (!environment.find("PGDATABASE")) return missing("PGDATABASE", "the database's name");
  return url_of_parts(environment);
}

}  // namespace tracker::cli
