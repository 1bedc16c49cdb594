"""`animation-tracker sync` as a producer or a script calls it: told before, done once, undone."""

import hashlib
import json
import os
import signal
import subprocess

import workbooks
from client import wait_until
from harness import PROGRAM, SystemTest, free_port
from workbooks import (FIELDS, Edit, cells, excel_lock, sample_row, wait_equal, wait_in_api,
                       wait_in_workbook)


class SyncCommand(SystemTest):
    def call(self, *options, environment=None, data=True):
        """Exit code, stdout and stderr of one call."""
        folder = ["--data", str(self.studio.data)] if data else []
        done = subprocess.run([str(PROGRAM), "sync", *folder, *options], capture_output=True,
                              text=True, timeout=120, stdin=subprocess.DEVNULL,
                              cwd=self.studio.root,
                              env={**self.studio.environment, **(environment or {})})
        return done.returncode, done.stdout, done.stderr

    def database(self):
        """All that a dry run must leave alone, but for the sign of life of the local server."""
        tables = [table for table in self.studio.psql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND"
            " table_type = 'BASE TABLE' ORDER BY 1") if table not in ("session", "api_token")]
        lease = self.studio.psql("SELECT store_id, epoch FROM link_lease")
        return lease + [table + " " + self.studio.psql(
            f"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
            f" FROM {table} t")[0] for table in tables if table != "link_lease"]

    def files(self):
        """Every file of workbook and journal, by content."""
        folders = [self.studio.data / "local"]
        paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        paths += [path for path in self.studio.data.iterdir() if path.suffix == ".xlsx"]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
                if path.name != "local.lock"}

    def edit_both_sides(self):
        """Local is stopped; the same cell, another cell, a new row and a deleted one."""
        ids = {entry["shot"]: entry["id"] for entry in self.studio.cloud.entries()}
        self.studio.stop_role("local")
        self.studio.cloud.change(ids["SH0010"], notes="web's word")
        self.studio.cloud.change(ids["SH0020"], notes="only the web")
        Edit(self.studio.workbook).set("SH0010", notes="Excel's word").set(
            "SH0030", status="Review").append(sample_row(91)).delete("SH0040").save()
        return ids


class WhereLocalRuns(SyncCommand):
    studio_options = {"workbook": workbooks.make_workbook}

    def test_it_asks_the_local_server_and_says_that_all_is_equal(self):
        self.assertEqual(self.call(), (0, "workbook and database are equal\n", ""))
        code, out, _ = self.call("--json")
        self.assertEqual((code, json.loads(out)["rows"]), (0, 20))
        self.assertEqual(self.call("--dry-run"), (0, "nothing would be changed\n", ""))

    def test_what_waits_for_a_person_is_told_with_the_cells(self):
        entry = self.studio.cloud.entry(shot="SH0050")
        lock = excel_lock(self.studio.workbook, "Anna")
        self.addCleanup(lock.unlink, missing_ok=True)
        wait_until(lambda: self.studio.health()["workbook"]["openBy"] == "Anna", "open by Anna")
        before = self.studio.workbook.read_bytes()
        self.studio.cloud.change(entry["id"], notes="waits")
        wait_until(lambda: self.studio.cloud.status()["pendingToWorkbook"], "the write to wait")
        code, out, _ = self.call("--dry-run")
        self.assertEqual(code, 0)
        self.assertIn(f"SH0050 (entry {entry['id']})  notes: \"note 5\" → \"waits\"", out)
        self.assertIn("the workbook is open by Anna: it is written once it is closed", out)
        code, out, problem = self.call()
        self.assertEqual(code, 1)
        self.assertIn("1 change waits for the workbook, which is open by Anna", problem)
        self.assertEqual(self.studio.workbook.read_bytes(), before)
        lock.unlink()
        wait_in_workbook(self.studio, "SH0050", notes="waits")

    def test_what_the_workbook_holds_back_is_decided(self):
        self.assertEqual(self.call("--approve"), (0, "nothing is held\n", ""))
        edit = Edit(self.studio.workbook)
        for number in range(1, 13):
            edit.delete(f"SH{10 * number:04}")
        edit.save()
        wait_until(lambda: self.studio.cloud.get("/api/held")["data"], "the deletion to be held")
        code, out, _ = self.call("--reject")
        self.assertEqual(code, 0)
        self.assertIn("rejected: 12 of 20 rows were deleted from the workbook", out)
        self.assertEqual(len(wait_equal(self.studio)), 20)
        self.assertEqual(self.call("--approve", "--reject")[0], 2)

    def test_another_key_is_refused_with_what_to_do(self):
        environment = {"API_SECRET": "x" * 20, "PORT": str(self.studio.local_port),
                       "RAILWAY_APP_URL": self.studio.run["cloud_url"],
                       "DATA_DIR": str(self.studio.root / "nowhere")}
        code, _, problem = self.call(environment=environment, data=False)
        self.assertEqual(code, 1)
        self.assertIn("must be the same text", problem)

    def test_a_local_server_that_hangs_keeps_its_folder(self):
        pid = self.studio.pid("local")
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        code, _, problem = self.call()
        self.assertEqual(code, 1)
        self.assertIn(f"another local server (pid {pid}) uses this data folder", problem)


class WhereNoLocalRuns(SyncCommand):
    def setUp(self):
        self.own_studio(workbook=workbooks.make_workbook)
        wait_equal(self.studio)
        asleep = self.studio.demo_asleep()
        asleep.__enter__()
        self.addCleanup(asleep.__exit__, None, None, None)

    def elsewhere(self, cloud_url):
        """The settings of a local server that has never met this workbook."""
        return {"API_SECRET": self.studio.run["local_api_key"], "PORT": str(free_port()),
                "RAILWAY_APP_URL": cloud_url, "WORKBOOK": str(self.studio.workbook),
                "DATA_DIR": str(self.studio.root / "fresh")}

    def test_it_tells_the_cells_before_and_does_the_work_itself_once(self):
        ids = self.edit_both_sides()
        before = self.database(), self.files()
        code, out, problem = self.call("--dry-run")
        self.assertEqual((code, problem), (0, ""))
        for line in (
                "in the database: 1 cell changed, 1 row added, 1 row deleted",
                f"SH0030 (entry {ids['SH0030']})  status: \"Approved\" → \"Review\"",
                "  + EP02 Harbour · SC100 · SH0910",
                f"  - EP02 Harbour · SC010 · SH0040 (entry {ids['SH0040']})",
                "in the workbook: 1 cell changed, 0 rows added, 0 rows deleted",
                f"SH0020 (entry {ids['SH0020']})  notes: \"\" → \"only the web\"",
                "1 conflict: the workbook's value is taken",
                "notes: workbook \"Excel's word\", database \"web's word\"",
                "nothing was changed: this was a dry run"):
            self.assertIn(line, out)
        code, out, _ = self.call("--dry-run", "--json")
        self.assertEqual(json.loads(out)["conflicts"], [
            {"id": ids["SH0010"], "row": "EP02 Harbour · SC010 · SH0010", "column": "notes",
             "database": "web's word", "workbook": "Excel's word"}])

        # The same by somebody who has no base: nothing is deleted.
        code, out, _ = self.call("--dry-run", data=False,
                                 environment=self.elsewhere(self.studio.run["cloud_url"]))
        self.assertEqual(code, 0)
        self.assertIn("1 row added, 0 rows deleted\n", out)
        self.assertIn(f"+ EP02 Harbour · SC010 · SH0040 (entry {ids['SH0040']})", out)
        self.assertIn("workbook \"Excel's word\", database \"web's word\"", out)
        self.assertFalse((self.studio.root / "fresh").exists())
        self.assertEqual((self.database(), self.files()), before)

        # Nobody is there to ask.
        nobody = f"127.0.0.1:{free_port()}"
        for options in ((), ("--dry-run",)):
            code, out, problem = self.call(*options, data=False,
                                           environment=self.elsewhere("http://" + nobody))
            self.assertEqual((code, out), (1, ""))
            self.assertIn(nobody, problem)
            self.assertIn("animation-tracker: ", problem)

        self.assertEqual(self.call(), (0, "workbook and database are equal\n", ""))
        self.assertEqual(workbooks.difference(self.studio), ([], []))
        self.assertEqual([one["losing"] for one in self.studio.cloud.conflicts()], ["web's word"])
        written = self.studio.workbook.read_bytes()
        self.assertEqual(self.call()[0], 0)
        self.assertEqual(self.studio.workbook.read_bytes(), written)
        self.studio.start_role("local")
        self.studio.wait_connected()
        wait_in_api(self.studio, "SH0010", notes="Excel's word")
        wait_equal(self.studio)

    def test_replacing_the_database_is_asked_for_done_and_undone_as_a_whole(self):
        self.studio.rest()
        old = self.studio.workbook.read_bytes()
        self.edit_both_sides()
        made = self.studio.cloud.create(**dict(zip(FIELDS, sample_row(92))))
        before = {entry["id"]: cells(entry) for entry in self.studio.cloud.entries()}
        sheet = sorted(cells(row) for row in workbooks.read(self.studio.workbook))

        code, out, problem = self.call("--excel-replaces-database")
        self.assertEqual(code, 2)
        self.assertIn("SH0920", out)
        self.assertIn("with --yes", problem)
        self.assertEqual({entry["id"]: cells(entry) for entry in self.studio.cloud.entries()},
                         before)

        code, out, problem = self.call("--excel-replaces-database", "--yes", "--json")
        self.assertEqual((code, problem), (0, ""))
        self.assertEqual(sorted(map(cells, self.studio.cloud.entries())), sheet)
        self.assertEqual(sorted(cells(row) for row in workbooks.read(self.studio.workbook)), sheet)
        self.assertIsNone(self.studio.cloud.entry(shot=made["shot"]))
        logged = self.studio.psql("SELECT count(*) FROM sync_log WHERE data_snapshot::text LIKE"
                                  " '%Excel replaces the database%'")
        self.assertNotEqual(logged, ["0"])

        batch = json.loads(out)["batch"]
        undone = self.studio.cloud.call("POST", f"/api/changes/{batch}/undo")
        self.assertEqual(undone["skipped"], [])
        self.assertEqual({entry["id"]: cells(entry) for entry in self.studio.cloud.entries()},
                         before)

        # An older workbook is made the truth the same way.
        self.studio.workbook.write_bytes(old)
        code, _, problem = self.call("--excel-replaces-database", "--yes")
        self.assertEqual((code, problem), (0, ""))
        self.assertEqual(sorted(map(cells, self.studio.cloud.entries())),
                         sorted(sample_row(number) for number in range(1, 21)))
        self.studio.start_role("local")
        self.studio.wait_connected()
        self.assertEqual(len(wait_equal(self.studio)), 20)


if __name__ == "__main__":
    import unittest
    unittest.main()
