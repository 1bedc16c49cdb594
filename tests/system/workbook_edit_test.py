"""What a human does in the workbook, with openpyxl and with LibreOffice, stands in the API."""

import workbooks
from client import wait_until
from harness import SystemTest
from office import office
from workbooks import (FIELDS, Edit, sample_row, wait_equal, wait_in_api, wait_in_workbook,
                       wait_not_in_api)


class EditedByOpenpyxl(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        self.studio.rest()

    def edit(self):
        return Edit(self.studio.workbook)

    def test_a_changed_cell_is_in_the_api(self):
        self.edit().set("SH0010", status="Approved", notes="in place").save()
        wait_in_api(self.studio, "SH0010", status="Approved", notes="in place")

    def test_a_save_by_rename_is_in_the_api(self):
        self.edit().set("SH0020", notes="by rename").save_as_excel_does()
        wait_in_api(self.studio, "SH0020", notes="by rename")

    def test_an_added_row_becomes_one_entry(self):
        self.edit().append(sample_row(51)).save()
        wait_in_api(self.studio, "SH0510", **dict(zip(FIELDS, sample_row(51))))
        wait_equal(self.studio)

    def test_a_deleted_row_leaves_the_api_and_only_that_row(self):
        before = {entry["shot"] for entry in self.studio.cloud.entries()}
        self.edit().delete("SH0040").save()
        wait_not_in_api(self.studio, "SH0040")
        wait_equal(self.studio)
        self.assertEqual({entry["shot"] for entry in self.studio.cloud.entries()},
                         before - {"SH0040"})

    def test_sorting_is_no_edit_and_later_edits_find_their_rows(self):
        before = {entry["shot"]: entry["id"] for entry in self.studio.cloud.entries()}
        head = self.studio.cloud.get("/api/production-data?limit=1")["cursor"]
        # One real edit goes with it, so that there is something to wait for.
        self.edit().sort("shot", reverse=True).set("SH0060", notes="sorted too").save()
        wait_in_api(self.studio, "SH0060", notes="sorted too")
        wait_equal(self.studio)
        self.assertEqual({entry["shot"]: entry["id"] for entry in self.studio.cloud.entries()},
                         before)
        changed = [entry["shot"] for entry in self.studio.cloud.entries()
                   if entry["version"] > int(head)]
        self.assertEqual(changed, ["SH0060"])
        self.studio.cloud.change(before["SH0080"], notes="after the sort")
        row = wait_in_workbook(self.studio, "SH0080", notes="after the sort")
        self.assertEqual(row["scene"], sample_row(8)[3])
        order = [row["shot"] for row in workbooks.read(self.studio.workbook)]
        self.assertEqual(order[0], max(order))  # the human's order stays

    def test_a_retyped_shot_is_an_edit_of_the_same_entry(self):
        entry = self.studio.cloud.entry(shot="SH0120")
        self.edit().set("SH0120", shot="SH0125").save()
        self.assertEqual(wait_in_api(self.studio, "SH0125")["id"], entry["id"])
        wait_not_in_api(self.studio, "SH0120")

    def test_a_cleared_note_becomes_null(self):
        self.edit().set("SH0150", notes=None).save()
        wait_in_api(self.studio, "SH0150", notes="")
        self.assertIsNone(self.studio.cloud.entry(shot="SH0150")["notes"])

    def test_numbers_and_dates_are_read_as_their_text(self):
        edit = self.edit().append(sample_row(52))
        number = edit.find("SH0520")
        edit.sheet.cell(number, edit.columns["week_yyyymmdd"] + 1).value = 20260119
        scene = edit.sheet.cell(number, edit.columns["scene"] + 1)
        scene.value, scene.number_format = 10, "0000"
        edit.save()
        wait_in_api(self.studio, "SH0520", week_yyyymmdd="20260119", scene="0010")

    def test_a_cell_that_cannot_travel_does_not_stop_the_others(self):
        before = self.studio.cloud.entry(shot="SH0160")
        self.edit().set("SH0160", status="s" * 40, notes="the rest flows").set(
            "SH0170", notes="and other rows").save()
        wait_in_api(self.studio, "SH0170", notes="and other rows")
        wait_in_api(self.studio, "SH0160", notes="the rest flows", status=before["status"])
        row = workbooks.row_of(self.studio.workbook, "SH0160")
        self.assertEqual(row["status"], "s" * 40)  # stays as typed
        self.studio.rest()
        self.edit().set("SH0160", status="Review").save()
        wait_in_api(self.studio, "SH0160", status="Review")
        wait_equal(self.studio)

    def test_a_half_typed_row_is_a_draft_and_is_kept(self):
        count = len(self.studio.cloud.entries())
        row = list(sample_row(53))
        row[3] = None  # no scene yet
        self.edit().append(row).set("SH0180", notes="with a draft").save()
        wait_in_api(self.studio, "SH0180", notes="with a draft")
        self.assertEqual(len(self.studio.cloud.entries()), count)
        self.studio.cloud.change(self.studio.cloud.entry(shot="SH0180")["id"], notes="written")
        wait_in_workbook(self.studio, "SH0180", notes="written")
        self.assertIsNotNone(workbooks.row_of(self.studio.workbook, "SH0530"))
        self.studio.rest()
        self.edit().set("SH0530", scene="SC060").save()
        wait_in_api(self.studio, "SH0530", scene="SC060")
        wait_equal(self.studio)


class EditedByLibreOffice(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        self.studio.rest()

    def test_a_changed_cell_is_in_the_api(self):
        with office().open(self.studio.workbook) as book:
            book.set("SH0010", status="Approved", notes="von Hand\nin zwei Zeilen").store()
        wait_in_api(self.studio, "SH0010", status="Approved", notes="von Hand\nin zwei Zeilen")
        wait_equal(self.studio)

    def test_rows_added_inserted_and_deleted_are_in_the_api(self):
        with office().open(self.studio.workbook) as book:
            book.append(sample_row(55)).insert_above("SH0100", sample_row(56))
            book.delete("SH0140").store()
        wait_in_api(self.studio, "SH0550", **dict(zip(FIELDS, sample_row(55))))
        wait_in_api(self.studio, "SH0560", **dict(zip(FIELDS, sample_row(56))))
        wait_not_in_api(self.studio, "SH0140")
        wait_equal(self.studio)

    def test_sorting_is_no_edit(self):
        before = {entry["id"]: workbooks.cells(entry) for entry in self.studio.cloud.entries()}
        with office().open(self.studio.workbook) as book:
            book.sort("shot", ascending=False).set("SH0060", notes="sorted in Calc").store()
        entry = wait_in_api(self.studio, "SH0060", notes="sorted in Calc")
        rows = wait_equal(self.studio)
        self.assertEqual(len(rows), len(before))
        after = {entry["id"]: workbooks.cells(entry) for entry in self.studio.cloud.entries()}
        self.assertEqual([number for number in before if before[number] != after[number]],
                         [entry["id"]])

    def test_web_edits_made_while_it_is_open_wait_and_both_sides_keep_everything(self):
        entry = self.studio.cloud.entry(shot="SH0030")
        with office().open(self.studio.workbook) as book:
            wait_until(lambda: self.studio.health()["workbook"]["openBy"],
                       "`open by` while LibreOffice holds the workbook")
            self.studio.cloud.change(entry["id"], notes="from the web meanwhile")
            wait_until(lambda: self.studio.cloud.status()["pendingToWorkbook"],
                       "the write to be waiting")
            book.set("SH0080", notes="typed meanwhile").store()
        wait_in_workbook(self.studio, "SH0030", notes="from the web meanwhile")
        wait_in_workbook(self.studio, "SH0080", notes="typed meanwhile")
        wait_in_api(self.studio, "SH0080", notes="typed meanwhile")
        wait_equal(self.studio)

    def test_text_with_an_equals_sign_survives_a_save_by_libreoffice(self):
        entry = self.studio.cloud.entry(shot="SH0090")
        self.studio.cloud.change(entry["id"], notes="=1+1", status="001")
        wait_in_workbook(self.studio, "SH0090", notes="=1+1")
        with office().open(self.studio.workbook) as book:
            book.set("SH0110", notes="another cell").store()
        wait_in_api(self.studio, "SH0110", notes="another cell")
        entry = self.studio.cloud.entry(shot="SH0090")
        self.assertEqual((entry["notes"], entry["status"]), ("=1+1", "001"))
        wait_equal(self.studio)
