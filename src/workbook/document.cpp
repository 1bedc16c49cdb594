#include "workbook/document.hpp"

#include "workbook/own_sheet.hpp"
#include "workbook/patch_document.hpp"
#include "workbook/read_image.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

Result<Document> Document::open(std::string bytes, const Document* previous) {
  TRY(std::shared_ptr<const State> state,
      load_state(std::move(bytes), previous == nullptr ? nullptr : previous->state_.get()));
  return Document(std::move(state));
}

std::string_view Document::bytes() const { return state_->bytes; }

std::vector<SheetInfo> Document::sheets() const {
  std::vector<SheetInfo> sheets;
  for (const SheetState& sheet : state_->sheets) {
    sheets.push_back({sheet.entry.name, sheet.entry.hidden});
  }
  return sheets;
}

Result<Image> Document::image(const ReadOptions& options) const {
  return read_image(*state_, options);
}

Result<std::vector<GridRow>> Document::grid(std::string_view sheet) const {
  return read_grid(*state_, sheet);
}

Result<Patched> Document::patch(const Patch& patch, const ReadOptions& options) const {
  TRY(PatchOutcome outcome, patch_document(state_, patch, options));
  return Patched{Document(std::move(outcome.state)), std::move(outcome.refusals)};
}

Result<Patched> Document::put(const OwnSheet& sheet) const {
  TRY(OwnSheetOutcome outcome, put_own_sheet(state_, sheet));
  std::vector<Refusal> refusals;
  for (std::string& where : outcome.refused) refusals.push_back({std::move(where), {}, 0, {}, 0});
  return Patched{Document(std::move(outcome.state)), std::move(refusals)};
}

Result<Patched> Document::edit(const SheetEdit& edit) const {
  TRY(PatchOutcome outcome, edit_document(state_, edit));
  return Patched{Document(std::move(outcome.state)), std::move(outcome.refusals)};
}

}  // namespace tracker::workbook
