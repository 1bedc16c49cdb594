// What lies on a sheet rather than in its cells, when rows move: comments and their boxes,
// pictures, charts and shapes, and links that stand in relations. Pure; safe on any thread.
#pragma once

#include <string>
#include <string_view>

#include "workbook/formula.hpp"
#include "workbook/part_changes.hpp"

namespace tracker::workbook {

/// Comments and threaded comments: the one of a deleted row goes.
void move_comments(PartChanges& changes, const std::string& key, std::string_view element,
                   const RowMap& map);

/// Boxes of comments: <x:Row> counts from 0; the anchor's third and seventh number are rows.
void move_boxes(PartChanges& changes, const std::string& key, const RowMap& map);

/// Pictures and charts on the sheet move with the rows under their corners; a shape on any sheet
/// may show the text of a cell.
void move_drawing(PartChanges& changes, const std::string& key, const RowMap& map,
                  const FormulaPlace& place);

/// Links of a sheet or drawing to a place in the workbook: Target="#Sheet!A3". One whose row goes
/// stays as it is.
void move_relation_links(PartChanges& changes, std::string_view part_key, const RowMap& map,
                         const FormulaPlace& place);

}  // namespace tracker::workbook
