// The page, as the program carries it: every file of web/dist with its compressed forms.
//
// The table is made by the build (cmake/EmbedWeb.cmake) and lies in read-only memory: all views
// live as long as the program, and any thread may read them. Built with -DTRACKER_WEB=OFF the table
// is empty. Nothing here can fail.
#pragma once

#include <span>
#include <string_view>

namespace tracker::http {

struct WebAsset {
  std::string_view path;          ///< "/index.html", "/assets/index-B3x9.js"
  std::string_view content_type;  ///< with charset where it is text
  std::string_view etag;          ///< with its quotes; of the content, so equal builds agree
  std::span<const unsigned char> plain;
  std::span<const unsigned char> gzip;    ///< empty where it would not be smaller
  std::span<const unsigned char> brotli;  ///< empty where it would not be smaller
  bool immutable;                         ///< the name holds a hash: cache for ever
};

/// Sorted by path. The page itself is "/index.html".
std::span<const WebAsset> web_assets();

}  // namespace tracker::http
