// The shared strings part: where each item stands, its text, and adding new ones at the end. Items
// with runs or phonetics are never edited: other cells share them. Immutable; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::workbook {

struct SharedItem {
  std::uint32_t begin = 0;  ///< of the text inside <t> if plain, else of what is inside <si>
  std::uint32_t length = 0;
  bool plain = false;      ///< one <t>, nothing else
  bool canonical = false;  ///< plain, and its raw text is the canonical text
};

struct SharedStrings {
  std::shared_ptr<const std::string> text;  ///< nullptr: the workbook has no such part
  std::string prefix;
  std::size_t items_end = 0;  ///< past the last item: where new ones go
  std::vector<SharedItem> items;

  /// Text as a person sees it, escapes decoded, runs joined; '' for an index out of bounds.
  std::string at(std::size_t index) const;
};

Result<SharedStrings> index_shared_strings(std::shared_ptr<const std::string> text);

/// Text of an <is> or <si> body: all <t> outside phonetic runs, joined and decoded.
std::string joined_text(std::string_view body);

/// Finds an index for every text: one that is there, or a new item at the end.
struct SharedAdditions {
  std::map<std::string, std::uint32_t> index_of;  ///< by decoded text
  std::string part;                               ///< the new part; '' if nothing was added
};

/// `uses` = by how many the references to shared strings grow.
Result<SharedAdditions> add_shared_strings(const SharedStrings& strings,
                                           const std::vector<std::string>& texts, std::size_t uses);

}  // namespace tracker::workbook
