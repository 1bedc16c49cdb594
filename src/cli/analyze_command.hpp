// `animation-tracker analyze PATH…`: measures files and folders, for people (a table) or scripts
// (--json). Needs no server and writes nothing. Blocking; main thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/rational.hpp"

namespace tracker::cli {

struct AnalyzeOptions {
  std::vector<std::string> paths;
  bool json = false;
  Rational frame_rate{24, 1};           ///< the project's, and that of image sequences
  std::filesystem::path media_program;  ///< animation-tracker-media
};

/// Prints the result to stdout. The value is the exit code: 1 if a path could not be looked at.
int analyze(const AnalyzeOptions& options);

}  // namespace tracker::cli
