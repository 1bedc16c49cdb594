#include "probe/mp4_boxes.hpp"

#include <algorithm>

namespace tracker::probe {

std::optional<FileBox> read_file_box(FileBytes& bytes, std::uint64_t at) {
  const std::uint64_t left = bytes.size() - std::min(bytes.size(), at);
  const auto window = bytes.window(at, static_cast<std::size_t>(std::min<std::uint64_t>(left, 16)));
  if (!window) return std::nullopt;
  Cursor cursor(*window);
  std::uint64_t length = cursor.big(4);
  FileBox box;
  box.type = cursor.text(4);
  if (length == 1) length = cursor.big(8);
  if (!cursor.ok()) return std::nullopt;
  if (length == 0) length = left;
  if (length < cursor.position() || length > UINT64_MAX - at) return std::nullopt;
  box.start = at;
  box.begin = at + cursor.position();
  box.end = at + length;
  return box;
}

std::optional<Box> Boxes::next() {
  // QuickTime ends some lists of atoms with four zero bytes.
  if (damaged_ || cursor_.left() < 8) return std::nullopt;
  const std::size_t start = cursor_.position();
  const std::size_t room = cursor_.left();
  std::uint64_t length = cursor_.big(4);
  Box box;
  box.type = cursor_.text(4);
  if (length == 1) length = cursor_.big(8);
  if (length == 0) length = room;
  const std::size_t header = cursor_.position() - start;
  if (!cursor_.ok() || length < header || length > room) {
    damaged_ = true;
    return std::nullopt;
  }
  box.content = cursor_.take(static_cast<std::size_t>(length) - header);
  return box;
}

std::optional<Box> find_box(std::span<const unsigned char> content, std::string_view type) {
  Boxes boxes(content);
  while (auto box = boxes.next()) {
    if (box->type == type) return box;
  }
  return std::nullopt;
}

}  // namespace tracker::probe
