// Any bytes as a workbook: refused with an error or read, never a crash. What could be read can be
// patched, and what we wrote shows the same when it is read from its bytes alone.
#include <cstdint>
#include <string>

#include "grids.hpp"

namespace {

using namespace tracker::workbook;

void must_patch(const Document& document, const SheetEdit& edit) {
  const auto once = document.edit(edit);
  if (!once) return;
  must_show_the_same(once->document);
  if (const auto twice = once->document.edit(edit)) must_show_the_same(twice->document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = Document::open(std::string(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  (void)document->image();
  (void)document->grid("");
  SheetEdit cells;
  cells.cells = {{"B2", "=text"}};
  cells.appended = {{{"A", "one"}, {"C", "2"}}};
  must_patch(*document, cells);
  SheetEdit rows;
  rows.deleted_rows = {3};
  rows.inserted = {{2, {{{"B", "new"}}}}};
  must_patch(*document, rows);
  return 0;
}
