// doctor: checks what the guide's troubleshooting names and says what to do.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <memory>

#include "cli/command.hpp"
#include "cli/data_folder.hpp"
#include "cli/database_url.hpp"
#include "cli/doctor.hpp"
#include "cli/settings.hpp"

namespace tracker::cli {
namespace {

struct DoctorOptions {
  std::string data;
  bool as_json = false;
};

/// One role's settings, or the finding that says which variable is wrong.
Result<Environment> role_environment(const std::string& data, const std::string& role) {
  TRY(Environment environment, Environment::load());
  if (!data.empty()) CHECK_OK(environment.put_file(role_file(data, role)));
  return environment;
}

void look_at_cloud(const Environment& environment, Findings& findings) {
  std::vector<std::string> warnings;
  const auto settings = cloud_settings(environment, warnings);
  if (!settings) {
    findings.push_back(
        wrong("variables", "cloud: " + settings.error().what, settings.error().hint));
    return;
  }
  findings.push_back(well("variables", "cloud: complete and well-formed"));
  for (const std::string& warning : warnings) findings.push_back(hint("variables", warning, ""));
  check_cloud(*settings, findings);
}

void look_at_local(const Environment& environment, const std::string& program_path,
                   Findings& findings) {
  const auto settings = local_settings(environment, program_path);
  if (!settings) {
    findings.push_back(
        wrong("variables", "local: " + settings.error().what, settings.error().hint));
    return;
  }
  findings.push_back(well("variables", "local: complete and well-formed"));
  check_local(*settings, findings);
}

Result<Findings> examine(const DoctorOptions& options, const std::string& program_path) {
  TRY(const Environment cloud, role_environment(options.data, "cloud"));
  TRY(const Environment local, role_environment(options.data, "local"));
  Findings findings;
  const bool is_cloud = has_database_url(cloud);
  const bool is_local = local.find("RAILWAY_APP_URL").has_value();
  if (is_cloud) look_at_cloud(cloud, findings);
  if (is_local) look_at_local(local, program_path, findings);
  if (!is_cloud && !is_local) {
    findings.push_back(wrong(
        "variables", "neither DATABASE_URL (cloud) nor RAILWAY_APP_URL (local) is set",
        "start doctor where the role's .env lies, or with --data DIR on the folder of a demo"));
  }
  return findings;
}

bool is_wrong(const Finding& finding) { return finding.verdict == Verdict::wrong; }

using local::word;

void print_json(const Findings& findings) {
  boost::json::array checks;
  for (const Finding& finding : findings) {
    checks.push_back({{"check", finding.check},
                      {"verdict", word(finding.verdict)},
                      {"what", finding.what},
                      {"to_do", finding.to_do}});
  }
  const bool healthy = std::ranges::none_of(findings, is_wrong);
  const boost::json::object answer{{"healthy", healthy}, {"checks", std::move(checks)}};
  fmt::print("{}\n", boost::json::serialize(answer));
}

void print_text(const Findings& findings) {
  const bool colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  const auto paint = [colour](Verdict verdict) {
    if (!colour) return "";
    if (verdict == Verdict::ok) return "\033[32m";
    return verdict == Verdict::hint ? "\033[33m" : "\033[31m";
  };
  for (const Finding& finding : findings) {
    fmt::print("{}{:5}{}  {}: {}\n", paint(finding.verdict), word(finding.verdict),
               colour ? "\033[0m" : "", finding.check, finding.what);
    if (!finding.to_do.empty()) fmt::print("       -> {}\n", finding.to_do);
  }
  const auto problems = std::ranges::count_if(findings, is_wrong);
  fmt::print("{}\n", problems == 0   ? "everything is well"
                     : problems == 1 ? "1 thing is wrong"
                                     : fmt::format("{} things are wrong", problems));
}

int run_doctor(const DoctorOptions& options, const std::string& program_path) {
  const auto findings = examine(options, program_path);
  if (!findings) return report(findings.error());
  if (options.as_json) {
    print_json(*findings);
  } else {
    print_text(*findings);
  }
  return std::ranges::any_of(*findings, is_wrong) ? exit_failed : exit_ok;
}

}  // namespace

void add_doctor_command(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "doctor", "check settings, database, link, workbook, folders; say what to do");
  const auto options = std::make_shared<DoctorOptions>();
  command->add_option("--data", options->data, "the folder of a demo");
  command->add_flag("--json", options->as_json, "for scripts");
  command->footer("Exit code 1 if anything is wrong.");
  command->callback([options, &context] {
    context.action = [options, &context] { return run_doctor(*options, context.program_path); };
  });
}

}  // namespace tracker::cli
