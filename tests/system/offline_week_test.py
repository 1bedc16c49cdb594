"""A week without the local server: 500 edits on each side, many of them of the same cells."""

import random
import time

import workbooks
from client import timed
from harness import SystemTest
from workbooks import FIELDS, Edit, sample_row, text_of, wait_equal

ROWS = 400
EDITS = 500
EQUAL_AIM = 10.0  # seconds from the start of local until both sides are equal
TYPED = ("animator", "status", "notes")


class OfflineWeek(SystemTest):
    studio_options = {"workbook": lambda path: workbooks.make_workbook(path, ROWS)}

    def edits(self, side, seed):
        """{(shot, field): text}: EDITS cells, half of them out of the same 500 for both sides."""
        shots = [sample_row(number)[FIELDS.index("shot")] for number in range(1, ROWS + 1)]
        all_cells = [(shot, field) for shot in shots for field in TYPED]
        random.Random(1).shuffle(all_cells)
        common, rest = all_cells[:EDITS], all_cells[EDITS:]
        choice = random.Random(seed)
        chosen = choice.sample(common, EDITS // 2) + choice.sample(rest, EDITS // 2)
        return {cell: f"{side} {number}" for number, cell in enumerate(chosen)}

    def edit_workbook(self, edits):
        edit = Edit(self.studio.workbook)
        row_of = {text_of(edit.sheet.cell(number, edit.columns["shot"] + 1).value): number
                  for number in edit.row_numbers()}
        for (shot, field), text in edits.items():
            edit.sheet.cell(row_of[shot], edit.columns[field] + 1).value = text
        edit.save()

    def cells_of_api(self):
        return {(entry["shot"], field): text_of(entry[field])
                for entry in self.studio.cloud.entries() for field in FIELDS}

    def cells_of_workbook(self):
        return {(row["shot"], field): row[field]
                for row in workbooks.read(self.studio.workbook) for field in FIELDS}

    def logged(self, losers):
        """How many of these cells stand in sync_log with the losing and the winning value."""
        lines = self.studio.psql(
            "SELECT p.shot || '|' || (data_snapshot->>'field') || '|' || (data_snapshot->>'losing')"
            " || '|' || (data_snapshot->>'winning') FROM sync_log l JOIN production_summary p"
            " ON p.id = l.railway_record_id WHERE sync_type = 'conflict'")
        expected = {f"{shot}|{field}|{web}|{sheet}" for (shot, field), (web, sheet) in losers.items()}
        self.assertEqual(len(lines), len(set(lines)), "a loser is logged twice")
        return expected, set(lines)

    def test_a_week_offline_loses_nothing_and_every_loser_can_be_put_back(self):
        studio = self.studio
        ids = {entry["shot"]: entry["id"] for entry in studio.cloud.entries()}
        before = self.cells_of_api()
        web, sheet = self.edits("web", 2), self.edits("sheet", 3)
        with studio.demo_asleep():
            studio.stop_role("local")
            for (shot, field), text in web.items():
                studio.cloud.change(ids[shot], **{field: text})
            self.edit_workbook(sheet)
            began = time.monotonic()
            studio.start_role("local")
            wait_equal(studio)
            timed(self, f"equal after {EDITS} + {EDITS} edits offline", time.monotonic() - began,
                  EQUAL_AIM)
        self.assertEqual(self.cells_of_api(), {**before, **web, **sheet})

        losers = {cell: (web[cell], sheet[cell]) for cell in web.keys() & sheet.keys()}
        self.assertGreater(len(losers), 80)
        expected, logged = self.logged(losers)
        self.assertEqual(logged, expected)
        conflicts = studio.cloud.get("/api/conflicts?limit=1000")["data"]
        self.assertEqual(sorted(one["losing"] for one in conflicts),
                         sorted(text for text, _ in losers.values()))
        for one in conflicts:
            studio.cloud.call("POST", f"/api/conflicts/{one['id']}/restore")
        wait_equal(studio)
        wanted = {**before, **sheet, **web}
        self.assertEqual(self.cells_of_api(), wanted)
        self.assertEqual(self.cells_of_workbook(), wanted)
        print(f"  {len(losers)} losers were put back, each in database and workbook", flush=True)
        self.assertTrue(all(one["restored"] for one in
                            studio.cloud.get("/api/conflicts?limit=1000")["data"]))


if __name__ == "__main__":
    import unittest
    unittest.main()
