// Where a setting comes from: option, else the file of a --data folder, else environment, else .env
// in the working directory, else the default. This is only the lookup; cli/settings.hpp turns texts
// into checked values.
//
// Values are copied at the time of loading; nothing here is logged. Main thread only.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tracker::cli {

class Environment {
 public:
  struct Found {
    std::string text;
    std::string source;  ///< "--port", "the environment", ".env"
  };

  /// The process's environment over `working_directory`/.env (which may be missing).
  static Result<Environment> load(const std::filesystem::path& working_directory = ".");

  /// For tests and for roles: exactly these values.
  static Environment of(std::map<std::string, std::string> values);

  /// A file in the format of .env, above the environment; what it leaves empty is not looked for
  /// further down. Missing: an error that names it.
  Status put_file(const std::filesystem::path& file);

  /// Above everything else.
  void put_option(std::string_view name, std::string_view option, std::string value);

  /// An empty text counts as not set, so that `PORT=` in the environment lets .env speak.
  std::optional<Found> find(std::string_view name) const;
  std::string text(std::string_view name, std::string_view otherwise = {}) const;

 private:
  struct Layer {
    std::string source;
    std::map<std::string, std::string, std::less<>> values;
    bool empty_is_final = false;
  };
  std::map<std::string, Found, std::less<>> options_;
  std::vector<Layer> layers_;  ///< strongest first
};

}  // namespace tracker::cli
