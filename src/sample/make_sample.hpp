// Writes the sample production to disk on a first start: the workbook and real, tiny media files.
//
// Never overwrites: a workbook or a media folder that is there already is left alone. The media
// are encoded by the media program (libav* lives only there). Blocking (a few seconds): call it
// before the io context runs, or through run_blocking. Errors name the file.
#pragma once

#include <filesystem>

#include "core/result.hpp"

namespace tracker::sample {

/// Creates `data_dir`/production_summary.xlsx and `data_dir`/media where they are missing.
/// `media_program`: path of animation-tracker-media.
Status make_sample_production(const std::filesystem::path& data_dir,
                              const std::filesystem::path& media_program);

}  // namespace tracker::sample
