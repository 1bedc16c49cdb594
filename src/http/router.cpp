#include "http/router.hpp"

#include <algorithm>

namespace tracker::http {
namespace {

/// The first segment of `path` (which starts with '/'), taken off it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

/// How well a pattern fits: one digit a segment (fixed 2, parameter 1), so that the larger text is
/// the closer fit; nothing if it does not fit.
std::optional<std::string> fit(std::string_view pattern, std::string_view path,
                               std::vector<NamedText>& parameters) {
  std::string closeness;
  while (!pattern.empty() && !path.empty()) {
    const auto expected = take_segment(pattern);
    if (expected.starts_with(':') && expected.ends_with('*')) {
      parameters.emplace_back(expected.substr(1, expected.size() - 2), path.substr(1));
      return closeness;
    }
    const auto segment = take_segment(path);
    if (expected.starts_with(':')) {
      if (segment.empty()) return std::nullopt;
      parameters.emplace_back(expected.substr(1), segment);
      closeness += '1';
    } else if (expected == segment) {
      closeness += '2';
    } else {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return closeness;
}

Response not_found(std::string_view path) {
  return error_response({ErrorCode::not_found, "there is nothing at " + std::string(path), {}, {}});
}

Response method_not_allowed(std::string allowed) {
  auto response = error_response(
      {ErrorCode::unsupported, "this path does not know that method", "it knows " + allowed, {}},
      405);
  response.headers.set("Allow", std::move(allowed));
  return response;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  routes_.push_back({std::move(method), std::move(pattern), options, std::move(handler)});
}

void Router::add_stream(std::string pattern, StreamHandler handler) {
  routes_.push_back({"GET", std::move(pattern), {}, std::move(handler)});
}

void Router::add_socket(std::string pattern, SocketHandler handler) {
  routes_.push_back({"GET", std::move(pattern), {}, std::move(handler)});
}

void Router::add_filter(Filter filter) { filters_.push_back(std::move(filter)); }

RouteMatch Router::match(std::string_view method, std::string_view path) const {
  RouteMatch match;
  std::optional<std::string> closest;
  std::string allowed;
  for (const auto& route : routes_) {
    std::vector<NamedText> parameters;
    const auto closeness = fit(route.pattern, path, parameters);
    if (!closeness || (closest && *closeness < *closest)) continue;
    if (!closest || *closeness > *closest) {
      closest = closeness;
      match = {};
      allowed.clear();
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") allowed += ", HEAD";
    const bool fits = route.method == method || (method == "HEAD" && route.method == "GET");
    if (fits && match.route == nullptr) {
      match.route = &route;
      match.path_parameters = std::move(parameters);
    }
  }
  if (match.route == nullptr) {
    match.refusal = closest ? method_not_allowed(std::move(allowed)) : not_found(path);
  }
  return match;
}

std::optional<Response> Router::refusal(const Request& request) const {
  for (const auto& filter : filters_) {
    if (auto response = filter(request)) return response;
  }
  return std::nullopt;
}

}  // namespace tracker::http
