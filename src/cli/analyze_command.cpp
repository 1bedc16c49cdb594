#include "cli/analyze_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "cli/command.hpp"
#include "core/json_text.hpp"
#include "core/text.hpp"
#include "disk/media_scan.hpp"
#include "media/sequence.hpp"
#include "probe/timing.hpp"
#include "probe/worker.hpp"

namespace tracker::cli {
namespace {

constexpr int tries_max = 3;
constexpr std::size_t progress_from = 50;  ///< files: fewer are done before a bar can be read

struct Line {
  std::string path;
  bool named_by_user = false;
  bool has_extension = true;
  int tries = 0;  ///< on which the worker died
  probe::Answer answer = {};
  std::string kind = {};
  std::vector<FrameRange> missing = {};
  bool empty = false;  ///< nothing, or next to nothing, in the file or in a frame
};

/// Lines in the order found; files that the worker has to look at wait in `files`.
struct Work {
  std::vector<Line> lines;
  std::vector<std::pair<std::size_t, std::string>> files;  ///< line, path to open
  bool failed = false;
};

std::string joined(const std::string& root, std::string_view path) {
  return (std::filesystem::path(root) / path).string();
}

void add_sequence(const media::Item& item, const std::string& root, Rational frame_rate,
                  Work& work) {
  Line line;
  line.path = joined(root, media::path_of(item));
  line.kind = media::name_of(item.kind);
  line.missing = item.missing;
  line.empty = item.bytes_total == 0 || !item.bad_frames.empty();
  line.answer.frames = media::frames_of(item);
  line.answer.frame_rate = frame_rate;
  line.answer.duration = probe::duration_of(*line.answer.frames, frame_rate);
  line.answer.how = "file names";
  line.answer.problem = media::problem_of(item);
  if (media::may_state_rate(item)) {
    work.files.emplace_back(work.lines.size(), joined(joined(root, item.folder), item.first_file));
  }
  work.lines.push_back(std::move(line));
}

void add_file(Line line, Work& work) {
  work.files.emplace_back(work.lines.size(), line.path);
  work.lines.push_back(std::move(line));
}

void add_folder(const std::string& root, Rational frame_rate, Work& work) {
  const auto opened = disk::MediaRoot::open(root);
  const auto tree = opened ? opened->scan() : std::unexpected(opened.error());
  if (!tree) {
    report(tree.error());
    work.failed = true;
    return;
  }
  for (const std::string& problem : tree->problems) {
    fmt::print(stderr, "animation-tracker: {}\n", problem);
  }
  for (const disk::MediaFolder& folder : tree->folders) {
    for (const media::Item& item : media::items_of(folder.path, folder.files)) {
      if (item.kind == media::ItemKind::sequence) {
        add_sequence(item, root, frame_rate, work);
      } else {
        const std::string path = joined(root, media::path_of(item));
        add_file({.path = path, .empty = item.bytes_total == 0}, work);
      }
    }
    for (const media::FileFact& file : folder.files) {
      if (file.name.find('.') != std::string::npos) continue;
      const std::string path = joined(joined(root, folder.path), file.name);
      add_file({.path = path, .has_extension = false, .empty = file.bytes == 0}, work);
    }
  }
}

Work find_work(const AnalyzeOptions& options) {
  Work work;
  for (const std::string& path : options.paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      add_folder(path, options.frame_rate, work);
    } else {
      const bool empty = std::filesystem::file_size(path, error) == 0;
      add_file({.path = path, .named_by_user = true, .empty = empty}, work);
    }
  }
  return work;
}

void wait_for(const probe::WorkerPool& pool) {
  std::vector<pollfd> descriptors;
  pool.poll_descriptors(descriptors);
  ::poll(descriptors.data(), descriptors.size(), 100);
}

/// How far it is, on a terminal only; '\r' so that the line is written over.
void show_progress(std::size_t done, std::size_t all) {
  static const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
  constexpr std::size_t width = 30;
  if (!is_terminal || all < progress_from) return;
  const std::size_t filled = done * width / all;
  fmt::print(stderr, "\r[{:<{}}] {} of {} files{}", std::string(filled, '#'), width, done, all,
             done == all ? "\n" : "");
}

/// Of a sequence one picture was looked at, for the rate it states.
void take_answer(Line& line, probe::Answer answer) {
  if (line.kind.empty()) {
    line.answer = std::move(answer);
  } else if (answer.frame_rate) {
    line.answer.frame_rate = answer.frame_rate;
    line.answer.duration = probe::duration_of(*line.answer.frames, *answer.frame_rate);
    line.answer.how = "file names, rate of the first picture";
  }
}

Status measure_files(const std::filesystem::path& program, Work& work) {
  probe::WorkerPool pool(program, std::max(1u, std::thread::hardware_concurrency()));
  for (std::size_t next = 0; next < work.files.size() || !pool.is_idle();) {
    if (next < work.files.size() && pool.has_room()) {
      const auto [line, path] = work.files[next++];
      const auto file = probe::open_media(AT_FDCWD, path);
      if (file) {
        CHECK_OK(pool.submit(line, *file));
      } else {
        take_answer(work.lines[line], probe::refused(file.error().what));
        work.failed = work.failed || work.lines[line].named_by_user;
      }
      continue;
    }
    wait_for(pool);
    for (auto& finished : pool.collect()) {
      Line& line = work.lines[finished.id];
      const bool again = finished.answer.crashed && line.kind.empty() && ++line.tries < tries_max;
      take_answer(line, std::move(finished.answer));
      if (again) work.files.emplace_back(finished.id, line.path);
    }
    show_progress(next, work.files.size());
  }
  return {};
}

/// Files that we looked at only to find out: what is no media after all is left out.
void settle(Work& work) {
  for (Line& line : work.lines) {
    // TGA has no mark in its bytes: there the name must do.
    if (line.answer.kind == probe::Kind::none && line.path.ends_with(".tga") &&
        line.answer.problem == probe::unknown_format) {
      line.answer = {};
      line.answer.kind = probe::Kind::still;
    }
    if (line.kind.empty()) line.kind = probe::name_of(line.answer.kind);
    line.path = canonical(line.path);
  }
  std::erase_if(work.lines, [](const Line& line) {
    return !line.has_extension && line.answer.kind == probe::Kind::none;
  });
}

boost::json::object to_json(const Line& line, Rational frame_rate) {
  const probe::Answer& answer = line.answer;
  boost::json::object out;
  out["path"] = line.path;
  out["kind"] = line.kind;
  out["frames"] = answer.frames ? boost::json::value(*answer.frames) : nullptr;
  out["fps"] = answer.frame_rate ? boost::json::value(to_string(*answer.frame_rate)) : nullptr;
  out["duration_seconds"] =
      answer.duration
          ? boost::json::value(std::strtod(seconds_text(*answer.duration).c_str(), nullptr))
          : nullptr;
  out["start"] = answer.start ? boost::json::value(to_string(*answer.start)) : nullptr;
  out["missing_frames"] = to_string(line.missing);
  out["problem"] = answer.problem.empty() ? nullptr : boost::json::value(answer.problem);
  std::vector<std::string> flags = probe::flags_of(answer, frame_rate);
  if (line.empty) flags.emplace_back("EMPTY");
  out["flags"] = boost::json::array(flags.begin(), flags.end());
  out["how"] = answer.how;
  return out;
}

void print_json(const Work& work, Rational frame_rate) {
  fmt::print("[");
  const char* separator = "\n";
  for (const Line& line : work.lines) {
    fmt::print("{}{}", separator, json_text(to_json(line, frame_rate)));
    separator = ",\n";
  }
  fmt::print("\n]\n");
}

/// One line on a terminal, whatever the name holds.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  return text;
}

void print_table(const Work& work) {
  std::size_t width = 4;
  for (const Line& line : work.lines) {
    width = std::max(width, std::min<std::size_t>(length_in_characters(line.path), 80));
  }
  fmt::print("{:<{}}  {:<9}  {:>7}  {:>10}  {:>10}  {:<16}  {}\n", "path", width, "kind", "frames",
             "fps", "seconds", "missing", "problem");
  for (const Line& line : work.lines) {
    const probe::Answer& answer = line.answer;
    const std::string rate = !answer.frame_rate ? ""
                             : answer.frame_rate->denominator == 1
                                 ? std::to_string(answer.frame_rate->numerator)
                                 : to_string(*answer.frame_rate);
    fmt::print("{:<{}}  {:<9}  {:>7}  {:>10}  {:>10}  {:<16}  {}\n", printable(line.path), width,
               line.kind, answer.frames ? std::to_string(*answer.frames) : "", rate,
               answer.duration ? seconds_text(*answer.duration) : "", to_string(line.missing),
               answer.problem);
  }
}

}  // namespace

int analyze(const AnalyzeOptions& options) {
  Work work = find_work(options);
  if (const Status measured = measure_files(options.media_program, work); !measured) {
    return report(measured.error());
  }
  settle(work);
  if (options.json) {
    print_json(work, options.frame_rate);
  } else {
    print_table(work);
  }
  return work.failed ? exit_failed : exit_ok;
}

void add_analyze_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "analyze", "Measures files and folders: frames, rate, duration, what is missing or damaged.");
  struct Given {
    AnalyzeOptions options;
    std::string frame_rate = "24";
  };
  auto given = std::make_shared<Given>();
  command->add_option("PATH", given->options.paths, "Files and folders")->required();
  command->add_flag("--json", given->options.json, "For scripts: one object a file");
  command
      ->add_option("--fps", given->frame_rate,
                   "The project's frame rate, also that of image sequences: 24, 23.976, 24000/1001")
      ->envname("FPS")
      ->check([](const std::string& text) {
        return parse_frame_rate(text) ? std::string() : "not a frame rate: " + text;
      });
  command->callback([given, &context] {
    given->options.frame_rate = parse_frame_rate(given->frame_rate).value_or(Rational{24, 1});
    given->options.media_program =
        std::filesystem::path(context.program_path).parent_path() / "animation-tracker-media";
    context.action = [given] { return analyze(given->options); };
  });
}

}  // namespace tracker::cli
