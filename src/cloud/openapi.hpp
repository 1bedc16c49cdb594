// The OpenAPI 3.1 document and the page to read it, made from the route table and the domain's own
// limits: what is documented is what is served. Pure functions; the values live as long as the
// program.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace tracker::cloud {

boost::json::object openapi_document();

/// The schemas that the document refers to (components.schemas).
boost::json::object openapi_schemas();

/// The document as one HTML page without scripts; its style is styles of the page itself.
std::string docs_page();

/// The page's style sheet; its SHA-256 belongs into the Content-Security-Policy.
std::string_view docs_style();

}  // namespace tracker::cloud
