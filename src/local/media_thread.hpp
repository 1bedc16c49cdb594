// The media service's own thread: one loop over the file system's events, the media workers'
// answers and the rows that the io thread hands over. Nothing of it ever waits for more than its
// poll(), except for the file system itself.
//
// Threads: set_rows(), change_rows(), set_pins(), request_stop() on any thread; the callbacks are
// called on this thread. Lifetime: request_stop(), then join() (or detach() where the file system
// hangs: the loop keeps itself alive through shared_from_this()).
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "disk/media_cache.hpp"
#include "disk/media_scan.hpp"
#include "disk/media_watch.hpp"
#include "disk/picture_store.hpp"
#include "local/media_index.hpp"
#include "local/media_service.hpp"
#include "probe/worker.hpp"

namespace tracker::local {

struct MediaThreadSettings {
  std::filesystem::path media_root;
  std::filesystem::path cache_file;
  std::filesystem::path pictures_folder;
  std::filesystem::path media_program;
  ShotTerms terms;
  std::optional<media::Patterns> patterns;  ///< of MEDIA_PATTERN
  media::TaskOrder task_order;              ///< of MEDIA_TASKS
  std::string problem;       ///< with the settings, told while nothing worse is the matter
  bool always_poll = false;  ///< for tests: as on a network file system
};

class MediaThread : public std::enable_shared_from_this<MediaThread> {
 public:
  struct Events {
    std::function<void(std::vector<MeasuredRow>)> on_changes;
    std::function<void(std::vector<DrawnPicture>)> on_pictures;  ///< there are, of what rows show
    std::function<void(UnmatchedFiles)> on_unmatched;
    std::function<void(media::LearnedPattern)> on_offer;
    std::function<void(std::string)> on_problem;
    std::function<void()> on_end;
  };

  MediaThread(MediaThreadSettings settings, Events events);
  ~MediaThread();
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;

  void start();
  void set_rows(std::vector<ShotRow> rows);
  void change_rows(std::vector<ShotRow> changed, const std::vector<std::string>& removed);
  void set_pins(std::vector<MediaPin> pins);
  void request_stop();
  void join();
  void detach();

 private:
  using Clock = std::chrono::steady_clock;

  /// What was said of the rows and not yet taken.
  struct RowNews {
    std::optional<std::vector<ShotRow>> all;
    std::map<std::string, std::optional<ShotRow>> changed;  ///< since `all`; nothing = gone
    std::optional<std::vector<MediaPin>> pins;
  };
  struct Asked {
    std::string path;
    std::string key;
    int tries = 0;
  };
  /// A picture to draw.
  struct Drawing {
    PictureName name;
    std::vector<std::string> paths;  ///< one, or frames of a sequence
    bool is_movie = false;  ///< its digest is that of the file's state; else a frame of a sequence
  };
  /// A file that somebody has open for writing, as far as we know.
  struct Open {
    std::uint64_t bytes = 0;
    std::int64_t mtime_ns = 0;
    int stood_still = 0;
  };

  void run();
  void run_loop();
  bool turn();
  void take_rows();
  bool take_stop();

  void open_root();
  void lose_root(std::string why);
  void scan_tree(const std::string& folder);
  void suspect_fresh_files(const disk::MediaFolder& folder);
  void put_folder(disk::MediaFolder folder);
  void drop_tree(const std::string& folder);
  void rescan(const std::string& folder);
  bool enter(const std::string& folder, const disk::FileIdentity& identity);
  void watch(const std::string& folder);
  void read_events();
  void check_open_files();
  void check_folders();
  void check_chosen_files();
  void check_on_time();

  void ask();
  void feed_workers();
  bool hand_over(Asked asked);
  void collect_answers();
  void try_again_later(Asked asked);
  void keep(const Asked& asked, const probe::Answer& answer);

  bool may_tell();
  void draw();
  void note_drawn(const PictureName& name);
  void queue_drawings();
  void hand_over(Drawing drawing);
  void keep_drawings();

  void tell();
  void tell_unmatched();
  void offer_pattern();
  void wait();

  MediaThreadSettings settings_;
  Events events_;
  std::thread thread_;
  int wake_ = -1;

  std::mutex mutex_;  ///< guards the next two
  RowNews row_news_;
  bool stop_ = false;

  // Only the thread touches what follows.
  MediaIndex index_;
  probe::WorkerPool pool_;
  probe::WorkerPool drawing_pool_;
  std::unique_ptr<disk::MediaCache> cache_;
  std::optional<disk::PictureStore> pictures_;
  std::optional<disk::MediaRoot> root_;
  std::optional<disk::MediaWatch> watch_;
  bool polling_ = false;
  std::map<std::string, disk::MediaFolder> listings_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> folder_of_inode_;
  std::map<std::string, Open> open_files_;
  std::deque<Asked> waiting_;
  std::multimap<Clock::time_point, Asked> later_;  ///< a worker died over them: not before then
  std::map<std::uint64_t, Asked> in_work_;
  std::deque<Drawing> to_draw_;
  std::map<std::uint64_t, Drawing> in_drawing_;
  std::set<PictureName> undrawable_;
  std::vector<DrawnPicture> drawn_;  ///< not told yet
  std::uint64_t last_request_ = 0;
  Clock::time_point next_matching_;
  std::optional<UnmatchedFiles> told_unmatched_;
  Clock::time_point next_unmatched_;
  Clock::time_point next_offer_;  ///< of templates; once there was one, never again
  bool offered_ = false;
  bool measuring_ = false;       ///< files waited or were in work at the last turn
  Clock::time_point next_tell_;  ///< while measuring: answers are handed over together
  Clock::time_point next_check_;
  Clock::time_point next_file_check_;
  Clock::time_point next_worker_try_;
  std::string root_problem_;
  std::string watch_problem_;
  std::string worker_problem_;
  std::string told_problem_;
};

}  // namespace tracker::local
