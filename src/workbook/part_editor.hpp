// Edits of one small part as byte ranges: read, replaced in place, put back as a change. Views that
// it returns live as long as it does. Pure; safe on any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workbook/part_changes.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {

/// Edits of one part, applied at the end.
class PartEditor {
 public:
  PartEditor(PartChanges& changes, std::string key) : changes_(changes), key_(std::move(key)) {
    if (const std::string* text = changes_.read(key_)) text_ = *text;
  }

  std::string_view text() const { return text_; }

  void replace(std::string_view old, const std::string& text) {
    if (old == text) return;
    edits_.push_back({static_cast<std::size_t>(old.data() - text_.data()), old.size(), text});
  }
  void erase(std::size_t begin, std::size_t end) { edits_.push_back({begin, end - begin, ""}); }

  /// Raw text between the tag and the next '<'.
  std::string_view inner(const XmlTag& tag) const {
    const std::size_t end = std::min(text_.find('<', tag.end), text_.size());
    return std::string_view(text_).substr(tag.end, end - tag.end);
  }

  void finish() {
    if (!edits_.empty()) changes_.set(key_, apply_edits(text_, edits_));
  }

 private:
  PartChanges& changes_;
  std::string key_;
  std::string text_;
  std::vector<TextEdit> edits_;
};

}  // namespace tracker::workbook
