#include "workbook/state.hpp"

#include <algorithm>
#include <cstring>

#include "workbook/formula.hpp"
#include "workbook/table.hpp"
#include "workbook/utf16.hpp"
#include "workbook/xml_scan.hpp"

namespace tracker::workbook {
namespace {

bool holds_xml(std::string_view key) {
  return key.ends_with(".xml") || key.ends_with(".rels") || key.ends_with(".vml");
}

/// P2: BOM and encodings; DOCTYPE is refused before anything parses the part.
Status check_xml(std::string& text, std::string_view key, bool& was_utf16) {
  if (is_utf16(text)) {
    was_utf16 = true;
    text = utf8_from_utf16(text);
  }
  const std::string_view head = std::string_view(text).substr(0, 4096);
  if (head.find("<!DOCTYPE") != std::string_view::npos) {
    return fail(ErrorCode::unsupported, "the workbook holds a DOCTYPE, which no program writes", {},
                std::string(key));
  }
  const std::string_view declaration = head.substr(0, head.find("?>"));
  const auto encoding =
      head.find("<?xml") != std::string_view::npos
          ? attribute(declaration.substr(declaration.find("<?xml") + 5), "encoding")
          : std::nullopt;
  if (encoding && !same_sheet(*encoding, "utf-8") && !same_sheet(*encoding, "us-ascii") &&
      !same_sheet(*encoding, "ascii") && !same_sheet(encoding->substr(0, 6), "utf-16")) {
    return fail(ErrorCode::unsupported,
                "the workbook is written in the encoding " + std::string(*encoding), {},
                std::string(key));
  }
  return {};
}

/// The same member with the same stored bytes?
bool is_equal(const State& one, const ZipEntry& entry, const State& other,
              const ZipEntry& candidate) {
  return entry.crc == candidate.crc && entry.size == candidate.size &&
         entry.compressed_size == candidate.compressed_size && entry.method == candidate.method &&
         stored_bytes(one.bytes, entry) == stored_bytes(other.bytes, candidate);
}

Status load_part(State& state, std::size_t i, const State* previous) {
  const ZipEntry& entry = state.directory.entries[i];
  if (previous != nullptr) {
    const auto found = previous->parts.find(entry.key);
    if (found != previous->parts.end() &&
        is_equal(state, entry, *previous, previous->directory.entries[found->second.entry])) {
      state.parts[entry.key] = found->second;
      state.parts[entry.key].entry = i;
      return {};
    }
  }
  TRY(std::string text, read_entry(state.bytes, entry));
  PartText part;
  part.entry = i;
  if (holds_xml(entry.key)) {
    CHECK_OK(check_xml(text, entry.name, part.was_utf16));
    part.text = std::make_shared<const std::string>(std::move(text));
  }
  state.parts[entry.key] = std::move(part);
  return {};
}

std::shared_ptr<const std::string> text_of(const State& state, std::string_view key) {
  const auto found = state.parts.find(key);
  return found == state.parts.end() ? nullptr : found->second.text;
}

Status load_strings(State& state, const State* previous) {
  const auto text = text_of(state, state.package.shared_strings_part);
  if (previous != nullptr && previous->strings->text == text) {
    state.strings = previous->strings;
  } else if (text) {
    TRY(SharedStrings strings, index_shared_strings(text));
    state.strings = std::make_shared<const SharedStrings>(std::move(strings));
  } else {
    state.strings = std::make_shared<const SharedStrings>();
  }
  return {};
}

void load_styles(State& state, const State* previous) {
  const auto text = text_of(state, state.package.styles_part);
  if (previous != nullptr && previous->styles->text == text) {
    state.styles = previous->styles;
  } else {
    state.styles = std::make_shared<const Styles>(text ? read_styles(text) : Styles{});
  }
}

/// A part that is said to be a worksheet and something else too is left alone.
bool is_used_otherwise(const Package& package, std::string_view part) {
  return part == package.workbook_part || part == package.shared_strings_part ||
         part == package.styles_part || part == package.core_part || part == package.app_part ||
         part == package.custom_part;
}

void load_sheet(State& state, SheetState& sheet) {
  const auto part = state.parts.find(sheet.entry.part);
  const bool has_text = part != state.parts.end() && (part->second.sheet || part->second.text);
  if (!sheet.entry.is_worksheet || !has_text ||
      is_used_otherwise(state.package, sheet.entry.part)) {
    sheet.problem = Error{ErrorCode::unsupported, "this sheet is not a worksheet", {}, {}};
    return;
  }
  if (!part->second.sheet) {
    Result<SheetIndex> index = index_sheet(part->second.text);
    if (!index) {
      sheet.problem = std::move(index.error());
      return;
    }
    part->second.sheet = std::make_shared<const SheetIndex>(std::move(*index));
    part->second.text = nullptr;
  }
  sheet.index = part->second.sheet;
  sheet.tables = read_tables(state.reader(), sheet.entry.part);
}

Status finish(State& state, const State* previous) {
  TRY(state.package, read_package(state.reader()));
  CHECK_OK(load_strings(state, previous));
  load_styles(state, previous);
  for (const SheetEntry& entry : state.package.sheets) {
    SheetState sheet;
    sheet.entry = entry;
    load_sheet(state, sheet);
    state.sheets.push_back(std::move(sheet));
  }
  return {};
}

}  // namespace

const std::string* State::read(std::string_view key) const {
  const auto found = parts.find(key);
  return found == parts.end() ? nullptr : found->second.text.get();
}

bool is_table_heading(const SheetState& sheet, std::uint32_t row, std::uint32_t column) {
  return std::ranges::any_of(sheet.tables, [&](const TableInfo& table) {
    return table.header_rows > 0 && table.ref.first.row == row && table.ref.has_column(column);
  });
}

bool State::has_utf16() const {
  return std::ranges::any_of(parts, [](const auto& part) { return part.second.was_utf16; });
}

PartReader State::reader() const {
  return [this](std::string_view key) { return read(key); };
}

Result<const SheetState*> State::find_sheet(std::string_view name) const {
  for (const SheetState& sheet : sheets) {
    const bool wanted = name.empty() ? sheet.entry.is_worksheet && !sheet.entry.hidden
                                     : same_sheet(sheet.entry.name, name);
    if (!wanted) continue;
    if (sheet.problem) {
      Error error = *sheet.problem;
      error.where = "sheet " + sheet.entry.name;
      return std::unexpected(std::move(error));
    }
    return &sheet;
  }
  return fail(ErrorCode::not_found, name.empty()
                                        ? std::string("the workbook has no visible worksheet")
                                        : "the workbook has no sheet named " + std::string(name));
}

Result<std::shared_ptr<const State>> load_state(std::string bytes, const State* previous) {
  auto state = std::make_shared<State>();
  state->bytes = std::move(bytes);
  TRY(state->directory, parse_zip(state->bytes));
  for (std::size_t i = 0; i < state->directory.entries.size(); ++i) {
    CHECK_OK(load_part(*state, i, previous));
  }
  CHECK_OK(finish(*state, previous));
  return state;
}

Result<std::shared_ptr<const State>> patched_state(std::string bytes, const State& previous,
                                                   const KnownParts& known) {
  auto state = std::make_shared<State>();
  state->bytes = std::move(bytes);
  TRY(state->directory, parse_zip(state->bytes));
  for (std::size_t i = 0; i < state->directory.entries.size(); ++i) {
    const std::string& key = state->directory.entries[i].key;
    const auto changed = known.find(key);
    const auto kept = previous.parts.find(key);
    PartText part;
    if (changed != known.end()) {
      part.text = changed->second.text;
      part.sheet = changed->second.sheet;
      part.pieces = changed->second.pieces;
    } else if (kept != previous.parts.end()) {
      part = kept->second;
    } else {
      return fail(ErrorCode::internal, "a patch made a part that it does not know", {}, key);
    }
    part.entry = i;
    state->parts[key] = std::move(part);
  }
  CHECK_OK(finish(*state, &previous));
  return state;
}

}  // namespace tracker::workbook
