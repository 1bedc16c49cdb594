// An engine that knows ten rows, and the messages of a cloud and a folder, for tests of it.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "../merge/sheet_builder.hpp"
#include "sync/engine.hpp"

namespace tracker::sync {

using merge::SheetState;

class EngineFixture : public testing::Test {
 protected:
  EngineFixture() {
    memory.store = "store";
    memory.has_mirror = true;
    memory.cursor = 10;
    memory.chain = "chain";
    memory.generation = memory.written_generation = 3;
    for (const merge::SheetRow& row : base) memory.mirror[row.id].cells = row.text;
  }

  void start() { engine.emplace(memory); }

  WorkbookSeen seen(workbook::Image image, std::int64_t generation = 3) {
    image.token = workbook::Token{"store", generation, "n"};
    WorkbookSeen event;
    event.digest = "digest";
    event.image = std::make_shared<const workbook::Image>(std::move(image));
    event.bases.written = event.bases.newest = std::make_shared<const SheetState>(base);
    return event;
  }
  workbook::Image sheet() const { return merge::image_of(merge::texts_of(base)); }

  template <class Kind>
  static const Kind* find(const Effects& effects) {
    for (const Effect& effect : effects) {
      if (const auto* found = std::get_if<Kind>(&effect)) return found;
    }
    return nullptr;
  }

  static HelloAnswer hello(HelloOutcome outcome = HelloOutcome::ok,
                           std::int64_t applied_number = 0) {
    HelloAnswer answer;
    answer.outcome = outcome;
    answer.epoch = 1;
    answer.applied_number = applied_number;
    answer.held_by = "rival";
    return answer;
  }

  /// The feed up to `head`, one cell for each change.
  PullAnswer feed(std::vector<std::pair<EntryId, Cells>> rows) {
    PullAnswer answer;
    answer.after = answer.head = memory.cursor;
    for (auto& [id, cells] : rows) {
      Change change;
      change.seq = ++answer.head;
      change.entry_id = id;
      change.after = std::move(cells);
      change.chain = "chain";
      answer.changes.push_back(std::move(change));
    }
    return answer;
  }

  /// Connected and at the feed's head.
  void connect() {
    engine->step(LinkUp{hello()});
    engine->step(Pulled{feed({})});
  }

  static WorkbookWritten written(const WriteWorkbook& write, workbook::Image image) {
    WorkbookWritten done;
    done.generation = write.generation;
    done.digest = "written";
    done.image = std::make_shared<const workbook::Image>(std::move(image));
    done.rows = std::make_shared<const SheetState>(write.plan.rows);
    return done;
  }

  SheetState base = merge::ten_rows();
  Memory memory;
  std::optional<Engine> engine;
};

}  // namespace tracker::sync
