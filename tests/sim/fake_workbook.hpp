// Workbook files as the simulator sees them: an Image instead of bytes, and a folder with inodes,
// so that a program that saves in place writes into the file it opened, wherever it lies by now.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workbook/image.hpp"

namespace tracker::sim {

struct FakeFile {
  workbook::Image image;
  std::string digest;
  int paint = 0;      ///< stands for all that is not rows: colours, comments, charts
  bool whole = true;  ///< false: a save in place is half done
};
using Inode = std::shared_ptr<FakeFile>;

/// What lies on the disk; survives a crash of the local role.
struct FakeFolder {
  Inode target;  ///< nothing = the name is free
  Inode temp;    ///< of a write that is under way
  Inode aside;   ///< without EXCHANGE: the workbook that stepped aside
  struct Displaced {
    Inode file;
    std::string digest;  ///< as it was when it was displaced; '' = nobody looked at it
  };
  std::vector<Displaced> ring;
};

/// An empty sheet with all eight columns, and an ID column if wanted.
workbook::Image empty_image(bool with_ids, bool with_measured);

struct Patched {
  workbook::Image image;
  std::vector<workbook::Refusal> refusals;
};
/// What the real engine's patch does to the rows; formula cells refuse.
Patched patched(const workbook::Image& image, const workbook::Patch& patch);

/// A digest of everything that the file holds.
std::string digest_of(const workbook::Image& image, int paint);

Inode new_file(workbook::Image image, int paint);

}  // namespace tracker::sim
