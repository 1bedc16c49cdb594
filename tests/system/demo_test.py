"""The demo as a person meets it: one command for all, clear sentences when it cannot."""

import json
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import unittest

import harness
import workbooks
from client import wait_until
from harness import Studio, SystemTest, is_running, tail


def run_program(*arguments, environment=None, cwd=None, user=None):
    """(exit code, stdout, stderr) of one call that ends by itself."""
    variables = {key: value for key, value in os.environ.items()
                 if key not in harness.PROGRAM_VARIABLES and not key.startswith("PG")}
    done = subprocess.run([str(harness.PROGRAM), *arguments], capture_output=True, text=True,
                          timeout=60, env=dict(variables, **(environment or {})), cwd=cwd, user=user)
    return done.returncode, done.stdout, done.stderr


class WhileItRuns(SystemTest):
    """Reads only: the tests share one studio."""
    studio_options = {"workbook": workbooks.make_workbook}

    def test_a_second_demo_on_the_folder_is_refused_and_names_the_first(self):
        code, _, text = run_program("demo", "--data", str(self.studio.data), "--port", "0",
                                    "--local-port", "0")
        self.assertEqual(code, 1)
        self.assertIn(str(self.studio.demo.pid), text)
        self.assertEqual(len(text.strip().split("\n")), 1, text)
        self.assertEqual(self.studio.cloud.request("GET", "/api/health")[0], 200)

    def test_a_second_local_on_the_folder_is_refused_and_names_the_first(self):
        code, _, text = run_program("local", "--data", str(self.studio.data))
        self.assertEqual(code, 1)
        self.assertIn(str(self.studio.pid("local")), text)
        self.assertTrue(is_running(self.studio.pid("local")))

    def test_nothing_in_the_folder_can_be_read_by_others(self):
        root = os.geteuid() == 0
        self.assertEqual(stat.S_IMODE(self.studio.data.stat().st_mode), 0o711 if root else 0o700)
        for name in ("run.json", "secrets.env", "cloud.env", "local.env"):
            self.assertEqual(stat.S_IMODE((self.studio.data / name).stat().st_mode), 0o600, name)
        self.assertEqual(stat.S_IMODE((self.studio.data / "pg").stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE((self.studio.data / "local").stat().st_mode), 0o700)

    def test_no_secret_stands_on_a_command_line_or_in_a_log(self):
        secrets = [self.studio.run[key] for key in ("api_token", "local_api_key", "webhook_secret")]
        seen = self.studio.logs() + " ".join(self.studio.processes().values())
        for secret in secrets:
            self.assertNotIn(secret, seen)

    def test_doctor_finds_everything_well(self):
        code, text, errors = run_program("doctor", "--data", str(self.studio.data))
        self.assertEqual(code, 0, text + errors)
        for check in ("variables", "database", "schema", "cloud", "keys", "clock", "workbook",
                      "folder of the journal", "media program", "free disk", "inotify"):
            self.assertRegex(text, rf"(?m)^ok +{check}: ")
        code, text, _ = run_program("doctor", "--json", "--data", str(self.studio.data))
        answer = json.loads(text)
        self.assertIs(answer["healthy"], True)
        self.assertGreaterEqual(len(answer["checks"]), 10)

    def test_doctor_names_what_is_wrong_and_what_to_do(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="at-doctor-"))
        self.addCleanup(shutil.rmtree, folder)
        environment = {
            "RAILWAY_APP_URL": self.studio.run["cloud_url"], "API_SECRET": "another-secret-than-its",
            "WORKBOOK": str(folder / "nowhere.xlsx"), "MEDIA_ROOT": str(folder / "unmounted"),
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "LOCAL_SERVER_API_KEY": "another-secret-than-its", "DATA_DIR": str(folder / "state")}
        code, text, _ = run_program("doctor", environment=environment, cwd=folder)
        self.assertEqual(code, 1)
        for check in ("database", "keys", "workbook", "folder of the media"):
            self.assertRegex(text, rf"(?m)^wrong +{check}: .*\n +-> \S")
        environment = {"RAILWAY_APP_URL": "http://127.0.0.1:1", "API_SECRET": "x" * 16}
        code, text, _ = run_program("doctor", environment=environment, cwd=folder)
        self.assertEqual(code, 1)
        self.assertRegex(text, r"(?m)^wrong +cloud: ")
        code, text, _ = run_program("doctor", cwd=folder)
        self.assertEqual(code, 1)
        self.assertIn("RAILWAY_APP_URL", text)

    def test_sync_asks_the_local_server_that_runs(self):
        code, text, errors = run_program("sync", "--data", str(self.studio.data))
        self.assertEqual(code, 0, text + errors)

    def test_migrate_a_second_time_changes_nothing(self):
        before = self.studio.psql("SELECT count(*) FROM entry_change")
        code, _, errors = run_program("migrate", "--data", str(self.studio.data))
        self.assertEqual(code, 0, errors)
        self.assertEqual(self.studio.psql("SELECT count(*) FROM entry_change"), before)


class Supervision(SystemTest):
    def test_a_killed_role_is_left_alone_for_ten_seconds_and_then_started_again(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        killed_at = time.monotonic()
        old = studio.kill("local")

        def again():
            new = studio.pid("local")
            return new != old and is_running(new)
        wait_until(again, "the parent to start local again", 20, 0.05)
        self.assertGreaterEqual(time.monotonic() - killed_at, 9.5)
        studio.wait_connected(30)
        self.assertIn("local was started again", studio.logs())

    def test_a_demo_that_was_killed_takes_its_processes_with_it(self):
        studio = self.own_studio()
        os.kill(studio.demo.pid, signal.SIGKILL)
        studio.demo.wait()
        wait_until(lambda: not studio.processes(), "all processes to stop", 20, 0.05)
        studio.start()
        studio.wait_connected()


class Refusals(SystemTest):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="at-refusal-"))
        self.folder.chmod(0o711)
        self.addCleanup(shutil.rmtree, self.folder)

    def refused(self, *more, folder=None):
        code, _, text = run_program("demo", "--data", str(folder or self.folder / "data"), "--port",
                                    "0", "--local-port", "0", "--empty", *more)
        self.assertEqual(code, 1, text)
        self.assertEqual(len(text.strip().split("\n")), 1, text)
        return text

    def test_one_port_for_both_roles(self):
        text = self.refused("--port", "4567", "--local-port", "4567")
        self.assertIn("4567", text)

    def test_a_workbook_that_is_not_there(self):
        self.assertIn("nowhere.xlsx", self.refused("--workbook", str(self.folder / "nowhere.xlsx")))

    def test_a_folder_that_is_a_file(self):
        (self.folder / "data").write_text("")
        self.assertIn(str(self.folder / "data"), self.refused())

    def test_a_folder_that_the_postgres_user_cannot_enter(self):
        if os.geteuid() != 0:
            return  # as an ordinary user PostgreSQL runs as that user
        self.folder.chmod(0o700)
        text = self.refused()
        self.assertIn("postgres", text)
        self.assertIn(f"chmod o+x '{self.folder}'", text)

    def test_a_disk_without_space(self):
        small = self.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)],
                                 capture_output=True)
        if mounted.returncode:
            return  # only root may mount
        self.addCleanup(subprocess.run, ["umount", str(small)])
        self.assertIn("MB are free", self.refused(folder=small / "data"))


class OrdinaryUser(unittest.TestCase):
    def test_it_also_works_for_an_ordinary_user(self):
        if os.geteuid() != 0:
            return  # then all the other tests have shown it
        user = pwd.getpwnam("nobody")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="at-nobody-"))
        self.addCleanup(shutil.rmtree, folder, True)
        programs = folder / "bin"
        programs.mkdir()
        for name in ("animation-tracker", "animation-tracker-media"):
            shutil.copy(harness.PROGRAM.parent / name, programs / name)
        for path in (folder, programs):
            os.chown(path, user.pw_uid, user.pw_gid)
        log = folder / "log"
        with open(log, "wb") as output:
            demo = subprocess.Popen(
                [str(programs / "animation-tracker"), "demo", "--data", str(folder / "data"),
                 "--port", "0", "--local-port", "0", "--empty"],
                cwd=folder, stdout=output, stderr=subprocess.STDOUT, user="nobody",
                group=user.pw_gid, extra_groups=[], env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
        self.addCleanup(demo.wait)
        self.addCleanup(demo.kill)
        try:
            wait_until(lambda: demo.poll() is not None or "\nready " in log.read_text(), "ready", 60)
            self.assertIsNone(demo.poll(), tail(log))
            run = json.loads((folder / "data" / "run.json").read_text())
            self.assertEqual(os.stat(f"/proc/{run['pids']['postgres']}").st_uid, user.pw_uid)
        finally:
            demo.send_signal(signal.SIGTERM)
        self.assertEqual(demo.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
