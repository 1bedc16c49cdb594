// A workbook file in memory: bytes in, values and new bytes out. Never load-modify-save: a patch
// changes the bytes of the parts that must change and keeps every other zip member as it is.
//
// A Document is immutable and cheap to copy; all const functions are safe on any thread. Views that
// it returns live as long as any copy of it. Errors: `corrupt` = truncated, half-written or broken
// file (keep the last good state and try again); `unsupported` = a file that we know and refuse on
// purpose (password, .xls, .xlsb, DOCTYPE); `too_large` = breaks a bound that protects memory;
// `not_found` = no such sheet, or no header row in it. Pure: no file system, no clock.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "workbook/image.hpp"

namespace tracker::workbook {

struct ReadOptions {
  std::string sheet;               ///< name, any case; '' = the first visible worksheet
  std::string id_column = "auto";  ///< "auto" = headed "Tracker ID"; "none"; or a header text
};

struct SheetInfo {
  std::string name;
  bool hidden = false;
};

/// One cell as a person sees it, for tools.
struct GridCell {
  std::string column;  ///< "C"
  std::string text;    ///< canonical
  bool formula = false;
};

struct GridRow {
  std::uint32_t row_number = 0;
  std::vector<GridCell> cells;  ///< cells with a text or a formula only
};

using TextByColumn = std::map<std::string, std::string>;  ///< column letter -> text

/// New rows above an old one: they look like the row above them.
struct RowInsertion {
  std::uint32_t before = 0;
  std::vector<TextByColumn> rows;
};

/// Changes of any sheet by cell address; all row numbers are those before the edit.
struct SheetEdit {
  std::string sheet;                                       ///< '' = the first visible worksheet
  std::vector<std::pair<std::string, std::string>> cells;  ///< {"B3", text}
  std::vector<std::uint32_t> deleted_rows;
  std::vector<RowInsertion> inserted;
  std::vector<TextByColumn> appended;
};

/// A cell of a sheet of our own.
struct OwnCell {
  std::string text;  ///< canonical
  bool is_number = false;
};

/// How a sheet of our own should read (workbook/own_sheet.hpp); row 1 is its mark.
struct OwnSheet {
  std::string name;                        ///< of a new one; people may rename it
  std::string mark;                        ///< REQUIRES: not blank
  std::vector<std::vector<OwnCell>> rows;  ///< from row 2 on; what stands below is cleared
};

struct State;
struct Patched;

class Document {
 public:
  /// Checks the whole archive (directory, bounds, every checksum). Parts that are equal in
  /// `previous` are shared with it, not read again.
  static Result<Document> open(std::string bytes, const Document* previous = nullptr);

  std::string_view bytes() const;
  std::vector<SheetInfo> sheets() const;

  /// The region of entries: header row found by header texts, data below it.
  Result<Image> image(const ReadOptions& options = {}) const;

  /// Makes what it can and lists what it refuses. Nothing to do = the same bytes.
  Result<Patched> patch(const Patch& patch, const ReadOptions& options = {}) const;

  /// All rows of a sheet that hold something.
  Result<std::vector<GridRow>> grid(std::string_view sheet) const;

  Result<Patched> edit(const SheetEdit& edit) const;

  /// Nothing to do = the same bytes.
  Result<Patched> put(const OwnSheet& sheet) const;

 private:
  explicit Document(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

struct Patched {
  Document document;  ///< warm: reading or patching it again inflates nothing
  std::vector<Refusal> refusals;
};

}  // namespace tracker::workbook
