// Short words for tests of the merge: rows, bases and images made of a few cells.
#pragma once

#include <string>

#include "merge/materialise.hpp"
#include "merge/observe.hpp"

namespace tracker::merge {

inline Cells cells(const std::string& shot, const std::string& status = "wip",
                   const std::string& animator = "Mina") {
  Cells out;
  at(out, Field::animator) = animator;
  at(out, Field::project_type) = "Series";
  at(out, Field::episode_title) = "EP01";
  at(out, Field::scene) = "SC010";
  at(out, Field::shot) = shot;
  at(out, Field::status) = status;
  return out;
}

inline SheetRow base_row(std::int64_t uid, EntryId id, Cells text) {
  SheetRow row;
  row.uid = uid;
  row.id = id;
  row.text = std::move(text);
  return row;
}

inline workbook::Image image_of(std::vector<Cells> rows) {
  workbook::Image image;
  image.sheet_name = "Production";
  image.header_row = 1;
  image.columns.set();
  for (Field field : all_fields) {
    image.column_letters[index(field)] = std::string(1, static_cast<char>('A' + index(field)));
    image.headers[index(field)] = std::string(spec(field).header);
  }
  std::uint32_t number = 1;
  for (Cells& row : rows) {
    workbook::ImageRow shown;
    shown.row_number = ++number;
    shown.cells = std::move(row);
    image.rows.push_back(std::move(shown));
  }
  return image;
}

/// Ten rows SH01…SH10 with ids 1…10.
inline SheetState ten_rows() {
  SheetState rows;
  for (int i = 1; i <= 10; ++i) {
    rows.push_back(
        base_row(i, i, cells("SH" + std::string(i < 10 ? "0" : "") + std::to_string(i))));
  }
  return rows;
}

/// The state with row i as `edit` leaves it.
template <class Edit>
void change(SheetState& rows, std::size_t i, Edit edit) {
  SheetRow row = rows[i];
  edit(row);
  rows.replace(i, std::move(row));
}

inline std::vector<Cells> texts_of(const SheetState& rows) {
  std::vector<Cells> out;
  for (const SheetRow& row : rows) out.push_back(row.text);
  return out;
}

inline Observation observed(const SheetState& base, const workbook::Image& image,
                            bool trust_ids = false) {
  ObserveInput input;
  input.base = &base;
  input.image = &image;
  input.store = "store";
  input.ids = trust_ids ? IdTrust::full : IdTrust::none;
  input.next_uid = 100;
  return observe(input);
}

}  // namespace tracker::merge
