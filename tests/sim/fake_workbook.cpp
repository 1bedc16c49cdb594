#include "fake_workbook.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace tracker::sim {

using workbook::Image;
using workbook::ImageRow;

Image empty_image(bool with_ids, bool with_measured) {
  Image image;
  image.sheet_name = "Production";
  image.header_row = 1;
  image.columns.set();
  image.has_id_column = with_ids;
  if (with_measured) image.measured_columns.set(0);
  for (Field field : all_fields) {
    image.column_letters[index(field)] = std::string(1, static_cast<char>('A' + index(field)));
    image.headers[index(field)] = std::string(spec(field).header);
  }
  return image;
}

Patched patched(const Image& before, const workbook::Patch& patch) {
  Patched out{before, {}};
  Image& image = out.image;
  const auto row_at = [&](std::uint32_t number) -> ImageRow& {
    return *std::find_if(image.rows.begin(), image.rows.end(),
                         [&](const ImageRow& row) { return row.row_number == number; });
  };
  for (const auto& write : patch.cells) {
    ImageRow& row = row_at(write.row_number);
    if (row.formula[index(write.field)]) {
      out.refusals.push_back({"row " + std::to_string(write.row_number), "cell is a formula",
                              write.row_number, write.field, 0, true});
    } else {
      at(row.cells, write.field) = write.text;
    }
  }
  for (const auto& write : patch.measured) {
    row_at(write.row_number).measured[static_cast<std::size_t>(write.column)] = write.text;
  }
  for (const auto& write : patch.ids) row_at(write.row_number).tracker_id = write.tracker_id;
  std::erase_if(image.rows, [&](const ImageRow& row) {
    return std::find(patch.deleted_rows.begin(), patch.deleted_rows.end(), row.row_number) !=
           patch.deleted_rows.end();
  });
  for (const auto& appended : patch.appended) {
    ImageRow row;
    row.cells = appended.cells;
    row.tracker_id = appended.tracker_id;
    for (std::size_t i = 0; i < row.measured.size(); ++i) {
      if (image.measured_columns[i]) row.measured[i] = appended.measured[i];
    }
    for (Field field : all_fields) {
      if (!image.columns[index(field)]) at(row.cells, field).clear();
    }
    image.rows.push_back(std::move(row));
  }
  std::uint32_t number = image.header_row;
  for (ImageRow& row : image.rows) row.row_number = ++number;
  if (patch.token) image.token = patch.token;
  return out;
}

std::string digest_of(const Image& image, int paint) {
  std::string text = std::to_string(paint) + image.columns.to_string();
  for (const ImageRow& row : image.rows) {
    for (const std::string& cell : row.cells) {
      text += cell;
      text += '\x1F';
    }
    text += row.measured[0] + '\x1F' + row.formula.to_string();
    text += std::to_string(row.tracker_id.value_or(0)) + '\x1E';
  }
  if (image.token) {
    text += image.token->store + std::to_string(image.token->generation) + image.token->nonce;
  }
  return content_digest(text);
}

Inode new_file(Image image, int paint) {
  auto file = std::make_shared<FakeFile>();
  file->digest = digest_of(image, paint);
  file->image = std::move(image);
  file->paint = paint;
  return file;
}

}  // namespace tracker::sim
