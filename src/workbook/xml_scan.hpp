// A pull scanner over XML text that keeps byte positions, so that a change can be made as an edit
// of bytes. It knows tags, attributes, comments, CDATA and entities; no DTD (a DOCTYPE is
// malformed here). Views point into the scanned text. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracker::workbook {

struct XmlTag {
  enum class Kind : std::uint8_t { open, close, empty };
  Kind kind = Kind::open;
  std::size_t begin = 0;        ///< of '<'
  std::size_t end = 0;          ///< past '>'
  std::string_view name;        ///< with prefix
  std::string_view attributes;  ///< raw text between name and '>' or '/>'
};

class XmlCursor {
 public:
  explicit XmlCursor(std::string_view text, std::size_t position = 0,
                     std::size_t limit = std::string_view::npos)
      : text_(text.substr(0, limit)), position_(position) {}

  /// The next tag, over texts, comments, instructions and CDATA. Nothing at the end or at broken
  /// markup.
  std::optional<XmlTag> next();

  bool malformed() const { return malformed_; }
  std::size_t position() const { return position_; }
  void seek(std::size_t position) { position_ = position; }

  /// REQUIRES: `open` came last from next(). The position past its closing tag, which is consumed;
  /// npos if it is missing.
  std::size_t skip_element(const XmlTag& open);

 private:
  bool skip_markup(std::size_t at);

  std::string_view text_;
  std::size_t position_;
  bool malformed_ = false;
};

/// "row" of "x:row".
std::string_view local_name(std::string_view name);

/// The raw value of an attribute, as a view into `attributes`. By full name, or by local name.
std::optional<std::string_view> attribute(std::string_view attributes, std::string_view name);
std::optional<std::string_view> attribute_by_local_name(std::string_view attributes,
                                                        std::string_view name);

/// Entities and CDATA resolved, comments dropped.
std::string decode_xml(std::string_view raw);

/// For element text and for double-quoted attribute values.
std::string encode_xml(std::string_view text);
/// For attribute values in quotes of either kind.
std::string encode_attribute(std::string_view text);

/// Decimal digits only, at most `max`.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t max = 0xFFFFFFFF);

/// A change of bytes: at `offset`, `removed` bytes give way to `inserted`.
struct TextEdit {
  std::size_t offset = 0;
  std::size_t removed = 0;
  std::string inserted;
};

/// Edits may come in any order but may not overlap; those at one offset keep their order.
std::string apply_edits(std::string_view text, const std::vector<TextEdit>& edits);

/// Prefix of the root element: "x:" of "<x:workbook".
std::string root_prefix(std::string_view text);

/// "<root …>…</root>" with `child` as its last child.
std::optional<std::string> with_last_child(std::string_view text, const std::string& child);

}  // namespace tracker::workbook
