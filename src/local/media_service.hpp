// Durations, live: keeps every row's measurement equal to what lies in the media root.
//
// The service scans the root, matches media to rows (media/match.hpp), has the media worker
// measure the chosen files, watches for changes, and tells through one callback when a row's
// measurement became another one; through another one, which small pictures of them there are.
// While files are being measured, what became known is told together, every 250 ms; the last of it
// at once. After start() every row is told once: from then on the receiver holds the truth. Nothing
// is told while the media root cannot be read: a disk that is not mounted takes no measurement
// away.
//
// Threads: all methods and the callback on the io thread of `executor`; the work is done on a
// thread of the service's own, none of the methods blocks. Errors: a missing root, a missing
// worker program or a file that crashes the worker become problem() or the row's own problem.
// Lifetime: stop() before the io context ends; the destructor alone also ends the thread (it may
// then wait for the file system). No callback comes after stop() returned.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/fields.hpp"
#include "domain/measurement.hpp"
#include "domain/media_file.hpp"
#include "domain/picture.hpp"
#include "local/settings.hpp"
#include "media/learn.hpp"

namespace tracker::local {

struct ShotRow {
  std::string key;  ///< the caller's name of the row; opaque, unique
  Cells cells;
};

struct MeasuredRow {
  std::string key;
  std::optional<Measurement> measurement;  ///< nothing = no media for this row
};

/// A small picture of what some row shows.
struct DrawnPicture {
  PictureName name;
  std::filesystem::path path;  ///< where its JPEG lies; it may go at any time
};

/// What some callers want to hear beside the measurements.
struct MediaListeners {
  std::function<void(std::vector<DrawnPicture>)> on_pictures = {};
  std::function<void(UnmatchedFiles)> on_unmatched = {};  ///< the whole of it, when it changed
};

class MediaService {
 public:
  using Callback = std::function<void(std::vector<MeasuredRow>)>;

  /// Reads media_root, media_pattern, media_tasks, media_handles, frame_rate, episode_rates,
  /// data_dir and media_program of `settings`.
  MediaService(boost::asio::any_io_executor executor, const Settings& settings,
               Callback on_measured, MediaListeners listeners = {});
  ~MediaService();
  MediaService(const MediaService&) = delete;
  MediaService& operator=(const MediaService&) = delete;

  void start();

  /// All rows there are; each is told anew. The newest call wins.
  void set_rows(std::vector<ShotRow> rows);
  /// Rows that are new or became other ones, and keys of rows that are gone. Costs what changed;
  /// a row whose names stay the same costs nothing more. Matching is done on the service's thread.
  void change_rows(std::vector<ShotRow> changed, const std::vector<std::string>& removed);

  /// What people gave to rows by hand, in place of what was said before.
  void set_pins(std::vector<MediaPin> pins);

  /// Ends the thread and the worker processes; waits at most 10 s.
  boost::asio::awaitable<void> stop();

  /// Templates that the studio's names follow already, where it has given none.
  const std::optional<media::LearnedPattern>& offer() const;

  /// Why durations are not, or not live, measured, as a sentence; '' = all well.
  std::string problem() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::local
