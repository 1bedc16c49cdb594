// The route table, and the document made from it.
#include "cloud/routes.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>
#include <string>

#include "cloud/openapi.hpp"
#include "domain/fields.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

TEST(Routes, HaveEachMethodAndPathOnce) {
  std::set<std::string> seen;
  for (const RouteSpec& route : all_routes()) {
    EXPECT_TRUE(seen.insert(std::string(route.method) + " " + std::string(route.path)).second);
  }
}

TEST(Routes, NobodyBelowAnimatorChangesEntries) {
  for (const RouteSpec& route : all_routes()) {
    const bool entries = route.path.starts_with("/api/production-data");
    if (!entries || route.method == "GET") continue;
    EXPECT_FALSE(may(route.roles, Role::viewer)) << route.method << ' ' << route.path;
    EXPECT_TRUE(may(route.roles, Role::animator)) << route.method << ' ' << route.path;
  }
}

TEST(Routes, AHigherRoleMayWhateverALowerMay) {
  for (const RouteSpec& route : all_routes()) {
    for (std::size_t i = 1; i < all_roles.size(); ++i) {
      if (may(route.roles, all_roles[i - 1])) {
        EXPECT_TRUE(may(route.roles, all_roles[i])) << route.path;
      }
    }
  }
}

/// Every "$ref" of a document.
void collect_references(const json::value& value, std::set<std::string>& references) {
  if (const json::object* object = value.if_object()) {
    for (const auto& [key, inner] : *object) {
      if (key == "$ref") references.insert(std::string(inner.as_string()));
      collect_references(inner, references);
    }
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& inner : *array) collect_references(inner, references);
  }
}

TEST(OpenApi, ReferencesOnlySchemasThatItHas) {
  const json::object document = openapi_document();
  const json::object& schemas = document.at("components").at("schemas").as_object();
  std::set<std::string> references;
  collect_references(document, references);
  for (const std::string& reference : references) {
    const std::string name = reference.substr(reference.rfind('/') + 1);
    EXPECT_TRUE(schemas.contains(name)) << name;
  }
}

TEST(OpenApi, ListsEveryRoute) {
  const json::object document = openapi_document();
  std::size_t operations = 0;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    operations += methods.as_object().size();
  }
  EXPECT_EQ(operations, route_count);
}

TEST(OpenApi, TakesLimitsFromTheDomain) {
  const json::object schemas = openapi_schemas();
  const json::value& animator = schemas.at("NewEntry").at("properties").at("animator");
  EXPECT_EQ(animator.at("maxLength").as_uint64(), spec(Field::animator).length_max);
}

TEST(DocsPage, HasNoScriptAndEscapesText) {
  const std::string page = docs_page();
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("/api/production-data/:id"), std::string::npos);
  EXPECT_NE(page.find(docs_style()), std::string::npos);
}

}  // namespace
}  // namespace tracker::cloud
