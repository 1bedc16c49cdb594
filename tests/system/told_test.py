"""What stops the sync is told on the page, and ends with its cause."""

import sqlite3

import workbooks
from client import wait_until
from harness import SystemTest
from workbooks import Edit, wait_equal, wait_in_api, wait_in_workbook


def make_linked_workbook(path):
    """WORKBOOK is a link to a file in another folder, as on a server's share."""
    share = path.parent / "share"
    share.mkdir()
    workbooks.make_workbook(share / "list.xlsx")
    path.symlink_to("share/list.xlsx")


class LinkedWorkbook(SystemTest):
    studio_options = {"workbook": make_linked_workbook}

    def test_a_write_goes_into_the_file_behind_a_link(self):
        wait_equal(self.studio)
        entry = self.studio.cloud.entry(shot="SH0010")
        self.studio.cloud.change(entry["id"], notes="behind the link")
        wait_in_workbook(self.studio, "SH0010", notes="behind the link")
        self.assertTrue(self.studio.workbook.is_symlink())
        Edit(self.studio.workbook.resolve()).set("SH0020", notes="typed there").save()
        wait_in_api(self.studio, "SH0020", notes="typed there")


class ToldProblems(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        wait_equal(self.studio)
        self.studio.rest()

    def test_a_journal_that_can_not_be_written_is_told_until_it_can(self):
        journal = sqlite3.connect(next(self.studio.data.rglob("journal.sqlite")),
                                  isolation_level=None)
        self.addCleanup(journal.close)
        journal.execute("BEGIN IMMEDIATE")
        Edit(self.studio.workbook).set("SH0010", notes="the journal is locked").save()
        wait_until(lambda: "the journal can't be used" in (
            self.studio.cloud.status()["problem"] or ""), "the problem on the page", 20)
        journal.execute("ROLLBACK")
        wait_in_api(self.studio, "SH0010", 20, notes="the journal is locked")
        wait_until(lambda: self.studio.cloud.status()["problem"] is None, "no problem any more")

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
