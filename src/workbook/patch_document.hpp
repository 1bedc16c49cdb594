// A patch of a document: what is asked becomes a plan for one sheet, the plan becomes bytes; what
// the feature gate refuses comes back with a reason. Pure; safe on any thread.
#pragma once

#include <memory>
#include <vector>

#include "workbook/document.hpp"
#include "workbook/state.hpp"

namespace tracker::workbook {

struct PatchOutcome {
  std::shared_ptr<const State> state;  ///< the same as before if there was nothing to do
  std::vector<Refusal> refusals;
};

Result<PatchOutcome> patch_document(const std::shared_ptr<const State>& state, const Patch& patch,
                                    const ReadOptions& options);
Result<PatchOutcome> edit_document(const std::shared_ptr<const State>& state,
                                   const SheetEdit& edit);

}  // namespace tracker::workbook
