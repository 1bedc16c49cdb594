#include "fake_workbook.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace tracker::sim {

using workbook::Image;
using workbook::ImageRow;

Image empty_image(bool with_ids) {
  Image image;
  image.sheet_name = "Production";
  image.header_row = 1;
  image.columns.set();
  image.has_id_column = with_ids;
  for (Field field : all_fields) {
    image.column_letters[index(field)] = std::string(1, static_cast<char>('A' + index(field)));
    image.headers[index(field)] = std::string(spec(field).header);
  }
  return image;
}

Image patched(const Image& before, const workbook::Patch& patch) {
  Image image = before;
  const auto row_at = [&](std::uint32_t number) -> ImageRow& {
    return *std::find_if(image.rows.begin(), image.rows.end(),
                         [&](const ImageRow& row) { return row.row_number == number; });
  };
  for (const auto& write : patch.cells)
    at(row_at(write.row_number).cells, write.field) = write.text;
  for (const auto& write : patch.ids) row_at(write.row_number).tracker_id = write.tracker_id;
  std::erase_if(image.rows, [&](const ImageRow& row) {
    return std::find(patch.deleted_rows.begin(), patch.deleted_rows.end(), row.row_number) !=
           patch.deleted_rows.end();
  });
  for (const auto& appended : patch.appended) {
    ImageRow row;
    row.cells = appended.cells;
    row.tracker_id = appended.tracker_id;
    image.rows.push_back(std::move(row));
  }
  std::uint32_t number = image.header_row;
  for (ImageRow& row : image.rows) row.row_number = ++number;
  if (patch.token) image.token = patch.token;
  return image;
}

std::string digest_of(const Image& image) {
  std::string text;
  for (const ImageRow& row : image.rows) {
    for (const std::string& cell : row.cells) text += cell + '\x1F';
    text += std::to_string(row.tracker_id.value_or(0)) + '\x1E';
  }
  if (image.token) text += image.token->store + std::to_string(image.token->generation);
  return content_digest(text);
}

}  // namespace tracker::sim
