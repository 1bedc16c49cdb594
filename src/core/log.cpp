#include "core/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>
#include <memory>

#include "core/time.hpp"

namespace tracker::log {
namespace {

struct Settings {
  Format format = Format::text;
  std::string role;
};

Settings& settings() {
  static Settings value;
  return value;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

const char* word(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "info";
}

std::string one_line(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (char c : message) {
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

void init(Format format, Level level, std::string_view role) {
  settings() = {format, std::string(role)};
  // JSON goes to stdout (hosts turn stderr into errors); text to stderr, so that stdout is data.
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (format == Format::json) {
    sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("tracker", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog_level(level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void write(Level level, std::string_view message) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(spdlog_level(level))) return;
  const auto now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  std::string line;
  if (settings().format == Format::json) {
    line = boost::json::serialize(boost::json::object{{"time", format_rfc3339(now)},
                                                      {"level", word(level)},
                                                      {"role", settings().role},
                                                      {"message", message}});
  } else {
    line = fmt::format("{} {:7} {:5} {}", format_rfc3339(now), word(level), settings().role,
                       one_line(message));
  }
  logger->log(spdlog_level(level), "{}", line);
}

}  // namespace tracker::log
