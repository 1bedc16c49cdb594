#include "cli/environment.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>

#include "cli/dotenv.hpp"

namespace tracker::cli {
namespace {

Result<std::map<std::string, std::string>> read_dotenv(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return fail(ErrorCode::not_found, "the settings file cannot be read",
                "check that it exists and that this user may read it", file.string());
  }
  std::string text(dotenv_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_dotenv(text, file.filename().string());
}

std::map<std::string, std::string, std::less<>> process_environment() {
  std::map<std::string, std::string, std::less<>> values;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    const std::string_view pair = *line;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    values.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return values;
}

}  // namespace

Result<Environment> Environment::load(const std::filesystem::path& working_directory) {
  Environment environment;
  environment.layers_.push_back({"the environment", process_environment(), false});
  const auto file = working_directory / ".env";
  std::error_code failed;
  if (std::filesystem::exists(file, failed)) {
    TRY(auto values, read_dotenv(file));
    environment.layers_.push_back({".env", {values.begin(), values.end()}, false});
  }
  return environment;
}

Environment Environment::of(std::map<std::string, std::string> values) {
  Environment environment;
  environment.layers_.push_back({"the environment", {values.begin(), values.end()}, false});
  return environment;
}

Status Environment::put_file(const std::filesystem::path& file) {
  TRY(auto values, read_dotenv(file));
  layers_.insert(layers_.begin(), {file.string(), {values.begin(), values.end()}, true});
  return {};
}

void Environment::put_option(std::string_view name, std::string_view option, std::string value) {
  options_[std::string(name)] = {std::move(value), std::string(option)};
}

std::optional<Environment::Found> Environment::find(std::string_view name) const {
  if (const auto option = options_.find(name); option != options_.end()) return option->second;
  for (const Layer& layer : layers_) {
    const auto value = layer.values.find(name);
    if (value == layer.values.end()) continue;
    if (!value->second.empty()) return Found{value->second, layer.source};
    if (layer.empty_is_final) return std::nullopt;
  }
  return std::nullopt;
}

std::string Environment::text(std::string_view name, std::string_view otherwise) const {
  const auto found = find(name);
  return found ? found->text : std::string(otherwise);
}

}  // namespace tracker::cli
