"""A person's save in the very moment in which we write, and what a write must leave alone.

The local server is stopped right before it exchanges the names (tests/crash/pause_exchange.c):
that is the last moment at which it cannot know of the save any more."""

import io
import os
import re
import zipfile

import workbooks
from client import wait_until
from harness import PROGRAM, SystemTest
from office import office
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from workbooks import (FIELDS, Edit, sample_row, wait_equal, wait_in_api, wait_in_workbook)

PAUSE = PROGRAM.parent / "libpause_exchange.so"


class InOurWindow(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pause = cls.studio.root / "pause"
        cls.pause.mkdir()
        with cls.studio.demo_asleep():
            cls.studio.stop_role("local")
            cls.studio.environment |= {"LD_PRELOAD": str(PAUSE), "PAUSE_FOLDER": str(cls.pause)}
            cls.studio.start_role("local")

    def setUp(self):
        self.studio.wait_connected()
        wait_equal(self.studio)
        self.studio.rest()

    def begin_write(self, shot, note):
        """A web edit; returns when local is about to put the new file in place."""
        (self.pause / "arm").touch()
        self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"], notes=note)
        wait_until((self.pause / "stopped").exists, "local to stop before its exchange")

    def go_on(self):
        (self.pause / "go").touch()
        wait_until(lambda: not (self.pause / "stopped").exists(), "local to go on")

    def decorated(self, shot, note):
        """The workbook as a person has it open: a note, a comment, a colour and a second sheet."""
        edit = Edit(self.studio.workbook).set(shot, notes=note)
        cell = edit.sheet.cell(edit.find(shot), edit.columns["animator"] + 1)
        cell.comment = Comment("ask about the boat", "Anna")
        cell.fill = PatternFill("solid", fgColor="FF8800")
        edit.book.create_sheet("Deliveries")["B2"] = "reel 4 on Friday"
        return edit

    def check(self, shot, note, web_shot, web_note):
        wait_in_workbook(self.studio, web_shot, notes=web_note)
        wait_in_workbook(self.studio, shot, notes=note)
        wait_in_api(self.studio, shot, notes=note)
        wait_in_api(self.studio, web_shot, notes=web_note)
        self.assertEqual(len(wait_equal(self.studio)), 20)
        edit = Edit(self.studio.workbook)
        cell = edit.sheet.cell(edit.find(shot), edit.columns["animator"] + 1)
        self.assertEqual(cell.comment.text, "ask about the boat")
        self.assertEqual(cell.fill.fgColor.rgb, "00FF8800")
        self.assertEqual(edit.book["Deliveries"]["B2"].value, "reel 4 on Friday")
        self.assertEqual(self.studio.cloud.conflicts(), [])
        del edit.book["Deliveries"]
        edit.save()
        wait_equal(self.studio)

    def test_a_save_with_a_comment_a_colour_and_a_sheet_is_all_there_afterwards(self):
        edit = self.decorated("SH0010", "typed in the window")
        self.begin_write("SH0020", "written meanwhile")
        edit.save_as_excel_does()
        self.go_on()
        self.check("SH0010", "typed in the window", "SH0020", "written meanwhile")

    def test_openpyxl_saving_in_place_before_our_exchange_is_all_there_afterwards(self):
        edit = self.decorated("SH0030", "saved in place")
        self.begin_write("SH0040", "written meanwhile")
        edit.save()
        self.go_on()
        self.check("SH0030", "saved in place", "SH0040", "written meanwhile")

    def test_openpyxl_still_writing_while_the_names_are_exchanged_loses_nothing(self):
        edit = self.decorated("SH0050", "half before, half after")
        whole = io.BytesIO()
        edit.book.save(whole)
        half = len(whole.getvalue()) // 2
        self.begin_write("SH0060", "written meanwhile")
        with open(self.studio.workbook, "r+b") as same_file:  # the inode that we replace
            same_file.truncate(0)
            same_file.write(whole.getvalue()[:half])
            same_file.flush()
            self.go_on()
            same_file.write(whole.getvalue()[half:])
        self.check("SH0050", "half before, half after", "SH0060", "written meanwhile")

    def test_openpyxl_that_opened_before_and_writes_after_the_exchange_loses_nothing(self):
        edit = self.decorated("SH0070", "into the displaced file")
        whole = io.BytesIO()
        edit.book.save(whole)
        self.begin_write("SH0080", "written meanwhile")
        with open(self.studio.workbook, "r+b") as same_file:
            self.go_on()
            wait_in_workbook(self.studio, "SH0080", notes="written meanwhile")
            same_file.truncate(0)
            same_file.write(whole.getvalue())
        self.check("SH0070", "into the displaced file", "SH0080", "written meanwhile")

    def test_a_late_save_that_is_older_than_the_workbook_gives_way_and_loses_nothing(self):
        late = Edit(self.studio.workbook).set("SH0090", notes="late")
        bytes_ = io.BytesIO()
        late.book.save(bytes_)
        self.begin_write("SH0110", "written meanwhile")
        with open(self.studio.workbook, "r+b") as same_file:
            self.go_on()
            wait_in_workbook(self.studio, "SH0110", notes="written meanwhile")
            newer = self.decorated("SH0120", "newer")
            same_file.truncate(0)
            same_file.write(bytes_.getvalue())
        newer.save()
        self.check("SH0120", "newer", "SH0090", "late")

    def test_a_save_while_a_late_one_is_put_back_loses_neither_and_leaves_no_file(self):
        late = Edit(self.studio.workbook).set("SH0130", notes="late")
        bytes_ = io.BytesIO()
        late.book.save(bytes_)
        self.begin_write("SH0140", "written meanwhile")
        with open(self.studio.workbook, "r+b") as same_file:
            self.go_on()
            wait_in_workbook(self.studio, "SH0140", notes="written meanwhile")
            self.studio.rest()
            (self.pause / "arm").touch()
            same_file.truncate(0)
            same_file.write(bytes_.getvalue())
        wait_until((self.pause / "stopped").exists, "the late save to be put back")
        self.decorated("SH0150", "newer").save_as_excel_does()
        self.go_on()
        self.check("SH0150", "newer", "SH0130", "late")
        self.studio.rest()
        folder = self.studio.workbook.parent
        self.assertEqual([one.name for one in folder.glob(".animation-tracker-*")], [])


class LeftAlone(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def rows_as_bytes(self):
        """{shot: bytes of its <row>}; the shot as openpyxl reads it in that row."""
        data = self.studio.workbook.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read("xl/worksheets/sheet1.xml")
        found = {int(number): bytes_ for bytes_, number in re.findall(
            rb'(<row r="(\d+)".*?</row>)', xml, re.DOTALL)}
        return {row["shot"]: found[row["row"]] for row in workbooks.read(self.studio.workbook)}

    def test_what_waits_stays_byte_for_byte_while_other_rows_are_written(self):
        draft = list(sample_row(53))
        draft[FIELDS.index("scene")] = ""
        with office().open(self.studio.workbook) as book:
            book.set("SH0010", status="s" * 40)  # too long for the database
            book.append(draft)
            book.cell(book.find("SH0030"), "notes").Formula = '=UPPER("by Excel")'
            book.store()
        wait_in_api(self.studio, "SH0030", notes="BY EXCEL")
        wait_until(lambda: len(self.studio.cloud.status()["waiting"]) == 2,
                   "the cell and the draft to be told")
        self.studio.rest()
        before = self.rows_as_bytes()
        self.assertIn(b"<f", before["SH0030"])
        for shot, fields in (("SH0050", {"notes": "another row"}), ("SH0010", {"status": "Review"}),
                             ("SH0030", {"notes": "over the formula"})):
            self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"], **fields)
        made = self.studio.cloud.create(**dict(zip(FIELDS, sample_row(97))))
        wait_in_workbook(self.studio, "SH0050", notes="another row")
        wait_in_workbook(self.studio, made["shot"])
        wait_in_api(self.studio, "SH0030", notes="BY EXCEL")  # Excel owns it, and has taken it back
        self.studio.rest()
        after = self.rows_as_bytes()
        for shot in before:
            if shot != "SH0050":
                self.assertEqual(after[shot], before[shot], shot)
        losers = [one["losing"] for one in self.studio.cloud.conflicts()]
        self.assertEqual(losers, ["over the formula"])


if __name__ == "__main__":
    import unittest
    unittest.main()
