// animation-tracker-roles: every command. People and scripts call it by `animation-tracker`.
#include "cli/program.hpp"

int main(int argc, char** argv) {
  using namespace tracker::cli;
  return run_program(
      argc, argv,
      {add_cloud_command, add_local_command, add_demo_command, add_migrate_command,
       add_sync_command, add_doctor_command, add_workbook_command, add_analyze_command});
}
