"""One command starts the whole loop on a sample production, and stops it again."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import urllib.request
import zipfile

import harness
import workbooks
from client import timed, wait_until
from harness import Studio, SystemTest
from office import convert_to_csv, office


class FirstStart(SystemTest):
    """Reads only: the tests share one studio with the sample production."""
    studio_options = {"sample": True}

    def test_run_json_says_all_and_is_private(self):
        run_file = self.studio.data / "run.json"
        self.assertEqual(stat.S_IMODE(run_file.stat().st_mode), 0o600)
        run = json.loads(run_file.read_text())
        for key in ("cloud_url", "local_url", "api_token", "local_api_key", "webhook_secret",
                    "workbook", "media_root", "database_url", "pids"):
            self.assertTrue(run.get(key), f"run.json lacks {key}")
        self.assertEqual(run["workbook"], str(self.studio.workbook))
        self.assertEqual(run["media_root"], str(self.studio.media))
        for role in ("cloud", "local", "postgres"):
            self.assertTrue(harness.is_running(run["pids"][role]), role)
        self.assertIn(f"ready {run['cloud_url']}", self.studio.logs().split("\n"))

    def test_the_sample_is_a_production_of_about_sixty_entries(self):
        entries = self.studio.cloud.entries()
        self.assertTrue(50 <= len(entries) <= 80, len(entries))
        for field, count in (("episode_title", 3), ("animator", 4), ("week_yyyymmdd", 6)):
            self.assertEqual(len({entry[field] for entry in entries}), count, field)

    def test_workbook_database_and_local_export_are_equal_after_the_first_start(self):
        rows = workbooks.wait_equal(self.studio)
        exported = self.studio.local.get("/api/sync/excel-data")
        self.assertEqual(exported["count"], len(rows))
        self.assertCountEqual([workbooks.cells(row) for row in exported["records"]], rows)
        self.studio.wait_for_log(f"📥 Found {len(rows)} records in local Excel file")
        self.assertNotIn("Found 0 records", self.studio.logs())

    def test_openpyxl_and_libreoffice_read_the_same_sample(self):
        by_openpyxl = [workbooks.cells(row) for row in workbooks.read(self.studio.workbook)]
        by_office = [workbooks.cells(row) for row in office().rows(self.studio.workbook)]
        self.assertEqual(by_openpyxl, by_office)

    def test_the_sample_workbook_has_what_a_producer_has(self):
        with zipfile.ZipFile(self.studio.workbook) as archive:
            names = archive.namelist()
            sheets = [archive.read(name).decode() for name in names
                      if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        self.assertTrue(any(name.startswith("xl/tables/") for name in names), "no table")
        self.assertTrue(any(name.startswith("xl/charts/") for name in names), "no chart")
        self.assertIn("<dataValidation ", "".join(sheets))
        self.assertIn("<conditionalFormatting ", "".join(sheets))
        self.assertRegex("".join(sheets[1:]), r"<f>|<f ")

    def test_the_media_root_holds_playable_files_of_every_kind(self):
        kinds = {file.suffix.lower() for file in self.studio.media.rglob("*") if file.is_file()}
        self.assertLessEqual({".mp4", ".mov", ".png", ".jpg", ".exr"}, kinds)

    def test_durations_stand_in_the_api_and_in_the_workbook(self):
        def measured():
            found = [entry for entry in self.studio.cloud.entries()
                     if (entry.get("media") or {}).get("frames")]
            return len(found) >= 10 and found
        found = wait_until(measured, "ten measured entries", 30)
        for entry in found:
            above, below = entry["media"]["fps"].split("/")
            self.assertAlmostEqual(entry["media"]["duration_seconds"],
                                   entry["media"]["frames"] * int(below) / int(above), 4)

        def in_workbook():
            with workbooks.warnings_off():
                sheet = workbooks.openpyxl.load_workbook(self.studio.workbook).worksheets[0]
            grid = [[workbooks.text_of(cell) for cell in row] for row in
                    sheet.iter_rows(values_only=True)]
            header = next(row for row in grid if workbooks.header_columns(row))
            frames, shot = header.index("Frames"), header.index("Shot")
            return [row for row in grid if row is not header and row[shot] and row[frames]]
        # Measuring goes on meanwhile: the workbook follows the API within a moment.
        wait_until(lambda: len(in_workbook()) == len(measured()), "the same rows on both sides", 30)

    def test_the_broken_file_and_the_missing_frames_are_reported(self):
        def reported():
            media = [entry["media"] for entry in self.studio.cloud.entries() if entry.get("media")]
            broken = [one for one in media if one.get("problem")]
            gapped = [one for one in media if one.get("missing_frames")]
            return broken and gapped and (broken, gapped)
        broken, gapped = wait_until(reported, "a broken file and a gapped sequence", 30)
        self.assertTrue(any(len(str(one["problem"])) > 10 for one in broken), broken)
        self.assertTrue(all(one["frames"] for one in gapped), gapped)

    def test_libreoffice_opens_the_sample_by_itself(self):
        entries, output = convert_to_csv(self.studio.workbook)
        self.assertEqual(len(entries), len(workbooks.read(self.studio.workbook)))
        self.assertNotIn("repair", output.lower())

    def test_the_page_is_served_with_its_parts(self):
        with urllib.request.urlopen(self.studio.run["cloud_url"] + "/", timeout=10) as answer:
            page = answer.read().decode()
            self.assertIn("text/html", answer.headers["Content-Type"])
        parts = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css))"', page)
        self.assertTrue(parts, page[:500])
        for part in parts:
            with urllib.request.urlopen(self.studio.run["cloud_url"] + part, timeout=10) as answer:
                self.assertEqual(answer.status, 200)


class SecondStart(SystemTest):
    def test_sigterm_stops_everything_and_the_next_start_finds_the_data_within_five_seconds(self):
        studio = self.own_studio(sample=True)
        made = studio.cloud.create(**dict(zip(workbooks.FIELDS, workbooks.sample_row(77))))
        workbooks.wait_in_workbook(studio, made["shot"])
        before = {entry["id"]: workbooks.cells(entry) for entry in studio.cloud.entries()}
        key = studio.run["api_token"]
        self.assertEqual(studio.stop(), 0)
        self.assertEqual(studio.processes(), {})
        took = studio.start()
        timed(self, "second start", took, 5.0)
        after = {entry["id"]: workbooks.cells(entry) for entry in studio.cloud.entries()}
        self.assertEqual(before, after)
        self.assertEqual(key, studio.run["api_token"])
        workbooks.wait_equal(studio)
        studio.wait_connected()
        studio.cloud.change(made["id"], notes="after the second start")
        workbooks.wait_in_workbook(studio, made["shot"], notes="after the second start")

    def test_ctrl_c_on_the_terminal_stops_everything(self):
        studio = self.own_studio()
        os.killpg(studio.demo.pid, signal.SIGINT)  # a terminal signals the whole group
        self.assertEqual(studio.demo.wait(20), 0)
        self.assertEqual(studio.processes(), {})

    def test_everything_also_recovers_when_all_processes_were_killed(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        workbooks.wait_equal(studio)
        entry = studio.cloud.entries()[0]
        studio.cloud.change(entry["id"], notes="just before the power went")
        pids = list(studio.processes())
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        studio.demo.wait()
        wait_until(lambda: not any(map(harness.process_state, pids)), "all of them to be gone")
        studio.start()
        workbooks.wait_in_workbook(studio, entry["shot"], notes="just before the power went")
        self.assertEqual(len(workbooks.wait_equal(studio)), 20)


class StartProblems(SystemTest):
    def sentence(self, *arguments, environment=None):
        done = subprocess.run([str(harness.PROGRAM), *arguments], capture_output=True, text=True,
                              timeout=30, env=dict(os.environ, **(environment or {})))
        return done.returncode, done.stdout + done.stderr

    def test_a_taken_port_is_one_clear_sentence(self):
        studio = Studio()
        self.addCleanup(studio.close)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, text = self.sentence("demo", "--data", str(studio.data), "--port", str(port),
                                       "--local-port", str(studio.local_port), "--empty")
        self.assertEqual(code, 1, text)
        self.assertIn(str(port), text)
        self.assertEqual(studio.processes(), {})

    def test_wrong_usage_exits_with_two_and_help_with_zero(self):
        self.assertEqual(self.sentence("no-such-command")[0], 2)
        code, text = self.sentence("--help")
        self.assertEqual(code, 0)
        for command in ("cloud", "local", "demo", "migrate", "doctor"):
            self.assertIn(command, text)
            self.assertEqual(self.sentence(command, "--help")[0], 0, command)
        self.assertEqual(self.sentence("--version")[0], 0)

    def test_a_malformed_variable_is_named(self):
        code, text = self.sentence("cloud", environment={"PORT": "three thousand"})
        self.assertNotEqual(code, 0)
        self.assertIn("PORT", text)
        self.assertIn("three thousand", text)

    def test_the_sample_secret_is_refused_in_production(self):
        code, text = self.sentence("cloud", environment={
            "NODE_ENV": "production", "LOCAL_SERVER_API_KEY": "ParcelStudio2025",
            "WEBHOOK_SECRET": "ParcelStudio2025",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
        self.assertNotEqual(code, 0)
        self.assertIn("LOCAL_SERVER_API_KEY", text)


if __name__ == "__main__":
    import unittest
    unittest.main()
