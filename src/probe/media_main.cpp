// animation-tracker-media: everything that needs libav*, in a program of its own.
//   --worker           measures files that arrive on descriptor 3, inside a sandbox
//   --make-media DIR   writes the files that a JSON plan on standard input asks for
//   --check            says which libraries and which walls of the sandbox there are
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/log.h>
}

#include "probe/channel.hpp"
#include "probe/libav/make_media.hpp"
#include "probe/libav/measure.hpp"
#include "probe/libav/sandbox.hpp"
#include "probe/libav/thumbnail.hpp"
#include "probe/worker.hpp"

namespace {

using namespace tracker::probe;
using tracker::Picture;

std::string answer_to(const Message& message) {
  if (message.files.empty()) return to_text(refused("no file came with the request"));
  if (message.text == request_of(Work::measure)) {
    return to_text(libav::measure(message.files.front().number()));
  }
  const auto drawn =
      libav::draw(message.files, message.text == request_of(Work::draw_strip) ? Picture::strip
                                                                              : Picture::thumbnail);
  return drawn ? *drawn : to_text(refused(drawn.error().what));
}

int serve() {
  libav::enter_sandbox();
  while (true) {
    auto message = receive_message(worker_socket);
    if (!message || !*message) return 0;
    if (!send_message(worker_socket, answer_to(**message))) return 0;
  }
}

/// The sandbox forbids to print, so a child enters it and says what it found through a socket.
int check() {
  auto channel = make_channel();
  if (!channel) return 1;
  const pid_t child = ::fork();
  if (child == 0) {
    const libav::Walls walls = libav::enter_sandbox();
    const std::string routes = libav::escape_routes();
    (void)send_message(
        channel->theirs.number(),
        fmt::format("limits {}, landlock {}, seccomp {}, {}", walls.limits, walls.landlock,
                    walls.seccomp, routes.empty() ? "no way out" : "way out: " + routes));
    ::_exit(routes.empty() ? 0 : 1);
  }
  channel->theirs.reset();
  auto report = receive_message(channel->ours.number());
  int status = 1;
  ::waitpid(child, &status, 0);
  fmt::print("FFmpeg {}, {}\n", av_version_info(),
             report && *report ? (*report)->text : "the sandbox died");
  return status == 0 ? 0 : 1;
}

int make(const char* folder) {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto plans = libav::parse_plans(text);
  tracker::Status made = plans ? tracker::Status() : std::unexpected(plans.error());
  for (std::size_t i = 0; made && i < plans->size(); ++i) made = make_media(folder, (*plans)[i]);
  if (!made) fmt::print(stderr, "animation-tracker-media: {}\n", describe(made.error()));
  return made ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  av_log_set_level(AV_LOG_QUIET);
  const std::string_view role = count > 1 ? arguments[1] : "";
  if (role == "--worker" && count == 2) return serve();
  if (role == "--check" && count == 2) return check();
  if (role == "--make-media" && count == 3) return make(arguments[2]);
  fmt::print(stderr, "usage: animation-tracker-media --worker | --check | --make-media DIR\n");
  return 2;
}
