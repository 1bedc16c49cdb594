// The media workers: processes that measure or draw one file at a time, replaced when they die.
//
// A file is opened here and handed over as a descriptor; the worker has no other way to anything.
// Each request may use 2 s of the processor (and one more for each 256 MiB of the file, at most
// 30 s), whatever else the machine does meanwhile; only a disk or a machine that stands still is
// noticed by the clock (30 s, and one more for each 16 MiB). A worker that misses a limit is
// killed, and the next request starts a new one. Workers are retired after 500 files or 20 s of
// processor time.
//
// No method blocks on a worker: put the descriptors of poll_descriptors() and the time of
// next_deadline() into your poll(), then collect(). One thread at a time; the destructor kills.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "probe/answer.hpp"
#include "probe/channel.hpp"
#include "probe/picture.hpp"

namespace tracker::probe {

/// Opens a file for measuring: regular files only, never waits for a FIFO's writer.
/// `folder` is the descriptor that a relative `path` starts from (AT_FDCWD: the working folder).
Result<Descriptor> open_media(int folder, const std::string& path);

/// What a worker is asked for.
enum class Work : std::uint8_t { measure, draw_thumbnail, draw_strip };
std::string_view request_of(Work work);

/// What one small file may cost; large files get more (see above).
struct WorkerLimits {
  std::chrono::milliseconds processor_time{2'000};
  std::chrono::milliseconds clock_time{30'000};
  int niceness = 0;  ///< of the processes; 10 = only what nobody else needs
};

class WorkerPool {
 public:
  using Clock = std::chrono::steady_clock;

  /// `program`: animation-tracker-media. `workers_max` processes at most, started when needed.
  WorkerPool(std::filesystem::path program, std::size_t workers_max, WorkerLimits limits = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  bool has_room() const;
  bool is_idle() const;

  /// Starts one worker if there is none, so that the first file does not wait for it.
  void warm_up();

  /// Hands `file` to a free worker; its answer comes from collect() under `id`.
  /// REQUIRES: has_room(). Fails with `unavailable` if no worker can be started.
  Status submit(std::uint64_t id, const Descriptor& file, Work work = Work::measure);
  /// The same for a strip of pictures, at most message_files_max of them.
  Status submit(std::uint64_t id, std::span<const Descriptor> files, Work work);

  struct Finished {
    std::uint64_t id = 0;
    Answer answer;             ///< `crashed` if the worker died or was killed over it
    std::string picture = {};  ///< what was drawn: JPEG bytes; '' = `answer` says why not
  };
  std::vector<Finished> collect();

  void poll_descriptors(std::vector<pollfd>& out) const;
  std::optional<Clock::time_point> next_deadline() const;

  /// Process ids of the living workers, for tests and reports.
  std::vector<pid_t> workers() const;

 private:
  struct Worker {
    pid_t process = -1;
    Descriptor socket;
    std::optional<std::uint64_t> request;
    Work work = Work::measure;
    Clock::time_point deadline;       ///< by the clock
    Clock::duration processor_max{};  ///< what its process may have used in all
    Clock::time_point next_look;      ///< when either has to be looked at
    int files = 0;
  };
  Status start();
  void begin(Worker& worker, std::uint64_t id, std::span<const Descriptor> files, Work work);
  static const char* time_problem(Worker& worker);
  void end(Worker& worker);
  void reap();
  std::optional<Finished> look_at(Worker& worker);

  std::filesystem::path program_;
  std::size_t workers_max_;
  WorkerLimits limits_;
  std::vector<Worker> workers_;
  std::vector<pid_t> dying_;
};

/// Measures one file and waits for the answer (at most its deadline). Blocking.
Result<Answer> measure(WorkerPool& pool, const Descriptor& file);

}  // namespace tracker::probe
