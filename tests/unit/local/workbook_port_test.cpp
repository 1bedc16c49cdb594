// The workbook on disk as the actor uses it: what a write leaves in the file and in S.
#include "local/workbook_port.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "sample/new_workbook.hpp"

namespace tracker::local {
namespace {

namespace fs = std::filesystem;

class WorkbookOnDisk : public testing::Test {
 protected:
  WorkbookOnDisk() {
    std::string name = testing::TempDir() + "workbook-port-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    settings_.workbook = folder_ / "list.xlsx";
    settings_.data_dir = folder_ / "data";
    fs::create_directory(settings_.data_dir);
    std::vector<sample::NewRow> rows(2);
    rows[0].cells = {"Ana", "Series", "E1", "1", "0010", "20260105", "wip", ""};
    rows[1].cells = {"Ben", "Series", "E1", "1", "0020", "20260105", "wip", ""};
    std::ofstream(settings_.workbook, std::ios::binary) << sample::create_workbook(rows).value();
  }
  ~WorkbookOnDisk() override { fs::remove_all(folder_); }

  WorkbookPort port() {
    return {settings_, journal::Journal::open(settings_.data_dir, "store").value()};
  }

  workbook::Image in_file() const {
    std::ifstream file(settings_.workbook, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return workbook::Document::open(std::move(bytes)).value().image().value();
  }

  /// Reads the workbook; what it shows is O.
  void look(WorkbookPort& port) {
    Look look = port.look({});
    seen_ = std::get<sync::WorkbookSeen>(look.event.value());
    merge::SheetState rows;
    numbers_.clear();
    for (const workbook::ImageRow& row : seen_.image->rows) {
      merge::SheetRow known;
      known.uid = known.id = static_cast<std::int64_t>(rows.size()) + 1;
      known.text = row.cells;
      known.measured = row.measured;
      rows.push_back(std::move(known));
      numbers_.push_back(row.row_number);
    }
    before_ = std::make_shared<const merge::SheetState>(std::move(rows));
    effect_ = {};
    effect_.plan.rows = *before_;
    effect_.plan.patch.token = workbook::Token{"store", 1, {}};
    effect_.expected_digest = seen_.digest;
    effect_.generation = 1;
  }

  void plan(std::size_t row, Field field, const std::string& text) {
    effect_.plan.patch.cells.push_back({numbers_[row], field, text});
    merge::SheetRow changed = effect_.plan.rows[row];
    at(changed.text, field) = text;
    effect_.plan.rows.replace(row, std::move(changed));
  }

  fs::path folder_;
  Settings settings_;
  sync::WorkbookSeen seen_;
  std::vector<std::uint32_t> numbers_;
  sync::SharedState before_;
  sync::WriteWorkbook effect_;
};

TEST_F(WorkbookOnDisk, a_text_that_no_cell_keeps_stops_no_other_and_is_written_once) {
  WorkbookPort port = this->port();
  look(port);
  plan(0, Field::status, " done ");
  plan(0, Field::notes, "a\r\nb");
  plan(1, Field::notes, "e\xCC\x81 beside it");
  plan(1, Field::animator, "Cleo");
  const sync::Event event = port.write(effect_, before_, numbers_);
  const auto* written = std::get_if<sync::WorkbookWritten>(&event);
  ASSERT_NE(written, nullptr);
  EXPECT_TRUE(written->refusals.empty()) << "both sides mean the same";
  const merge::SheetState& rows = *written->rows;
  EXPECT_EQ(at(rows[0].text, Field::status), "done");
  EXPECT_EQ(at(rows[0].text, Field::notes), "a\nb");
  EXPECT_EQ(at(rows[1].text, Field::notes), "\xC3\xA9 beside it");
  EXPECT_EQ(merge::cloud_value(rows[0], Field::status), " done ") << "else it is planned again";
  EXPECT_EQ(merge::cloud_value(rows[0], Field::notes), "a\r\nb");
  EXPECT_EQ(at(in_file().rows[1].cells, Field::animator), "Cleo") << "the others are written";
}

TEST_F(WorkbookOnDisk, a_cell_that_the_write_left_alone_has_to_read_as_before) {
  WorkbookPort port = this->port();
  look(port);
  plan(0, Field::status, "done");
  merge::SheetState other = *before_;
  merge::SheetRow changed = other[1];
  at(changed.text, Field::notes) = "what the file does not show";
  other.replace(1, changed);
  effect_.plan.rows.replace(1, std::move(changed));
  before_ = std::make_shared<const merge::SheetState>(std::move(other));
  const sync::Event event = port.write(effect_, before_, numbers_);
  const auto* dropped = std::get_if<sync::WriteDropped>(&event);
  ASSERT_NE(dropped, nullptr);
  EXPECT_NE(dropped->reason.find("notes in row 3"), std::string::npos) << dropped->reason;
}

}  // namespace
}  // namespace tracker::local
