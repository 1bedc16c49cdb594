#include "cloud/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <vector>

#include "cloud/routes.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

struct Parameter {
  std::string_view name;
  std::string_view type;
  std::string_view meaning;
};

constexpr std::array<Parameter, 20> parameters{{
    {"animator", "string", "Equal; repeat it for any of several"},
    {"project_type", "string", "Equal; repeat it for any of several"},
    {"episode_title", "string", "Equal; repeat it for any of several"},
    {"scene", "string", "Equal; repeat it for any of several"},
    {"shot", "string", "Equal; repeat it for any of several"},
    {"week_yyyymmdd", "string", "Equal; repeat it for any of several"},
    {"status", "string", "Equal; repeat it for any of several"},
    {"q", "string", "Every word of it stands somewhere in the entry"},
    {"sort", "string", "A column's name; '-' before it sorts downwards"},
    {"limit", "integer", "At most so many"},
    {"after", "string", "Where the last page, or the last event, ended"},
    {"before", "integer", "Only rows with a lower id"},
    {"wait", "integer", "Milliseconds to wait for the studio at most; default 5000"},
    {"from", "string", "First week, YYYYMMDD"},
    {"to", "string", "Last week, YYYYMMDD"},
    {"id", "integer", "Its number"},
    {"batch", "string", "The batch that an answer or a change named"},
    {"session", "string", "The id that the list of sessions gave"},
    {"message", "string", "hello, pull, push, applied, observed, report, offer or picture"},
    {"", "string", ""},
}};

const Parameter& parameter(std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [name](const Parameter& one) { return one.name == name; });
  return found == parameters.end() ? parameters.back() : *found;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end != 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// "/a/:id/b" as OpenAPI writes it: "/a/{id}/b".
std::string template_of(std::string_view path) {
  std::string out;
  for (std::string_view part : split(path, '/')) {
    out +=
        part.starts_with(':') ? fmt::format("/{{{}}}", part.substr(1)) : fmt::format("/{}", part);
  }
  return out;
}

json::object reference(std::string_view schema) {
  return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

json::object parameter_json(std::string_view name, std::string_view place) {
  const Parameter& known = parameter(name);
  json::object schema{{"type", known.type}};
  if (known.type == "integer") schema["minimum"] = 0;
  return {{"name", name},
          {"in", place},
          {"required", place == "path"},
          {"description", known.meaning},
          {"schema", std::move(schema)}};
}

json::array parameters_of(const RouteSpec& route) {
  json::array out;
  for (std::string_view part : split(route.path, '/')) {
    if (part.starts_with(':')) out.push_back(parameter_json(part.substr(1), "path"));
  }
  for (std::string_view name : split(route.query, ' ')) {
    out.push_back(parameter_json(name, "query"));
  }
  return out;
}

std::string_view media_type_of(std::string_view schema) {
  if (schema == "Html") return "text/html";
  if (schema == "Text") return "text/plain";
  if (schema == "Events") return "text/event-stream";
  if (schema == "Image") return "image/jpeg";
  if (schema == "Workbook") return "application/octet-stream";
  return "application/json";
}

json::object content(std::string_view schema) {
  return {{media_type_of(schema), json::object{{"schema", reference(schema)}}}};
}

json::array security_of(const RouteSpec& route) {
  const json::object session{{"session", json::array{}}};
  const json::object token{{"token", json::array{}}};
  switch (route.door) {
    case Door::open:
      return {};
    case Door::signed_in:
      return {session, token};
    case Door::metrics_token:
      return {token};
    case Door::studio_key:
      return {json::object{{"studioKey", json::array{}}}};
  }
  return {};
}

json::array roles_of(const RouteSpec& route) {
  json::array out;
  for (Role role : all_roles) {
    if (may(route.roles, role)) out.push_back(json::value(store::name_of(role)));
  }
  return out;
}

json::object operation(const RouteSpec& route) {
  json::object answers;
  json::object good{{"description", "It worked"}};
  if (route.status != 101) good["content"] = content(route.answer);
  answers[std::to_string(route.status)] = std::move(good);
  answers["default"] =
      json::object{{"description", "It did not work, and why"}, {"content", content("Failure")}};
  json::object out{{"summary", route.title},
                   {"operationId", fmt::format("{}{}", route.method, template_of(route.path))},
                   {"parameters", parameters_of(route)},
                   {"responses", std::move(answers)},
                   {"security", security_of(route)}};
  if (route.door == Door::signed_in) out["x-roles"] = roles_of(route);
  if (!route.body.empty()) {
    out["requestBody"] = json::object{{"required", true}, {"content", content(route.body)}};
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

json::object openapi_document() {
  json::object paths;
  for (const RouteSpec& route : all_routes()) {
    json::value& path = paths[template_of(route.path)];
    if (!path.is_object()) path = json::object();
    path.get_object()[lower(route.method)] = operation(route);
  }
  json::object schemes{
      {"session",
       json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-at_session"}}},
      {"token", json::object{{"type", "http"}, {"scheme", "bearer"}}},
      {"studioKey", json::object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}}};
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "Animation Tracker"},
                                {"version", "1"},
                                {"description",
                                 "The production's entries, live on both sides: "
                                 "in the database and in the studio's workbook."}}},
          {"paths", std::move(paths)},
          {"components",
           json::object{{"schemas", openapi_schemas()}, {"securitySchemes", std::move(schemes)}}}};
}

}  // namespace tracker::cloud
