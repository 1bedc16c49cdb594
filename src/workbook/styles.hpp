// What number formats mean for the text of a cell: plain, zeros only, date, elapsed time. And the
// one style that we add: a copy that keeps text which looks like a formula as text (quotePrefix).
// Immutable; safe on any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracker::workbook {

struct NumberFormat {
  enum class Kind : std::uint8_t { plain, zeros, date, elapsed, text };
  Kind kind = Kind::plain;
  std::uint8_t width = 0;  ///< zeros: how many
};

struct CellStyle {
  NumberFormat format;
  bool quote_prefix = false;
};

struct Styles {
  std::shared_ptr<const std::string> text;  ///< nullptr: the workbook has no styles part
  std::vector<CellStyle> cell_styles;       ///< by the cells' s attribute

  NumberFormat format(std::uint32_t style) const {
    return style < cell_styles.size() ? cell_styles[style].format : NumberFormat{};
  }
  bool quote_prefix(std::uint32_t style) const {
    return style < cell_styles.size() && cell_styles[style].quote_prefix;
  }
};

/// Formats of broken parts are plain: a style never stops the reading.
Styles read_styles(std::shared_ptr<const std::string> text);

/// What a format code says: "0000", "yyyy\-mm\-dd", "[h]:mm:ss".
NumberFormat parse_format(std::string_view code);

/// Copies of cell styles with quotePrefix="1".
struct QuoteStyles {
  std::string part;                     ///< the new styles part; '' if nothing was added
  std::vector<std::uint32_t> style_of;  ///< for each asked style
};

/// Nothing if the part can't be extended safely.
std::optional<QuoteStyles> add_quote_styles(const Styles& styles,
                                            const std::vector<std::uint32_t>& asked);

}  // namespace tracker::workbook
