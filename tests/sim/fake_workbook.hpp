// The workbook as the simulator sees it: an Image that a human edits and that a Patch changes.
#pragma once

#include <memory>
#include <string>

#include "workbook/image.hpp"

namespace tracker::sim {

struct FakeFile {
  workbook::Image image;
  std::string digest;
};

/// An empty sheet with all eight columns, and an ID column if wanted.
workbook::Image empty_image(bool with_ids);

/// What the real engine's patch does to the rows: cells, ids, deletions, appended rows, token.
workbook::Image patched(const workbook::Image& image, const workbook::Patch& patch);

/// A digest of everything that the image holds.
std::string digest_of(const workbook::Image& image);

}  // namespace tracker::sim
