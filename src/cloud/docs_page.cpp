#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>

#include "cloud/openapi.hpp"
#include "cloud/routes.hpp"

namespace tracker::cloud {
namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;background:Canvas;color:CanvasText}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid #8886;padding:.5rem 0}
h2{font-size:1rem;margin:.5rem 0}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.5rem;border-radius:4px}
.method{display:inline-block;min-width:4.5rem;font-weight:700}
.who{opacity:.8;font-size:.9em}
)css";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string who(const RouteSpec& route) {
  switch (route.door) {
    case Door::open:
      return "everybody";
    case Door::studio_key:
      return "the studio's local server (X-API-Key)";
    case Door::metrics_token:
      return "a token of a producer, or METRICS_TOKEN";
    case Door::signed_in:
      break;
  }
  std::string roles;
  for (Role role : all_roles) {
    if (!may(route.roles, role)) continue;
    if (!roles.empty()) roles += ", ";
    roles += store::name_of(role);
  }
  return roles;
}

std::string schema_link(std::string_view label, std::string_view schema) {
  if (schema.empty()) return {};
  return fmt::format("<p>{}: <a href=\"#{}\"><code>{}</code></a></p>", label, schema, schema);
}

std::string section_of(const RouteSpec& route) {
  std::string query;
  if (!route.query.empty()) query = fmt::format("<p>Query: <code>{}</code></p>", route.query);
  return fmt::format(
      "<section><h2><code><span class=\"method\">{}</span>{}</code></h2><p>{}</p>"
      "<p class=\"who\">For {}. Answers {}.</p>{}{}{}</section>\n",
      route.method, escaped(route.path), escaped(route.title), who(route), route.status, query,
      schema_link("Body", route.body), schema_link("Answer", route.answer));
}

}  // namespace

std::string_view docs_style() { return style; }

std::string docs_page() {
  std::string page = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<title>Animation Tracker: API</title><style>{}</style></head><body>"
      "<main><h1>Animation Tracker: API</h1><p>For machines: "
      "<a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\n",
      style);
  for (const RouteSpec& route : all_routes()) page += section_of(route);
  page += "<h1>Shapes</h1>\n";
  for (const auto& [name, schema] : openapi_schemas()) {
    page += fmt::format("<section id=\"{}\"><h2><code>{}</code></h2><pre>{}</pre></section>\n",
                        std::string_view(name), std::string_view(name),
                        escaped(boost::json::serialize(schema)));
  }
  return page + "</main></body></html>\n";
}

}  // namespace tracker::cloud
