#include "http/guards.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "http/names.hpp"

namespace tracker::http {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code problem;
  asio::ip::make_address(std::string(host), problem);
  return !problem;
}

bool may_change_state(const Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

Response cross_site() {
  return error_response({ErrorCode::forbidden,
                         "this request comes from another site's page",
                         "open the tracker's own page and do it there",
                         {}});
}

}  // namespace

std::optional<std::string_view> api_key_of(const Request& request) {
  if (const auto key = request.header("X-API-Key")) return key;
  const auto authorization = request.header("Authorization");
  if (!authorization || authorization->size() < 7) return std::nullopt;
  if (!same_name(authorization->substr(0, 7), "Bearer ")) return std::nullopt;
  return trimmed(authorization->substr(7));
}

std::optional<Response> refuse_cross_site(const Request& request) {
  const auto upgrade = request.header("Upgrade");
  const bool is_socket = upgrade && list_holds(*upgrade, "websocket");
  if (!may_change_state(request) && !is_socket) return std::nullopt;
  if (api_key_of(request)) return std::nullopt;
  if (const auto site = request.header("Sec-Fetch-Site")) {
    if (*site == "same-origin" || *site == "none") return std::nullopt;
    return cross_site();
  }
  const auto origin = request.header("Origin");
  if (!origin) return std::nullopt;
  const auto scheme_end = origin->find("://");
  if (scheme_end == std::string_view::npos) return cross_site();
  const auto host = request.header("Host").value_or("");
  if (same_name(origin->substr(scheme_end + 3), host)) return std::nullopt;
  return cross_site();
}

std::optional<Response> refuse_unknown_host(const Request& request,
                                            const std::vector<std::string>& allowed) {
  if (request.path == "/api/health") return std::nullopt;
  const auto host = without_port(request.header("Host").value_or(""));
  if (same_name(host, "localhost") || is_address(host)) return std::nullopt;
  const bool known = std::ranges::any_of(
      allowed, [host](const std::string& name) { return same_name(name, host); });
  if (known) return std::nullopt;
  return error_response({ErrorCode::forbidden,
                         "this server does not answer under the name " + std::string(host),
                         "add the name to ALLOWED_HOSTS", "Host"});
}

}  // namespace tracker::http
