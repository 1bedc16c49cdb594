"""FOOTAGE_SHEET: the footage on a sheet of its own in the producer's workbook, and nothing else."""

import openpyxl
from openpyxl.styles import Font

import workbooks
from client import wait_until
from harness import SystemTest
from media_test import sequence
from office import office
from workbooks import Edit, wait_equal, wait_in_api

NAME = "Footage"


def renders(media):
    """Image sequences of the first twelve shots: 10, 11, 12 … frames."""
    for number in range(1, 13):
        sequence(media, number, 1, 9 + number)


def footage(path):
    """The sheet's rows below its mark, or None where there is no such sheet."""
    with workbooks.warnings_off():
        book = openpyxl.load_workbook(path)
    if NAME not in book.sheetnames:
        return None
    return [list(row) for row in book[NAME].iter_rows(min_row=2, values_only=True)]


def people(rows):
    """{animator: {week: frames}} of the upper table."""
    head, *lines = rows
    end = next(i for i, line in enumerate(lines) if line[0] == "Total")
    weeks = head[1:head.index("Total frames")]
    return {line[0]: dict(zip(weeks, line[1:])) for line in lines[:end]}


def episodes(rows):
    """Lines of the lower table: type, title, shots, frames, seconds, planned, target, difference."""
    begin = next(i for i, line in enumerate(rows) if line[0] == "Project Type") + 1
    return [tuple(line[:8]) for line in rows[begin:] if line[1] is not None]


def total(rows):
    line = next(line for line in rows if line[0] == "Total")
    return line[rows[0].index("Total frames")]


class FootageSheet(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook, "media": renders,
                      "environment": {"FOOTAGE_SHEET": NAME}}

    def sum_in_database(self):
        return int(self.studio.psql(
            "select coalesce(sum((s.measurement->>'frames')::bigint), 0) from production_summary p"
            " join entry_state s on s.entry_id = p.id")[0])

    def wait_for_sheet(self, check, what):
        def there():
            rows = footage(self.studio.workbook)
            return rows if rows is not None and check(rows) else None
        return wait_until(there, what, 60)

    def wait_measured(self):
        wait_until(lambda: self.sum_in_database() == sum(range(10, 22)), "all measurements", 60)
        return self.wait_for_sheet(lambda rows: total(rows) == sum(range(10, 22)), "the totals")

    def test_it_shows_what_the_page_shows_and_LibreOffice_adds_it_up_the_same(self):
        rows = self.wait_measured()
        summary = self.studio.cloud.get("/api/summary")["data"]
        told = {}
        for line in summary["weeks"]:
            told.setdefault(line["animator"], {})[line["week"]] = line["frames"]
        self.assertEqual({name: {week: frames for week, frames in weeks.items()
                                 if frames or week in told[name]}
                          for name, weeks in people(rows).items()}, told)
        self.assertEqual([line[:4] for line in episodes(rows)],
                         [(one["project_type"], one["episode_title"], one["shots"], one["frames"])
                          for one in summary["episodes"]])
        copy = office().folder / "footage.xlsx"
        copy.write_bytes(self.studio.workbook.read_bytes())
        with office().open(copy) as book:
            sheet = book.document.Sheets.getByName(NAME)
            last = len(people(rows)) + 2
            width = rows[0].index("Total frames")
            cell = sheet.getCellByPosition(width + 2, 0)
            letter = openpyxl.utils.get_column_letter(width + 1)
            cell.Formula = f"=SUM({letter}3:{letter}{last})"
            self.assertEqual(cell.Value, self.sum_in_database())

    def test_the_producers_sheets_stay_as_they_are(self):
        self.wait_measured()
        with workbooks.warnings_off():
            book = openpyxl.load_workbook(self.studio.workbook)
        self.assertEqual(book.sheetnames, ["Production", "Summary", NAME])
        self.assertEqual(len(book["Summary"]._charts), 1)
        self.assertEqual(list(book["Production"].tables), ["Entries"])
        wait_equal(self.studio)

    def test_at_rest_nothing_is_written(self):
        self.wait_measured()
        self.studio.rest()
        before = self.studio.workbook.stat()
        head = self.studio.cloud.get("/api/production-data?limit=1")["cursor"]
        for _ in range(3):
            self.studio.rest()
        after = self.studio.workbook.stat()
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
        self.assertEqual(self.studio.cloud.get("/api/production-data?limit=1")["cursor"], head)
        self.assertEqual(self.studio.cloud.conflicts(), [])

    def test_it_follows_an_edit_on_the_page_and_a_save_and_keeps_the_producers_looks(self):
        self.wait_measured()
        self.studio.rest()
        edit = Edit(self.studio.workbook).set("SH0010", animator="Renata")
        sheet = edit.book[NAME]
        sheet["A2"].font = Font(bold=True)
        sheet["A40"] = "a remark of the producer"
        edit.save_as_excel_does()
        wait_in_api(self.studio, "SH0010", animator="Renata")
        self.wait_for_sheet(lambda rows: "Renata" in people(rows), "the new name")
        entry = self.studio.cloud.entry(shot="SH0010")
        self.studio.cloud.change(entry["id"], week_yyyymmdd="20260302")
        rows = self.wait_for_sheet(
            lambda rows: people(rows).get("Renata", {}).get("2026-W10") == 10, "the new week")
        self.assertEqual(total(rows), self.sum_in_database())
        with workbooks.warnings_off():
            sheet = openpyxl.load_workbook(self.studio.workbook)[NAME]
        self.assertTrue(sheet["A2"].font.bold)
        self.assertEqual(sheet["A40"].value, "a remark of the producer")
        wait_equal(self.studio)
        self.assertEqual(self.studio.cloud.conflicts(), [])

    def test_it_shows_what_is_planned_by_the_workbook_and_on_the_page(self):
        rows = self.wait_measured()
        project, title = episodes(rows)[0][:2]
        self.assertEqual([line[5:] for line in episodes(rows)],
                         [(None, None, None)] * len(episodes(rows)))
        self.studio.cloud.call("PUT", "/api/targets", {"episodes": [
            {"project_type": project, "episode_title": title, "frames": 1000},
            {"project_type": "Film", "episode_title": "Not begun", "frames": 99}]})
        rows = self.wait_for_sheet(
            lambda rows: ("Film", "Not begun", 0, 0, 0, None, 99, -99) in episodes(rows),
            "an episode of which there is a target only")
        line = next(one for one in episodes(rows) if one[:2] == (project, title))
        self.assertEqual(line[5:], (None, 1000, line[3] - 1000))
        self.studio.rest()
        edit = Edit(self.studio.workbook)
        sheet = edit.book["Production"]
        sheet.cell(1, 11).value = "Planned frames"  # instead of "Reviewer"
        for number in range(2, 22):
            sheet.cell(number, 11).value = 30
        edit.save_as_excel_does()
        rows = self.wait_for_sheet(
            lambda rows: all(line[5] == 30 * line[2] for line in episodes(rows)
                             if line[1] != "Not begun"), "what the workbook plans")
        line = next(one for one in episodes(rows) if one[:2] == (project, title))
        self.assertEqual(line[6:], (1000, line[3] - 1000))
        wait_equal(self.studio)
        self.assertEqual(self.studio.cloud.conflicts(), [])

    def test_deleted_it_comes_again_and_it_survives_kill_9(self):
        self.wait_measured()
        self.studio.rest()
        edit = Edit(self.studio.workbook)
        del edit.book[NAME]
        edit.save_as_excel_does()
        self.wait_for_sheet(lambda rows: total(rows) == self.sum_in_database(), "the sheet again")
        with self.studio.demo_asleep():
            self.studio.kill("local")
            self.studio.start_role("local")
            self.studio.wait_connected()
            self.studio.rest()
        wait_equal(self.studio)
        self.assertEqual(self.studio.cloud.conflicts(), [])


class SomebodyElsesSheet(SystemTest):
    def test_is_never_touched_and_the_page_says_why(self):
        def workbook(path):
            workbooks.make_workbook(path, chart=False)
            book = openpyxl.load_workbook(path)
            book.create_sheet(NAME)["A1"] = "the producer's own numbers"
            book.save(path)
        studio = self.own_studio(workbook=workbook, environment={"FOOTAGE_SHEET": NAME})

        def told():
            waiting = studio.local.get("/api/sync/status")["waiting"]
            return any("it is not ours" in one["reason"] for one in waiting)
        wait_until(told, "the reason", 30)
        studio.cloud.change(studio.cloud.entry(shot="SH0010")["id"], notes="goes on")
        workbooks.wait_in_workbook(studio, "SH0010", notes="goes on")
        self.assertEqual(footage(studio.workbook), [])
        with workbooks.warnings_off():
            self.assertEqual(openpyxl.load_workbook(studio.workbook)[NAME]["A1"].value,
                             "the producer's own numbers")
        wait_equal(studio)

