"""After a hundred edits the workbook is still the producer's workbook."""

import re
import shutil
import zipfile

import workbooks
from harness import SystemTest
from office import convert_to_csv, office
from workbooks import FIELDS, members, part, sample_row, wait_equal, wait_in_workbook

# Parts that cell edits and the token may touch; everything else stays byte for byte.
TOUCHED_BY_CELLS = {"xl/workbook.xml", "xl/sharedStrings.xml", "docProps/custom.xml",
                    "xl/calcChain.xml"}
# Where the token's property part is new, these name it.
TOUCHED_BY_THE_FIRST_TOKEN = {"[Content_Types].xml", "_rels/.rels"}


def kept(before, after, allowed):
    """Names of members that changed or vanished although they may not."""
    return [name for name, data in before.items()
            if after.get(name) != data and name not in allowed]


class Fidelity(SystemTest):
    def sheet_part(self, path):
        """The part of the sheet that holds the entries: the first sheet."""
        with zipfile.ZipFile(path) as archive:
            book = archive.read("xl/workbook.xml").decode()
            relations = archive.read("xl/_rels/workbook.xml.rels").decode()
        number = re.search(r'<sheet [^>]*r:id="([^"]+)"', book).group(1)
        target = next(re.search(r'Target="([^"]+)"', one).group(1) for one in
                      re.findall(r"<Relationship [^>]*>", relations) if f'Id="{number}"' in one)
        return target.lstrip("/") if target.startswith("/") else "xl/" + target

    def edit_cells(self, studio, count):
        ids = [entry["id"] for entry in studio.cloud.entries()][:20]
        for number in range(count):
            studio.cloud.change(ids[number % len(ids)], notes=f"edit {number}",
                                status=workbooks.STATUSES[number % 4])
        wait_equal(studio)  # the API has the last edit already: equal means it is in the workbook

    def check_features(self, path, chart_count):
        with zipfile.ZipFile(path) as archive:
            self.assertIsNone(archive.testzip())
            names = archive.namelist()
            self.assertEqual(len(names), len(set(names)))
        sheet = part(path, self.sheet_part(path))
        self.assertIn("<conditionalFormatting", sheet)
        self.assertIn("<dataValidation ", sheet)
        self.assertIn("<tableParts", sheet)
        with workbooks.warnings_off():
            book = workbooks.openpyxl.load_workbook(path)
        formulas = [cell.value for page in book.worksheets[1:] for row in page.iter_rows()
                    for cell in row if isinstance(cell.value, str) and cell.value.startswith("=")]
        self.assertTrue(formulas)
        self.assertEqual(sum(len(page._charts) for page in book.worksheets), chart_count)
        entries, output = convert_to_csv(path)
        self.assertNotIn("repair", output.lower())
        self.assertEqual([workbooks.cells(row) for row in entries],
                         [workbooks.cells(row) for row in workbooks.read(path)])

    def test_a_hundred_cell_edits_leave_all_other_members_byte_identical(self):
        made = {}

        def make(path):
            workbooks.make_workbook(path)
            made["bytes"] = path.read_bytes()
        studio = self.own_studio(workbook=make)
        wait_equal(studio)
        self.edit_cells(studio, 100)
        before, after = members(made["bytes"]), members(studio.workbook.read_bytes())
        allowed = TOUCHED_BY_CELLS | TOUCHED_BY_THE_FIRST_TOKEN
        self.assertEqual(kept(before, after, allowed | {self.sheet_part(studio.workbook)}), [])
        self.assertLessEqual(set(after) - set(before), {"docProps/custom.xml"})
        self.check_features(studio.workbook, 1)

    def test_the_sample_workbook_survives_a_hundred_edits(self):
        studio = self.own_studio(sample=True)
        wait_equal(studio)
        before = members(studio.workbook.read_bytes())
        charts = sum(name.startswith("xl/charts/chart") for name in before)
        self.assertGreaterEqual(charts, 1)
        self.edit_cells(studio, 100)
        after = members(studio.workbook.read_bytes())
        allowed = TOUCHED_BY_CELLS | {self.sheet_part(studio.workbook)}
        self.assertEqual(kept(before, after, allowed), [])
        self.assertEqual(set(after), set(before))
        self.check_features(studio.workbook, charts)

    def test_appended_and_deleted_rows_keep_table_formats_and_drop_down_in_step(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        wait_equal(studio)
        for number in range(31, 36):
            studio.cloud.create(**dict(zip(FIELDS, sample_row(number))))
        for shot in ("SH0050", "SH0120"):
            studio.cloud.delete(studio.cloud.entry(shot=shot)["id"])
        rows = wait_equal(studio)
        self.assertEqual(len(rows), 23)
        last = max(row["row"] for row in workbooks.read(studio.workbook))
        with workbooks.warnings_off():
            sheet = workbooks.openpyxl.load_workbook(studio.workbook).worksheets[0]
        table = next(iter(sheet.tables.values()))
        self.assertEqual(table.ref, f"A1:K{last}")
        self.assertEqual([str(one.sqref) for one in sheet.data_validations.dataValidation],
                         [f"G2:G{last}"])
        self.assertEqual([str(one.sqref) for one in sheet.conditional_formatting],
                         [f"G2:G{last}"])
        styles = [sheet.cell(last, column).style_id for column in range(1, 9)]
        self.assertEqual(styles, [sheet.cell(last - 1, column).style_id for column in range(1, 9)])
        self.check_features(studio.workbook, 1)
        recalculated = [[cell for cell in row] for row in
                        self.summary(studio.workbook)]
        counts = {animator: sum(row[0] == animator for row in rows)
                  for animator in workbooks.ANIMATORS}
        self.assertEqual({row[0]: int(row[1]) for row in recalculated}, counts)

    def summary(self, path):
        """Name and count of the summary sheet, as LibreOffice calculates them anew."""
        copy = office().folder / "summary.xlsx"
        shutil.copyfile(path, copy)
        with office().open(copy) as book:
            book.document.calculateAll()
            sheet = book.document.Sheets.getByIndex(1)
            return [[sheet.getCellByPosition(column, row).String for column in (0, 1)]
                    for row in range(1, 5)]

    def test_nothing_is_written_when_nothing_changed(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        wait_equal(studio)
        self.edit_cells(studio, 3)
        studio.rest()
        before = studio.workbook.stat()
        cursor = studio.cloud.get("/api/production-data?limit=1")["cursor"]
        logged = studio.psql("SELECT count(*) FROM sync_log")
        for _ in range(3):
            answer = studio.cloud.get("/api/production-data/with-local-sync")
            self.assertIs(answer["excelSync"]["success"], True)
        studio.rest()
        after = studio.workbook.stat()
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
        self.assertEqual(studio.cloud.get("/api/production-data?limit=1")["cursor"], cursor)
        self.assertEqual(studio.psql("SELECT count(*) FROM sync_log"), logged)
