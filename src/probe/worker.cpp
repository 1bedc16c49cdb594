#include "probe/worker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace tracker::probe {
namespace {

using namespace std::chrono_literals;

constexpr int files_per_worker_max = 500;
constexpr auto processor_time_per_worker_max = 20s;
constexpr auto processor_time_per_file_max = 30s;
constexpr std::int64_t bytes_per_processor_second = std::int64_t{256} << 20;
constexpr std::int64_t bytes_per_clock_second = std::int64_t{16} << 20;
constexpr auto look_every = 250ms;

/// What the process used of the processor since it began; zero once it is gone.
WorkerPool::Clock::duration processor_time_of(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// Spawns the program with nothing of ours but its end of the socket: no environment, no files.
Result<pid_t> spawn_worker(const std::filesystem::path& program, int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, socket, worker_socket);
  posix_spawn_file_actions_addclosefrom_np(&actions, worker_socket + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string path = program.string();
  std::string role = "--worker";
  std::string locale = "LC_ALL=C.UTF-8";
  std::array<char*, 3> arguments{path.data(), role.data(), nullptr};
  std::array<char*, 2> environment{locale.data(), nullptr};
  pid_t process = -1;
  const int problem = ::posix_spawn(&process, path.c_str(), &actions, &attributes, arguments.data(),
                                    environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) {
    return fail(ErrorCode::unavailable,
                std::string("cannot start the media worker: ") + std::strerror(problem),
                "the program animation-tracker-media belongs beside animation-tracker", path);
  }
  return process;
}

Answer crashed(const char* why) {
  Answer answer = refused(why);
  answer.crashed = true;
  return answer;
}

}  // namespace

std::string_view request_of(Work work) {
  static constexpr std::array<std::string_view, 3> requests{"m", "t", "s"};
  return requests[static_cast<std::size_t>(work)];
}

Result<Descriptor> open_media(int folder, const std::string& path) {
  Descriptor file(::openat(folder, path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, std::string("cannot be opened: ") + std::strerror(errno), {}, path);
  }
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::unsupported, "not a regular file", {}, path);
  }
  return file;
}

WorkerPool::WorkerPool(std::filesystem::path program, std::size_t workers_max, WorkerLimits limits)
    : program_(std::move(program)),
      workers_max_(std::max<std::size_t>(workers_max, 1)),
      limits_(limits) {}

WorkerPool::~WorkerPool() {
  for (Worker& worker : workers_) end(worker);
  reap();
}

bool WorkerPool::has_room() const {
  const auto is_free = [](const Worker& worker) { return !worker.request; };
  return workers_.size() < workers_max_ || std::ranges::any_of(workers_, is_free);
}

bool WorkerPool::is_idle() const {
  return std::ranges::none_of(workers_,
                              [](const Worker& worker) { return worker.request.has_value(); });
}

void WorkerPool::warm_up() {
  if (workers_.empty()) (void)start();
}

Status WorkerPool::start() {
  TRY(Channel channel, make_channel());
  TRY(const pid_t process, spawn_worker(program_, channel.theirs.number()));
  if (limits_.niceness > 0)
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(process), limits_.niceness);
  ::fcntl(channel.ours.number(), F_SETFL, O_NONBLOCK);
  Worker worker;
  worker.process = process;
  worker.socket = std::move(channel.ours);
  workers_.push_back(std::move(worker));
  return {};
}

Status WorkerPool::submit(std::uint64_t id, const Descriptor& file, Work work) {
  return submit(id, std::span(&file, 1), work);
}

Status WorkerPool::submit(std::uint64_t id, std::span<const Descriptor> files, Work work) {
  // A worker that died between two requests is found out by the send: that costs no try.
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto free = std::ranges::find_if(workers_, [](const Worker& one) { return !one.request; });
    if (free == workers_.end()) {
      CHECK_OK(start());
      free = workers_.end() - 1;
    }
    if (send_message(free->socket.number(), request_of(work), files)) {
      begin(*free, id, files, work);
      return {};
    }
    end(*free);
    workers_.erase(free);
  }
  return fail(ErrorCode::unavailable, "the media worker dies before it answers",
              "run animation-tracker-media --check", program_.string());
}

void WorkerPool::begin(Worker& worker, std::uint64_t id, std::span<const Descriptor> files,
                       Work work) {
  std::int64_t bytes = 0;
  for (const Descriptor& file : files) {
    struct stat facts{};
    if (::fstat(file.number(), &facts) == 0) bytes += facts.st_size;
  }
  const auto now = Clock::now();
  const std::chrono::milliseconds processor = std::min<std::chrono::milliseconds>(
      processor_time_per_file_max,
      limits_.processor_time + 1s * (bytes / bytes_per_processor_second));
  worker.request = id;
  worker.work = work;
  worker.processor_max = processor_time_of(worker.process) + processor;
  worker.deadline = now + limits_.clock_time + 1s * (bytes / bytes_per_clock_second);
  worker.next_look = now + std::min(processor, limits_.clock_time);
  ++worker.files;
}

/// Why the worker has to be stopped now; nullptr = it may go on.
const char* WorkerPool::time_problem(Worker& worker) {
  const auto now = Clock::now();
  if (now < worker.next_look) return nullptr;
  worker.next_look = now + look_every;
  if (processor_time_of(worker.process) >= worker.processor_max) {
    return "measuring it took too long";
  }
  return now >= worker.deadline ? "its disk did not answer in time" : nullptr;
}

void WorkerPool::end(Worker& worker) {
  if (worker.process > 0) {
    ::kill(worker.process, SIGKILL);
    dying_.push_back(worker.process);
  }
  worker.socket.reset();
  worker.process = -1;
}

/// A killed worker may hang in a read of a dead mount: it is asked for, never waited for.
void WorkerPool::reap() {
  std::erase_if(dying_, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
}

std::optional<WorkerPool::Finished> WorkerPool::look_at(Worker& worker) {
  auto message = receive_message(worker.socket.number());
  if (!message && message.error().code == ErrorCode::busy) {
    const char* problem = worker.request ? time_problem(worker) : nullptr;
    if (problem == nullptr) return std::nullopt;
    Finished finished{*worker.request, crashed(problem)};
    end(worker);
    return finished;
  }
  if (!message || !*message) {
    std::optional<Finished> finished;
    if (worker.request) finished = Finished{*worker.request, crashed("the decoder crashed")};
    end(worker);
    return finished;
  }
  if (!worker.request) {  // it speaks without being asked: something else speaks
    end(worker);
    return std::nullopt;
  }
  Finished finished{*worker.request, {}};
  worker.request.reset();
  if (worker.work != Work::measure && is_jpeg((*message)->text)) {
    finished.picture = std::move((*message)->text);
  } else if (auto answer = parse_answer((*message)->text)) {
    finished.answer = std::move(*answer);
  } else {
    finished.answer = crashed("the decoder gave no usable answer");
    end(worker);
  }
  const bool is_old = worker.files >= files_per_worker_max ||
                      processor_time_of(worker.process) >= processor_time_per_worker_max;
  if (is_old) end(worker);
  return finished;
}

std::vector<WorkerPool::Finished> WorkerPool::collect() {
  std::vector<Finished> all;
  for (Worker& worker : workers_) {
    if (auto finished = look_at(worker)) all.push_back(std::move(*finished));
  }
  std::erase_if(workers_, [](const Worker& worker) { return worker.process < 0; });
  reap();
  return all;
}

void WorkerPool::poll_descriptors(std::vector<pollfd>& out) const {
  for (const Worker& worker : workers_) out.push_back({worker.socket.number(), POLLIN, 0});
}

std::optional<WorkerPool::Clock::time_point> WorkerPool::next_deadline() const {
  std::optional<Clock::time_point> next;
  for (const Worker& worker : workers_) {
    if (worker.request && (!next || worker.next_look < *next)) next = worker.next_look;
  }
  return next;
}

std::vector<pid_t> WorkerPool::workers() const {
  std::vector<pid_t> processes;
  for (const Worker& worker : workers_) processes.push_back(worker.process);
  return processes;
}

Result<Answer> measure(WorkerPool& pool, const Descriptor& file) {
  CHECK_OK(pool.submit(0, file));
  while (true) {
    std::vector<pollfd> descriptors;
    pool.poll_descriptors(descriptors);
    const auto left =
        pool.next_deadline().value_or(WorkerPool::Clock::now()) - WorkerPool::Clock::now();
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(std::max<long>(wait, 0)));
    for (WorkerPool::Finished& finished : pool.collect()) return std::move(finished.answer);
  }
}

}  // namespace tracker::probe
