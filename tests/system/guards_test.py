"""What is not believed, end to end: the sentence that people see, and that nothing is lost."""

import json
import os
import shutil
import subprocess

import workbooks
from client import Api, wait_until
from harness import PROGRAM, SystemTest, free_port
from workbooks import (FIELDS, Edit, cells, sample_row, text_of, wait_equal, wait_in_api,
                       wait_in_workbook, wait_not_in_api)


class Guards(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        wait_equal(self.studio)
        self.studio.rest()
        self.good = self.studio.workbook.read_bytes()
        self.before = self.rows()
        self.addCleanup(self.studio.workbook.write_bytes, self.good)

    def rows(self):
        return {entry["id"]: cells(entry) for entry in self.studio.cloud.entries()}

    def told(self, sentence):
        """Until the page's API says it: as a problem, as what waits, or as what is held."""
        def said():
            status = self.studio.cloud.status()
            texts = [status["problem"] or "", *(one["reason"] for one in status["waiting"]),
                     *(one["reason"] for one in self.studio.cloud.get("/api/held")["data"])]
            return any(sentence in text for text in texts)
        wait_until(said, f"the page to say: {sentence}", 20)

    def nothing_was_taken(self, shot):
        """The rows are as before; edits on the web go on, and arrive once the sheet is mended."""
        self.assertEqual(self.rows(), self.before)
        self.studio.cloud.change(self.studio.cloud.entry(shot=shot)["id"], notes=f"web {shot}")
        self.studio.workbook.write_bytes(self.good)
        wait_in_workbook(self.studio, shot, 20, notes=f"web {shot}")
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))
        for held in self.studio.cloud.get("/api/held")["data"]:
            self.studio.cloud.call("POST", f"/api/held/{held['id']}/reject", {})
        wait_until(lambda: not self.studio.cloud.status()["problem"], "no problem any more")

    def test_one_column_sorted_alone(self):
        edit = Edit(self.studio.workbook)
        numbers = edit.row_numbers()
        column = edit.columns["shot"] + 1
        shots = sorted((edit.sheet.cell(number, column).value for number in numbers), reverse=True)
        for number, shot in zip(numbers, shots):
            edit.sheet.cell(number, column).value = shot
        edit.save()
        self.told('the column "Shot" looks sorted without the other columns')
        self.nothing_was_taken("SH0010")

    def test_the_heading_of_a_key_column_is_gone(self):
        edit = Edit(self.studio.workbook)
        edit.sheet.cell(edit.header_row, edit.columns["shot"] + 1).value = "What"
        edit.save()
        self.told("lacks the columns Shot; put the headings back and save")
        self.nothing_was_taken("SH0030")

    def test_one_other_heading_is_gone_and_the_rest_goes_on(self):
        edit = Edit(self.studio.workbook)
        edit.sheet.cell(edit.header_row, edit.columns["status"] + 1).value = None
        edit.set("SH0040", notes="goes on").save()
        wait_in_api(self.studio, "SH0040", notes="goes on")
        self.told('there is no column "Status": it is left alone on both sides')
        now = self.rows()
        status = FIELDS.index("status")
        self.assertEqual([row[status] for row in now.values()],
                         [row[status] for row in self.before.values()])
        entry = self.studio.cloud.entry(shot="SH0050")
        self.studio.cloud.change(entry["id"], status="Approved", notes="both")
        wait_until(lambda: "both" in str(self.texts("SH0050")), "the note in the workbook")
        book = workbooks.openpyxl.load_workbook(self.studio.workbook)
        sheet = book.worksheets[0]
        sheet.cell(1, status + 1).value = "Status"
        book.save(self.studio.workbook)
        wait_in_workbook(self.studio, "SH0050", 20, status="Approved", notes="both")
        wait_equal(self.studio)

    def texts(self, shot):
        """The cells of one row, whatever its headings are; None while the file is written."""
        try:
            sheet = workbooks.openpyxl.load_workbook(self.studio.workbook).worksheets[0]
        except (OSError, KeyError, EOFError, workbooks.zipfile.BadZipFile):
            return None
        found = [[text_of(cell.value) for cell in row] for row in sheet.iter_rows()]
        return next((row for row in found if shot in row), None)

    def test_a_truncated_file(self):
        self.studio.workbook.write_bytes(self.good[:len(self.good) // 2])
        self.told("Excel file not available")
        self.nothing_was_taken("SH0060")

    def test_a_filtered_copy_saved_over_the_workbook(self):
        edit = Edit(self.studio.workbook)
        for shot in [row["shot"] for row in workbooks.read(self.studio.workbook)
                     if row["animator"] != "Mina"]:
            edit.delete(shot)
        edit.save()
        self.told("of 20 rows were deleted from the workbook")
        self.nothing_was_taken("SH0070")

    def test_a_filter_that_hides_rows_deletes_nothing(self):
        edit = Edit(self.studio.workbook)
        for number in edit.row_numbers()[3:]:
            edit.sheet.row_dimensions[number].hidden = True
        edit.set("SH0010", notes="under a filter").save()
        wait_in_api(self.studio, "SH0010", notes="under a filter")
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))
        self.assertEqual(self.studio.cloud.status()["problem"], None)

    def test_an_older_workbook_put_back(self):
        entry = self.studio.cloud.entry(shot="SH0080")
        self.studio.cloud.change(entry["id"], notes="after the backup")
        wait_in_workbook(self.studio, "SH0080", notes="after the backup")
        self.studio.workbook.write_bytes(self.good)
        self.studio.wait_for_log("an older version of the workbook was put back")
        self.studio.wait_for_log("--excel-replaces-database")
        wait_in_workbook(self.studio, "SH0080", notes="after the backup")
        wait_in_api(self.studio, "SH0080", notes="after the backup")
        self.assertEqual(len(wait_equal(self.studio)), len(self.before))


class SecondLocalServer(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def second(self, **more):
        """A local server of somebody else who copied workbook and keys; returns it and its API."""
        studio = self.studio
        port = free_port()
        copy = studio.root / "second.xlsx"
        shutil.copyfile(studio.workbook, copy)
        environment = {**studio.environment, "PORT": str(port), "WORKBOOK": str(copy),
                       "API_SECRET": studio.run["local_api_key"], "LOG_FORMAT": "text",
                       "RAILWAY_APP_URL": studio.run["cloud_url"],
                       "DATA_DIR": str(studio.root / "second"), **more}
        log = open(studio.log_folder / "second.log", "wb")
        with log:
            process = subprocess.Popen([str(PROGRAM), "local"], cwd=studio.root, stdout=log,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       env=environment, start_new_session=True)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)
        return process, Api(f"http://127.0.0.1:{port}",
                            {"X-API-Key": studio.run["local_api_key"]}), copy

    def test_it_is_told_who_holds_the_studio_and_changes_nothing(self):
        _, api, copy = self.second()
        store = self.studio.local.get("/api/sync/status")["store"]

        def problem():
            try:
                return api.get("/api/health")["problem"]
            except OSError:
                return None
        wait_until(problem, "the second one to say what is wrong", 20)
        self.assertIn(f"another local server ({store}) holds this studio", problem())
        self.studio.wait_for_log(f"another local server ({store}) holds this studio")
        Edit(copy).set("SH0010", notes="typed in the second copy").save()
        Edit(self.studio.workbook).set("SH0020", notes="typed in the first").save()
        wait_in_api(self.studio, "SH0020", notes="typed in the first")
        self.assertNotEqual(text_of(self.studio.cloud.entry(shot="SH0010")["notes"]),
                            "typed in the second copy")
        wait_equal(self.studio)

    def test_one_on_the_same_data_folder_does_not_start(self):
        folder = str(self.studio.data / "local")
        process, _, _ = self.second(DATA_DIR=folder)
        self.assertEqual(process.wait(20), 1)
        self.studio.wait_for_log(
            f"another local server (pid {self.studio.pid('local')}) uses this data folder")


class RestoredDatabase(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def tool(self, name, *arguments):
        folder = max(f for f in os.listdir("/usr/lib/postgresql"))
        done = subprocess.run([f"/usr/lib/postgresql/{folder}/bin/{name}", *arguments],
                              capture_output=True, text=True, timeout=120,
                              env=self.studio.environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_was_typed_since_the_backup_comes_back_from_the_studio(self):
        studio = self.studio
        url = studio.run["database_url"]
        dump = str(studio.root / "monday.dump")
        self.tool("pg_dump", "-Fc", "-f", dump, "-d", url)
        ids = {entry["shot"]: entry["id"] for entry in studio.cloud.entries()}
        studio.cloud.change(ids["SH0010"], notes="web, after the backup")
        made = studio.cloud.create(**dict(zip(FIELDS, sample_row(95))))
        studio.cloud.delete(ids["SH0030"])
        Edit(studio.workbook).set("SH0020", notes="Excel, after the backup").append(
            sample_row(96)).save()
        wait_in_api(studio, "SH0960")
        wait_in_workbook(studio, "SH0950")
        rows = wait_equal(studio)
        with studio.demo_asleep():
            studio.stop_role("cloud")
            self.tool("pg_restore", "--clean", "--if-exists", "--single-transaction", "-d", url,
                      dump)
            self.assertEqual(studio.psql("SELECT count(*) FROM production_summary"), ["20"])
            studio.start_role("cloud")
        studio.wait_for_log("a part was restored from a backup: workbook and cloud are joined anew,"
                            " nothing is deleted", 60)
        wait_in_api(studio, "SH0010", notes="web, after the backup")
        wait_in_api(studio, "SH0020", notes="Excel, after the backup")
        self.assertIsNotNone(wait_in_api(studio, made["shot"]))
        after = wait_equal(studio)
        # What was deleted since the backup is back: nothing is deleted on doubt.
        self.assertEqual(sorted(after), sorted([*rows, sample_row(3)]))
        self.assertEqual(len({row[4] for row in after}), len(after), "a row stands twice")


if __name__ == "__main__":
    import unittest
    unittest.main()
