"""kill -9 of each process in the middle of a hundred edits: nothing lost, nothing twice."""

import threading
import time

import workbooks
from client import ApiError, wait_until
from harness import SystemTest
from workbooks import FIELDS, Edit, cells, sample_row, wait_equal, wait_in_api

EDITS = 100
ROWS = 40


class WebUser(threading.Thread):
    """Makes numbered edits through the API: 4 of 5 change a note, every fifth adds an entry.

    An edit without an answer is sent again, as a browser does, with the same key."""

    def __init__(self, studio, edits=EDITS):
        super().__init__(daemon=True)
        self.studio, self.edits = studio, edits
        self.ids = {entry["shot"]: entry["id"] for entry in studio.cloud.entries()}
        self.notes = {}    # shot: the last note that was accepted
        self.created = []  # rows that were accepted
        self.done = 0
        self.problem = None

    def run(self):
        try:
            for number in range(1, self.edits + 1):
                self.one(number)
                self.done = number
        except Exception as problem:  # shown by finish()
            self.problem = problem

    def one(self, number):
        if number % 5 == 0:
            row = dict(zip(FIELDS, sample_row(200 + number)))
            self.insist("POST", "/api/production-data", row, {"Idempotency-Key": f"new-{number}"})
            self.created.append(cells(row))
            return
        shot = f"SH{10 * (1 + number % (ROWS // 2)):04}"
        note = f"web edit {number}"
        self.insist("PATCH", f"/api/production-data/{self.ids[shot]}", {"notes": note}, {})
        self.notes[shot] = note

    def insist(self, method, path, body, headers):
        def accepted():
            try:
                return self.studio.cloud.call(method, path, body, headers=headers, timeout=5)
            except ApiError as error:
                if error.status < 500:
                    raise AssertionError(f"{method} {path} {body}: {error}") from error
                raise
        wait_until(accepted, f"{method} {path} to be accepted", 40, 0.05)

    def reach(self, number):
        wait_until(lambda: self.done >= number or self.problem, f"edit {number}", 60, 0.001)
        if self.problem:
            raise self.problem

    def finish(self):
        self.reach(self.edits)


class Crash(SystemTest):
    def start(self):
        studio = self.own_studio(workbook=lambda path: workbooks.make_workbook(path, ROWS))
        self.assertEqual(len(wait_equal(studio)), ROWS)
        return studio

    def check(self, studio, user, sheet_notes, sheet_rows):
        """Both sides equal; every accepted edit there, and each exactly once."""
        user.finish()
        for shot, note in sheet_notes.items():
            wait_in_api(studio, shot, 30, notes=note)
        rows = wait_equal(studio, 30)
        by_shot = {row[4]: row for row in rows}
        self.assertEqual(len(by_shot), len(rows), "a row stands twice")
        for shot, note in {**user.notes, **sheet_notes}.items():
            self.assertEqual(by_shot[shot][7], note)
        for row in [*user.created, *sheet_rows]:
            self.assertEqual(rows.count(row), 1, row)
        self.assertEqual(len(rows), ROWS + len(user.created) + len(sheet_rows))
        self.assertEqual(studio.cloud.conflicts(), [])
        doubled = studio.psql("SELECT entry_id, after->>'notes', count(*) FROM entry_change"
                              " WHERE after->>'notes' LIKE '%edit%' AND op = 'edit'"
                              " AND before->>'notes' IS DISTINCT FROM after->>'notes'"
                              " GROUP BY 1, 2 HAVING count(*) > 1")
        self.assertEqual(doubled, [])

    def type_in_excel(self, studio, number, in_place=False):
        """One save with a changed and a new row, in the half of the rows the web leaves alone."""
        shot = f"SH{10 * (ROWS // 2 + 1 + number):04}"
        row = sample_row(400 + number)
        edit = Edit(studio.workbook).set(shot, notes=f"sheet edit {number}").append(row)
        if in_place:
            edit.save()
        else:
            edit.save_as_excel_does()
        return {shot: f"sheet edit {number}"}, cells(dict(zip(FIELDS, row)))

    def test_saves_in_excel_and_web_edits_at_the_same_time_lose_nothing(self):
        studio = self.start()
        user = WebUser(studio)
        user.start()
        sheet_notes, sheet_rows = {}, []
        for turn in range(8):
            user.reach(10 * turn + 5)
            # openpyxl loads what stands there and saves it a while later: a stale save, mostly.
            notes, row = self.type_in_excel(studio, turn, in_place=turn % 2 == 0)
            shot, note = next(iter(notes.items()))
            wait_in_api(studio, shot, 20, notes=note)
            sheet_notes.update(notes)
            sheet_rows.append(row)
        self.check(studio, user, sheet_notes, sheet_rows)

    def test_kill_9_of_local_in_the_middle_of_100_edits(self):
        studio = self.start()
        user = WebUser(studio)
        user.start()
        sheet_notes, sheet_rows = {}, []
        for turn, moment in enumerate((12, 31, 47, 66, 83)):
            user.reach(moment)
            studio.kill("local")
            # Nobody writes now, so what is saved here is a save made while local was down.
            notes, row = self.type_in_excel(studio, turn)
            sheet_notes.update(notes)
            sheet_rows.append(row)
            studio.start_role("local")
        self.check(studio, user, sheet_notes, sheet_rows)

    def test_kill_9_of_the_cloud_in_the_middle_of_100_edits(self):
        studio = self.start()
        user = WebUser(studio)
        user.start()
        sheet_notes, sheet_rows = {}, []
        for turn, moment in enumerate((20, 55, 80)):
            user.reach(moment)
            studio.kill("cloud")
            studio.start_role("cloud")
        user.finish()
        wait_equal(studio, 40)
        notes, row = self.type_in_excel(studio, 9)
        sheet_notes.update(notes)
        sheet_rows.append(row)
        self.check(studio, user, sheet_notes, sheet_rows)

    def test_kill_9_of_postgresql_in_the_middle_of_100_edits(self):
        studio = self.start()
        user = WebUser(studio)
        user.start()
        for moment in (25, 65):
            user.reach(moment)
            studio.kill("postgres")
            began = time.monotonic()
            wait_until(lambda: studio.cloud.request("GET", "/api/health")[0] == 200
                       and not self.database_is_away(studio), "the database to be back", 30)
            self.assertLess(time.monotonic() - began, 30)
        self.check(studio, user, {}, [])

    def database_is_away(self, studio):
        return studio.cloud.request("GET", "/api/db-test")[0] != 200

    def test_health_says_that_the_database_is_away_and_no_answer_shows_a_secret(self):
        studio = self.start()
        studio.kill("postgres")
        seen = []

        def away():
            status, _, body = studio.cloud.request("GET", "/api/db-test")
            if status == 503:
                seen.append(body)
            return seen or not self.database_is_away(studio)
        wait_until(away, "db-test to notice", 20, 0.005)
        wait_until(lambda: not self.database_is_away(studio), "the database to be back", 30)
        for body in seen:
            self.assertIs(body["success"], False)
            self.assertEqual(body["message"], "Database connection failed")
            self.assertNotIn(studio.run["database_url"], str(body))
        self.assertEqual(len(wait_equal(studio, 30)), ROWS)

    def test_the_parent_adopts_a_restarted_role_and_still_stops_it(self):
        studio = self.start()
        old = studio.kill("local")
        studio.start_role("local")
        self.assertNotEqual(studio.pid("local"), old)
        studio.wait_connected(30)
        self.assertEqual(studio.stop(), 0)
        self.assertEqual(studio.processes(), {})
