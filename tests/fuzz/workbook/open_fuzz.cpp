// Any bytes as a workbook: refused with an error or read, never a crash. What could be read can be
// patched, and what we wrote can be read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "workbook/document.hpp"

namespace {

using namespace tracker::workbook;

void must_open_again(const Document& document) {
  if (!Document::open(std::string(document.bytes()))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = Document::open(std::string(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  (void)document->image();
  (void)document->grid("");
  SheetEdit edit;
  edit.cells = {{"B2", "=text"}};
  edit.deleted_rows = {3};
  edit.appended = {{{"A", "one"}, {"C", "2"}}};
  if (const auto edited = document->edit(edit)) must_open_again(edited->document);
  return 0;
}
