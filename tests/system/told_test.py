"""What stops the sync is told on the page, and ends with its cause."""

import workbooks
from client import wait_until
from harness import SystemTest
from workbooks import Edit, wait_equal


class ToldProblems(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        wait_equal(self.studio)
        self.studio.rest()

    def test_of_more_drafts_than_a_report_holds_the_rest_is_counted(self):
        edit = Edit(self.studio.workbook)
        below = max(edit.row_numbers()) + 1
        for number in range(1100):
            edit.sheet.cell(below + number, edit.columns["scene"] + 1).value = "SC010"
        edit.save()
        wait_until(lambda: any(waiting["reason"].startswith("and 10")
                               for waiting in self.studio.cloud.status()["waiting"]),
                   "the rest of the drafts to be counted", 20)
        self.assertEqual(len(self.studio.cloud.status()["waiting"]), 1000)
        edit = Edit(self.studio.workbook)
        edit.sheet.delete_rows(below, 1100)
        edit.save()
        wait_until(lambda: not self.studio.cloud.status()["waiting"], "no draft any more", 20)
