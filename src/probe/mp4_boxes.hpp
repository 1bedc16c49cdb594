// The boxes that mp4 and mov files are made of (ISO/IEC 14496-12 section 4.2), walked without
// trusting a single length. No recursion: a reader names each level that it enters. Views live as
// long as the bytes. File boxes are read blocking, through FileBytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "probe/cursor.hpp"
#include "probe/file_bytes.hpp"

namespace tracker::probe {

/// A box at the top of the file.
struct FileBox {
  std::string type;         ///< four characters
  std::uint64_t start = 0;  ///< of the header
  std::uint64_t begin = 0;  ///< of the content
  std::uint64_t end = 0;    ///< behind the content; beyond the file if the file is cut

  std::uint64_t size() const { return end - begin; }
};

/// The box at `at`, if one can begin there. A length of 0 means "up to the file's end".
std::optional<FileBox> read_file_box(FileBytes& bytes, std::uint64_t at);

/// A box inside of another one.
struct Box {
  std::string_view type;
  std::span<const unsigned char> content;
};

/// The boxes in `content`, in order: `while (auto box = boxes.next())`.
class Boxes {
 public:
  explicit Boxes(std::span<const unsigned char> content) : cursor_(content) {}

  std::optional<Box> next();
  /// A box was malformed or reached out of its parent; what came before it was given.
  bool is_damaged() const { return damaged_; }

 private:
  Cursor cursor_;
  bool damaged_ = false;
};

/// The first child of that type.
std::optional<Box> find_box(std::span<const unsigned char> content, std::string_view type);

}  // namespace tracker::probe
