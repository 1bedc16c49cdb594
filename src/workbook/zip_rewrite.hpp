// A zip archive with some parts changed, removed or added; every other member keeps its bytes from
// local header to next local header, and its place in the order. Pure; safe on any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/deflate.hpp"
#include "workbook/zip_directory.hpp"

namespace tracker::workbook {

struct ZipChange {
  std::size_t entry = 0;                                   ///< index in ZipDirectory::entries
  std::optional<std::vector<std::string_view>> content{};  ///< in chunks; nothing = it is removed
  DeflatedBefore before{};  ///< what `content` shares with it is not deflated again
};

struct ZipAddition {
  std::string name;
  std::string content;
};

struct RewrittenZip {
  std::string bytes;
  std::vector<std::vector<DeflatedPiece>> pieces;  ///< of each change's content, if deflated
};

/// REQUIRES: `directory` was parsed from `bytes`; at most one change an entry.
RewrittenZip rewrite_zip(std::string_view bytes, const ZipDirectory& directory,
                         const std::vector<ZipChange>& changes,
                         const std::vector<ZipAddition>& additions);

}  // namespace tracker::workbook
