// Files of the web page: from a table built into the program, or from a folder (--web-root).
//
// Promises: only names of the table (or of the folder as it was at start) are served, so no
// path is ever built from a request; ETag and 304; gzip or brotli by Accept-Encoding; immutable
// assets may be kept for a year, the rest is asked for again each time. A path without an extension
// that is no asset gets "/index.html", so that the page's own addresses can be opened directly.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/router.hpp"

namespace tracker::http {

struct Asset {
  std::string_view path;          ///< "/assets/index-1a2b.js"
  std::string_view content_type;  ///< "text/javascript; charset=utf-8"
  std::string_view etag;          ///< with its quotes: "\"1a2b\""
  std::string_view plain;
  std::string_view gzip;    ///< '' = not smaller
  std::string_view brotli;  ///< '' = not smaller
  bool immutable = false;   ///< the name holds a digest of the content
};

/// Adds the catch-all GET route. `assets` lives as long as the program.
void add_assets(Router& router, std::span<const Asset> assets);

/// The same from a folder (for work on the page): all of it is read now, once; "x.js.br" and
/// "x.js.gz" are the compressed forms of "x.js". At most 64 MiB.
Status add_assets_from_folder(Router& router, const std::string& folder);

/// By the name's extension; "application/octet-stream" if unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace tracker::http
