"""Locked, truncated, replaced, missing, stale: on doubt nothing is deleted and nothing is lost."""

import time

import workbooks
from client import timed, wait_until
from harness import SystemTest
from office import office
from workbooks import (Edit, excel_lock, wait_equal, wait_in_api, wait_in_workbook)


class OpenWorkbook(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def test_an_excel_lock_defers_the_write_and_names_who_has_it_open(self):
        entry = self.studio.cloud.entry(shot="SH0010")
        lock = excel_lock(self.studio.workbook, "Anna")
        self.addCleanup(lock.unlink, missing_ok=True)
        wait_until(lambda: self.studio.health()["workbook"]["openBy"] == "Anna", "open by Anna")
        before = self.studio.workbook.read_bytes()
        self.studio.cloud.change(entry["id"], notes="waits for Anna")
        wait_until(lambda: (lambda now: now["pendingToWorkbook"] and
                            now["workbookOpenBy"] == "Anna")(self.studio.cloud.status()),
                   "the write to be waiting for Anna")
        self.assertEqual(self.studio.workbook.read_bytes(), before)
        lock.unlink()
        began = time.monotonic()
        wait_in_workbook(self.studio, "SH0010", notes="waits for Anna")
        # 1 s, and the reader's own time
        timed(self, "written after it was closed", time.monotonic() - began, 1.5)
        wait_until(lambda: self.studio.health()["workbook"]["openBy"] is None, "nobody any more")

    def test_a_delivery_while_it_is_open_is_queued_and_says_so(self):
        lock = excel_lock(self.studio.workbook, "Björn")
        self.addCleanup(lock.unlink, missing_ok=True)
        wait_until(lambda: self.studio.health()["workbook"]["openBy"] == "Björn", "open by")
        row = dict(zip(workbooks.FIELDS, workbooks.sample_row(71)))
        status, _, body = self.studio.local.request("POST", "/api/sync/from-railway", {
            "action": "create", "data": row, "timestamp": "2026-01-05T10:00:00Z",
            "source": "railway"})
        self.assertEqual((status, body["success"], body["queued"], body["openBy"]),
                         (202, True, True, "Björn"))
        lock.unlink()
        wait_in_workbook(self.studio, row["shot"], **row)
        wait_in_api(self.studio, row["shot"], **row)

    def test_libreoffice_with_the_workbook_open_is_named_and_honoured(self):
        entry = self.studio.cloud.entry(shot="SH0020")
        with office().open(self.studio.workbook):
            wait_until(lambda: self.studio.health()["workbook"]["openBy"], "open by somebody")
            before = self.studio.workbook.read_bytes()
            self.studio.cloud.change(entry["id"], notes="waits for Calc")
            wait_until(lambda: self.studio.cloud.status()["pendingToWorkbook"], "waiting")
            self.assertEqual(self.studio.workbook.read_bytes(), before)
        wait_in_workbook(self.studio, "SH0020", notes="waits for Calc")
        wait_equal(self.studio)


def make_workbook_with_an_array_formula(path):
    """Rows 5 and 6 can't move apart: one formula fills a cell of both."""
    workbooks.make_workbook(path)
    book = workbooks.openpyxl.load_workbook(path)
    sheet = book["Production"]
    sheet["N5"] = "=LEN(A5:A6)"
    sheet.formula_attributes["N5"] = {"t": "array", "ref": "N5:N6"}
    book.save(path)


class RowsThatStay(SystemTest):
    studio_options = {"workbook": make_workbook_with_an_array_formula}

    def test_a_row_that_can_not_be_removed_is_emptied_and_says_why(self):
        before = workbooks.openpyxl.load_workbook(self.studio.workbook)["Production"]
        shot = before["E6"].value
        self.studio.cloud.delete(self.studio.cloud.entry(shot=before["E5"].value)["id"])
        wait_until(lambda: any(
            waiting["where"] == "row 5" and "emptied" in waiting["reason"]
            and "array formula" in waiting["reason"]
            for waiting in self.studio.cloud.status()["waiting"]), "the reason on the page")
        after = workbooks.openpyxl.load_workbook(self.studio.workbook)["Production"]
        self.assertEqual([cell.value for cell in after[5][:8]], [None] * 8)
        self.assertEqual((after["E6"].value, after["K5"].value), (shot, before["K5"].value))
        self.assertEqual(after.formula_attributes["N5"]["ref"], "N5:N6")
        wait_equal(self.studio)
        self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"], notes="below it")
        wait_in_workbook(self.studio, shot, notes="below it")
        wait_equal(self.studio)


class UnreadableWorkbook(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        wait_equal(self.studio)
        self.studio.rest()
        self.good = self.studio.workbook.read_bytes()
        self.before = {entry["id"]: workbooks.cells(entry)
                       for entry in self.studio.cloud.entries()}

    def nothing_lost(self, shot, note):
        """Rows are as before, a web edit is accepted meanwhile, and all is well afterwards."""
        wait_until(lambda: self.studio.health()["workbook"]["available"] is False,
                   "the workbook to be told unavailable", 20)
        entries = {entry["id"]: workbooks.cells(entry) for entry in self.studio.cloud.entries()}
        self.assertEqual(entries, self.before)
        status, _, body = self.studio.local.request("GET", "/api/sync/excel-data")
        self.assertEqual((status, body["success"], body["error"]),
                         (503, False, "Excel file not available"))
        answer = self.studio.cloud.get("/api/production-data/with-local-sync?wait=2000")
        self.assertIs(answer["excelSync"]["success"], False)
        self.assertEqual(answer["excelSync"]["error"], "Excel file not available")
        self.assertEqual(len(answer["data"]), len(self.before))
        self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"], notes=note)
        self.studio.workbook.write_bytes(self.good)
        wait_in_workbook(self.studio, shot, 20, notes=note)
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))

    def test_a_truncated_workbook_deletes_nothing(self):
        self.studio.workbook.write_bytes(self.good[:len(self.good) * 6 // 10])
        self.nothing_lost("SH0010", "while it was cut")

    def test_garbage_in_the_workbook_deletes_nothing(self):
        self.studio.workbook.write_bytes(b"this is no workbook\n" * 500)
        self.nothing_lost("SH0020", "while it was garbage")

    def test_a_missing_workbook_deletes_nothing(self):
        self.studio.workbook.unlink()
        self.nothing_lost("SH0030", "while it was gone")

    def test_an_empty_file_deletes_nothing(self):
        self.studio.workbook.write_bytes(b"")
        self.nothing_lost("SH0040", "while it was empty")

    def test_a_workbook_without_rows_deletes_nothing(self):
        edit = Edit(self.studio.workbook)
        edit.sheet.delete_rows(2, 100)
        edit.save()
        wait_until(lambda: self.held(), "the deletion to be held")
        self.assertEqual({entry["id"]: workbooks.cells(entry)
                          for entry in self.studio.cloud.entries()}, self.before)
        self.studio.workbook.write_bytes(self.good)
        self.studio.cloud.change(self.studio.cloud.entry(shot="SH0050")["id"], notes="goes on")
        wait_in_workbook(self.studio, "SH0050", 20, notes="goes on")
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))

    def delete_twelve(self):
        edit = Edit(self.studio.workbook)
        edit.set("SH0140", notes="typed in the same save")
        for number in range(1, 13):
            edit.delete(f"SH{10 * number:04}")
        edit.save()
        wait_until(lambda: self.held(), "the deletion to be held")
        wait_in_api(self.studio, "SH0140", notes="typed in the same save")
        self.assertEqual(len(self.studio.cloud.entries()), len(self.before),
                         "nothing is deleted on doubt")
        return self.held()[0]

    def refused_files(self):
        return set(self.studio.workbook.parent.glob("* (refused *).xlsx"))

    def held(self):
        return self.studio.cloud.get("/api/held")["data"]

    def test_many_rows_deleted_at_once_are_held_until_somebody_undoes_it(self):
        held = self.delete_twelve()
        self.assertEqual(held["source"], "excel")
        self.assertIn("12 of 20 rows were deleted from the workbook", held["reason"])
        self.assertEqual({change["op"] for change in held["changes"]}, {"delete"})
        self.studio.cloud.change(self.studio.cloud.entry(shot="SH0150")["id"], notes="goes on")
        wait_in_workbook(self.studio, "SH0150", 20, notes="goes on")
        self.assertEqual(len(workbooks.read(self.studio.workbook)), len(self.before) - 12,
                         "the sheet stays as typed while it is held")
        self.studio.workbook.write_bytes(self.good)
        wait_until(lambda: not self.held(), "the held deletion to be withdrawn")
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))

    def test_a_held_deletion_is_approved(self):
        held = self.delete_twelve()
        done = self.studio.cloud.call("POST", f"/api/held/{held['id']}/approve",
                                      {"version": held["version"]})
        self.assertEqual(len(wait_equal(self.studio)), len(self.before) - 12)
        self.studio.cloud.call("POST", f"/api/changes/{done['batch']}/undo", {})
        self.assertEqual(len(wait_equal(self.studio)), len(self.before), "one undo for all of it")

    def test_a_held_deletion_is_rejected_and_the_refused_file_is_kept(self):
        held = self.delete_twelve()
        older = self.refused_files()
        self.studio.cloud.call("POST", f"/api/held/{held['id']}/reject", {})
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))
        wait_until(lambda: self.refused_files() - older, "the refused file beside the workbook")
        kept = list(self.refused_files() - older)
        self.assertEqual(len(workbooks.read(kept[0])), len(self.before) - 12)

    def test_a_held_deletion_is_decided_in_the_studio(self):
        self.delete_twelve()
        _, _, answer = self.studio.local.request("POST", "/api/sync/reject", {})
        self.assertIn("12 of 20 rows", answer["rejected"])
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))


class StaleSave(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def web_edits(self, *shots):
        for shot in shots:
            self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"],
                                     notes=f"web edit of {shot}")
        for shot in shots:
            wait_in_workbook(self.studio, shot, notes=f"web edit of {shot}")

    def test_an_old_copy_saved_over_the_workbook_loses_no_web_edit(self):
        wait_equal(self.studio)
        self.studio.rest()
        old = self.studio.root / "old-copy.xlsx"
        old.write_bytes(self.studio.workbook.read_bytes())
        self.web_edits("SH0010", "SH0020", "SH0030")
        made = self.studio.cloud.create(**dict(zip(workbooks.FIELDS, workbooks.sample_row(81))))
        wait_in_workbook(self.studio, made["shot"])
        Edit(self.studio.workbook, source=old).set("SH0050", notes="typed in the old copy").save()
        wait_in_api(self.studio, "SH0050", notes="typed in the old copy")
        for shot in ("SH0010", "SH0020", "SH0030"):
            wait_in_workbook(self.studio, shot, notes=f"web edit of {shot}")
            wait_in_api(self.studio, shot, notes=f"web edit of {shot}")
        wait_in_workbook(self.studio, made["shot"])
        self.assertEqual(len(wait_equal(self.studio)), 21)

    def test_an_older_file_put_back_unchanged_is_no_edit(self):
        rows = wait_equal(self.studio)
        self.studio.rest()
        old = self.studio.workbook.read_bytes()
        self.web_edits("SH0060", "SH0070")
        before = {entry["id"]: workbooks.cells(entry) for entry in self.studio.cloud.entries()}
        self.studio.workbook.write_bytes(old)
        wait_in_workbook(self.studio, "SH0060", notes="web edit of SH0060")
        wait_in_workbook(self.studio, "SH0070", notes="web edit of SH0070")
        self.assertEqual(len(wait_equal(self.studio)), len(rows))
        self.assertEqual({entry["id"]: workbooks.cells(entry)
                          for entry in self.studio.cloud.entries()}, before)
