#include "cli/workbook_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/workbook_command_edits.hpp"
#include "core/digest.hpp"
#include "disk/exchange.hpp"
#include "disk/file.hpp"
#include "workbook/document.hpp"

namespace tracker::cli {
namespace {

namespace json = boost::json;

constexpr std::uint64_t file_size_max = 512ULL << 20U;

Result<workbook::Document> open_file(const std::string& file) {
  TRY(disk::FileContent content, disk::read_file(file, file_size_max));
  auto document = workbook::Document::open(std::move(content.bytes));
  if (!document && document.error().where.empty()) document.error().where = file;
  return document;
}

/// JSON text for a terminal or a log: one line, no raw control characters.
std::string quoted(const std::string& text) { return json::serialize(json::string(text)); }

void print_rows(const std::vector<workbook::GridRow>& rows) {
  for (const workbook::GridRow& row : rows) {
    for (const workbook::GridCell& cell : row.cells) {
      fmt::print("{}{}\t{}{}\n", cell.column, row.row_number, quoted(cell.text),
                 cell.formula ? "\tformula" : "");
    }
  }
}

json::object json_of(const workbook::Document& document, const std::string& sheet,
                     const std::vector<workbook::GridRow>& rows) {
  json::array sheets;
  for (const workbook::SheetInfo& info : document.sheets()) {
    sheets.push_back(json::object{{"name", info.name}, {"hidden", info.hidden}});
  }
  json::array list;
  for (const workbook::GridRow& row : rows) {
    json::object cells;
    json::array formulas;
    for (const workbook::GridCell& cell : row.cells) {
      cells[cell.column] = cell.text;
      if (cell.formula) formulas.emplace_back(cell.column);
    }
    list.push_back(json::object{{"row", row.row_number}, {"cells", cells}, {"formulas", formulas}});
  }
  json::object out{{"sheets", std::move(sheets)}, {"rows", std::move(list)}};
  workbook::ReadOptions options;
  options.sheet = sheet;
  if (const auto image = document.image(options)) {
    out["sheet"] = image->sheet_name;
    out["header_row"] = image->header_row;
    out["entries"] = image->rows.size();
    if (image->token) {
      out["token"] = json::object{{"store", image->token->store},
                                  {"generation", image->token->generation},
                                  {"nonce", image->token->nonce}};
    }
  } else {
    out["no_entries"] = describe(image.error());
  }
  return out;
}

/// A name that nobody else uses now: two patches of one file at once have different processes.
std::string own_temp_name() { return disk::temp_name(fmt::format("patch{}", getpid())); }

Status write_in_place(const std::filesystem::path& file, std::string_view before,
                      std::string_view after) {
  if (before == after) return {};
  const std::string temp = own_temp_name();
  CHECK_OK(disk::place_temp(file, temp, after));
  TRY(const disk::ExchangeOutcome outcome,
      disk::exchange(file, temp, content_digest(before), content_digest(after)));
  if (outcome != disk::ExchangeOutcome::written) {
    return fail(ErrorCode::busy, "somebody saved the workbook meanwhile; nothing was changed",
                "try again", file.string());
  }
  std::error_code failed;
  std::filesystem::remove(file.parent_path() / temp, failed);
  return {};
}

Status patch_file(const WorkbookPatchOptions& options, bool& refused) {
  TRY(const WorkbookEdits edits, parse_edits(options));
  TRY(workbook::Document document, open_file(options.file));
  const workbook::Document before = document;
  for (const auto& [sheet, edit] : edits) {
    TRY(workbook::Patched patched, document.edit(edit));
    for (const workbook::Refusal& refusal : patched.refusals) {
      fmt::print(stderr, "refused: {}: {}\n", refusal.where, refusal.reason);
      refused = true;
    }
    document = std::move(patched.document);
  }
  if (refused) return {};
  return options.output.empty()
             ? write_in_place(std::filesystem::absolute(options.file), before.bytes(),
                              document.bytes())
             : disk::replace_file(std::filesystem::absolute(options.output), document.bytes());
}

Status show_file(const WorkbookShowOptions& options) {
  TRY(const workbook::Document document, open_file(options.file));
  TRY(const std::vector<workbook::GridRow> rows, document.grid(options.sheet));
  if (options.json) {
    fmt::print("{}\n", json::serialize(json_of(document, options.sheet, rows)));
  } else {
    print_rows(rows);
  }
  return {};
}

}  // namespace

int show_workbook(const WorkbookShowOptions& options) {
  const Status shown = show_file(options);
  return shown ? exit_ok : report(shown.error());
}

int patch_workbook(const WorkbookPatchOptions& options) {
  bool refused = false;
  const Status patched = patch_file(options, refused);
  if (!patched) {
    report(patched.error());
    return patched.error().what.ends_with("not understood") ? exit_usage : exit_failed;
  }
  return refused ? exit_failed : exit_ok;
}

void add_workbook_command(CLI::App& program, Context& context) {
  CLI::App* group = program.add_subcommand("workbook", "shows or patches any .xlsx file");
  group->require_subcommand(1);
  auto show = std::make_shared<WorkbookShowOptions>();
  CLI::App* show_command = group->add_subcommand("show", "prints every cell that holds something");
  show_command->add_option("FILE", show->file, "the workbook")->required();
  show_command->add_option("--sheet", show->sheet, "name of the sheet; default: the first visible");
  show_command->add_flag("--json", show->json, "for scripts");
  show_command->callback(
      [&context, show] { context.action = [show] { return show_workbook(*show); }; });
  auto patch = std::make_shared<WorkbookPatchOptions>();
  CLI::App* patch_command = group->add_subcommand("patch", "changes cells and rows in place");
  patch_command->add_option("FILE", patch->file, "the workbook")->required();
  patch_command->add_option("-o,--output", patch->output, "write here instead of in place");
  const auto list = [patch_command](const char* name, std::vector<std::string>& target,
                                    const char* help) {
    patch_command->add_option(name, target, help)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  list("--set", patch->cells, "Sheet!B3=text");
  list("--append", patch->appends, R"(Sheet:{"A":"text"})");
  list("--insert", patch->inserts, R"(Sheet!7 or Sheet!7:{"A":"text"}: a new row above row 7)");
  list("--delete", patch->deletes, "Sheet!7");
  patch_command->add_option("--edits", patch->edits_file,
                            "a JSON file with many edits; its form stands in docs/workbook.md");
  patch_command->callback(
      [&context, patch] { context.action = [patch] { return patch_workbook(*patch); }; });
}

}  // namespace tracker::cli
