// doctor on what lies between the roles: database, schema, cloud, keys, clocks, tunnel.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "cli/doctor.hpp"
#include "cli/http_call.hpp"
#include "store/migrations.hpp"

namespace tracker::cli {
namespace {

using namespace std::chrono_literals;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

constexpr auto answer_limit = 8s;

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// The only value of a statement's answer; nothing if it fails.
std::optional<std::string> ask(PGconn* connection, const char* statement) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, statement),
                                                             &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) < 1) {
    return std::nullopt;
  }
  return PQgetvalue(result.get(), 0, 0);
}

Finding check_schema(PGconn* connection) {
  constexpr const char* to_do = "run: animation-tracker migrate";
  const auto applied = ask(connection, "SELECT coalesce(max(number), 0) FROM schema_migration");
  if (!applied) return wrong("schema", "the tables are not there yet", to_do);
  const int newest = store::migrations().empty() ? 0 : store::migrations().back().number;
  const int found = std::atoi(applied->c_str());
  if (found == newest) return well("schema", fmt::format("number {}, the newest", found));
  if (found > newest) {
    return wrong("schema", fmt::format("number {} is newer than this program's {}", found, newest),
                 "update this program: the database was migrated by a newer one");
  }
  return wrong("schema", fmt::format("number {}, the newest is {}", found, newest), to_do);
}

void check_database(const cloud::Settings& settings, Findings& findings) {
  // The address is not shown: it holds the password.
  const char* const words[] = {"dbname", "connect_timeout", nullptr};
  const char* const values[] = {settings.database_url.reveal().c_str(), "8", nullptr};
  const Connection connection(PQconnectdbParams(words, values, 1), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    findings.push_back(wrong(
        "database", "Database connection failed: " + first_line(PQerrorMessage(connection.get())),
        "check DATABASE_URL, and that the PostgreSQL service is running"));
    return;
  }
  findings.push_back(
      well("database", fmt::format("{} (PostgreSQL {})", PQdb(connection.get()),
                                   PQparameterStatus(connection.get(), "server_version"))));
  findings.push_back(check_schema(connection.get()));
}

/// A tunnel's own error page instead of our JSON.
bool is_tunnel_page(const http::ClientResponse& answer) {
  return answer.body.contains("ERR_NGROK") || answer.body.starts_with("<");
}

void check_tunnel(const cloud::Settings& settings, Findings& findings) {
  if (settings.local_server_url.empty()) return;
  http::ClientRequest request;
  request.url = settings.local_server_url + "/api/sync/status";
  request.timeout = answer_limit;
  request.headers = {{"X-API-Key", settings.local_server_api_key.reveal()},
                     {"ngrok-skip-browser-warning", "true"}};
  const auto answer = call_http(std::move(request));
  if (!answer) {
    findings.push_back(wrong("tunnel", describe(answer.error()),
                             "check LOCAL_SERVER_URL, and that the tunnel is running"));
  } else if (is_tunnel_page(*answer)) {
    findings.push_back(wrong("tunnel", "the tunnel is up, the local server behind it is not",
                             "start it with: animation-tracker local"));
  } else if (answer->status == 401 || answer->status == 403) {
    findings.push_back(
        wrong("keys", "the local server refuses LOCAL_SERVER_API_KEY",
              "set API_SECRET (local) and LOCAL_SERVER_API_KEY (cloud) to one text"));
  } else {
    findings.push_back(well("tunnel", settings.local_server_url));
  }
}

Finding check_clock(const http::ClientResponse& answer) {
  constexpr std::int64_t skew_s_max = 60;
  const auto date = answer.headers.find("Date");
  std::tm parts{};
  if (!date || strptime(std::string(*date).c_str(), "%a, %d %b %Y %H:%M:%S", &parts) == nullptr) {
    return hint("clock", "the cloud did not tell its time", "");
  }
  const std::int64_t skew_s = std::time(nullptr) - timegm(&parts);
  if (std::abs(skew_s) <= skew_s_max) {
    return well("clock", fmt::format("differs by {} s from the cloud's", std::abs(skew_s)));
  }
  return wrong(
      "clock",
      fmt::format("is {} s {} the cloud's", std::abs(skew_s), skew_s > 0 ? "ahead of" : "behind"),
      "switch time synchronisation on: timedatectl set-ntp true");
}

/// A message that cannot be read changes nothing, but says whether the key opens the door.
Finding check_keys(const local::Settings& settings) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = settings.railway_app_url + "/api/sync/link/report";
  request.timeout = answer_limit;
  request.headers = {{"X-API-Key", settings.api_secret.reveal()},
                     {"Content-Type", "application/json"}};
  request.body = "null";
  const auto answer = call_http(std::move(request));
  if (!answer) return wrong("keys", describe(answer.error()), "check the network");
  if (answer->status == 401 || answer->status == 403) {
    return wrong("keys", "the cloud refuses this API_SECRET",
                 "set API_SECRET (local) and LOCAL_SERVER_API_KEY (cloud) to one text");
  }
  if (answer->status == 503) {
    return wrong("keys", "the cloud's link is switched off",
                 "set ENABLE_CLOUD_SYNC=true there, or wait until its database is back");
  }
  if (answer->status == 404) {
    return wrong("keys", "there is no Animation Tracker at RAILWAY_APP_URL",
                 "check the address: it is the cloud's, without a path");
  }
  return well("keys", "API_SECRET opens the cloud's link");
}

}  // namespace

Finding well(std::string check, std::string what) {
  return {std::move(check), Verdict::ok, std::move(what), {}};
}
Finding hint(std::string check, std::string what, std::string to_do) {
  return {std::move(check), Verdict::hint, std::move(what), std::move(to_do)};
}
Finding wrong(std::string check, std::string what, std::string to_do) {
  return {std::move(check), Verdict::wrong, std::move(what), std::move(to_do)};
}

void check_cloud(const cloud::Settings& settings, Findings& findings) {
  check_database(settings, findings);
  check_tunnel(settings, findings);
}

void check_local(const local::Settings& settings, Findings& findings) {
  http::ClientRequest request;
  request.url = settings.railway_app_url + "/api/health";
  request.timeout = answer_limit;
  const auto answer = call_http(std::move(request));
  if (!answer) {
    findings.push_back(
        wrong("cloud",
              fmt::format("{} does not answer: {}", settings.railway_app_url, answer.error().what),
              "check RAILWAY_APP_URL, the network, and that the cloud is deployed"));
  } else {
    const bool healthy = answer->status == 200;
    const std::string what = fmt::format("{} answers {}", settings.railway_app_url, answer->status);
    findings.push_back(healthy ? well("cloud", what)
                               : wrong("cloud", what, "see the cloud's log; 503 = no database"));
    findings.push_back(check_keys(settings));
    findings.push_back(check_clock(*answer));
  }
  check_studio(settings, findings);
}

}  // namespace tracker::cli
