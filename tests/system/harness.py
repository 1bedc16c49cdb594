"""Runs the real program the way a studio does, and looks at it only from outside.

A Studio is one data folder with its demo processes. Everything waits by polling with a deadline;
nothing sleeps for a guessed time. Standard library only; workbooks.py and office.py hold what
needs openpyxl and LibreOffice.

Which program: the environment variable ANIMATION_TRACKER, else build/release/animation-tracker.
"""

import atexit
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from client import SYNC_DEADLINE, Api, Cloud, wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(
    os.environ.get("ANIMATION_TRACKER", REPOSITORY / "build/release/animation-tracker"))

# What the program reads from its environment: nothing of the tester's own may leak in.
PROGRAM_VARIABLES = ("DATABASE_URL", "PORT", "NODE_ENV", "LOCAL_SERVER_URL", "WEBHOOK_SECRET",
                     "LOCAL_SERVER_API_KEY", "API_SECRET", "RAILWAY_APP_URL", "WORKBOOK",
                     "MEDIA_ROOT", "MEDIA_PATTERN", "MEDIA_TASKS", "MEDIA_HANDLES",
                     "EPISODE_RATES", "FPS", "DATA_DIR", "LINK_MODE",
                     "ENABLE_CLOUD_SYNC", "BIND", "LOG_LEVEL", "LOG_FORMAT", "ADMIN_EMAIL",
                     "ADMIN_PASSWORD")

START_DEADLINE = 60.0  # seconds until a first start answers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_state(pid):
    """One letter of /proc/PID/stat, or None where there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def is_running(pid):
    return process_state(pid) not in (None, "Z", "X")


class Studio:
    """One data folder and the processes on it. Use as a context manager, or start() and close()."""

    def __init__(self, workbook=None, media=None, sample=False, environment=None, options=()):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="at-system-"))
        self.root.chmod(0o711)  # where started as root, PostgreSQL's own user must pass
        self.data = self.root / "data"
        self.data.mkdir()
        self.log_folder = self.root / "logs"
        self.log_folder.mkdir()
        self.workbook = self.data / "production_summary.xlsx"
        self.media = self.data / "media"
        if workbook:
            workbook(self.workbook)
        if media:
            self.media.mkdir()
            media(self.media)
        self.sample = sample
        self.options = list(options)
        self.port, self.local_port = free_port(), free_port()
        self.environment = {key: value for key, value in os.environ.items()
                            if key not in PROGRAM_VARIABLES and not key.startswith("PG")}
        for key, value in (environment or {}).items():
            self.environment[key] = value.format(port=self.port, local_port=self.local_port)
        self.demo = None
        self.roles = []
        self.starts = 0

    # -- life --------------------------------------------------------------------------------

    def launch(self, arguments, name):
        """A process of the program in a session of its own, its output in a log file."""
        self.starts += 1
        log = open(self.log_folder / f"{self.starts:02}-{name}.log", "wb")
        with log:
            return subprocess.Popen([str(PROGRAM), *arguments], cwd=self.root, stdout=log,
                                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                    env=self.environment, start_new_session=True)

    def start(self, deadline=START_DEADLINE):
        """Starts demo and returns the seconds it took until `ready`."""
        arguments = ["demo", "--data", str(self.data), "--port", str(self.port),
                     "--local-port", str(self.local_port), *self.options]
        if not self.sample:
            arguments.append("--empty")
        run_file = self.data / "run.json"
        began = time.monotonic()
        self.demo = self.launch(arguments, "demo")
        log = self.log_folder / f"{self.starts:02}-demo.log"

        def ready():
            if self.demo.poll() is not None:
                raise AssertionError(f"demo ended with {self.demo.returncode} before it was ready:"
                                     f"\n{tail(log)}")
            return run_file.exists() and any(
                line.startswith("ready ") for line in log.read_text("utf-8", "replace").split("\n"))
        wait_until(ready, "the line `ready` and run.json", deadline)
        took = time.monotonic() - began
        self.run = json.loads(run_file.read_text())
        self.cloud = Cloud(self.run["cloud_url"],
                           {"Authorization": "Bearer " + self.run["api_token"]})
        self.local = Api(self.run["local_url"], {"X-API-Key": self.run["local_api_key"]})
        return took

    def pid(self, role):
        """Of cloud, local or postgres, as run.json says it now."""
        return json.loads((self.data / "run.json").read_text())["pids"][role]

    def kill(self, role):
        """kill -9, and waits until the process is gone."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid), f"{role} {pid} to be gone after kill -9")
        return pid

    def stop_role(self, role):
        """SIGTERM to one role, as a person would stop it."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not is_running(pid), f"{role} {pid} to stop after SIGTERM", 15)

    @contextlib.contextmanager
    def demo_asleep(self):
        """Inside, a stopped role stays stopped: demo would start it again after ten seconds."""
        self.demo.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.demo.send_signal(signal.SIGCONT)

    def start_role(self, role, wait=True):
        """`animation-tracker local --data DIR` (or cloud)."""
        process = self.launch([role, "--data", str(self.data)], role)
        self.roles.append(process)
        if wait:
            api = self.local if role == "local" else self.cloud

            def answers():
                if process.poll() is not None:
                    raise AssertionError(f"{role} ended with {process.returncode} at its start:\n"
                                         + tail(self.log_folder / f"{self.starts:02}-{role}.log"))
                return api.request("GET", "/api/health")[0] == 200
            wait_until(answers, f"{role} to answer again", 20)
        return process

    def stop(self, deadline=40):
        """SIGTERM to demo; returns its exit code."""
        self.demo.send_signal(signal.SIGTERM)
        return self.demo.wait(deadline)

    def processes(self):
        """Every process that names this studio's folder or stands in one of our sessions."""
        sessions = {process.pid for process in [self.demo, *self.roles] if process}
        found = {}
        for folder in pathlib.Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ours = str(self.data) in command or int(stat[3]) in sessions
            if ours and stat[0] not in "ZX":
                found[int(folder.name)] = command.strip()
        return found

    def close(self):
        """Ends whatever still runs and removes the folder."""
        if self.demo and self.demo.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                print(f"demo {self.demo.pid} did not stop after SIGTERM", file=sys.stderr)
        for pid in self.processes():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for process in [self.demo, *self.roles]:
            if process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
        if not os.environ.get("KEEP_STUDIO"):
            shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    # -- looking -----------------------------------------------------------------------------

    def logs(self):
        """All that any of our processes wrote, also where the program keeps log files."""
        files = sorted(self.log_folder.glob("*.log")) + sorted(self.data.glob("*.log"))
        files += sorted((self.data / "local").glob("*.log"))
        files += sorted((self.data / "logs").glob("*.log"))
        return "\n".join(file.read_text("utf-8", "replace") for file in files)

    def wait_for_log(self, text, deadline=SYNC_DEADLINE):
        wait_until(lambda: text in self.logs(), f"the log line {text!r}", deadline)

    def psql(self, statement):
        """Lines of unaligned output of one plain SQL statement."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
             self.run["database_url"], "-c", statement], capture_output=True, text=True,
            timeout=20, env=self.environment)
        if done.returncode:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout.splitlines()

    def health(self):
        return self.local.get("/api/health")

    def health_or_none(self):
        """Of local; None where nobody answers."""
        try:
            return self.health()
        except OSError:
            return None

    def wait_connected(self, deadline=40):
        wait_until(lambda: self.cloud.status().get("local") == "connected",
                   "local to be connected to the cloud", deadline)


    def wait_first_sync(self):
        """Until the workbook's rows are in the database and nothing is left to write."""
        self.wait_connected()
        wait_until(lambda: len(self.cloud.entries()) == self.health()["workbook"]["rows"],
                   "the first sync", 20)
        self.rest()

    def rest(self):
        """Until local has looked at the workbook as it is, and has written what there was to write.

        A person who opens the workbook now opens the newest version."""
        for _ in range(2):  # the second look begins after whatever the first one led to
            self.local.call("POST", "/api/sync/now", {})


def tail(file, lines=60):
    try:
        return "\n".join(pathlib.Path(file).read_text("utf-8", "replace").splitlines()[-lines:])
    except OSError as error:
        return str(error)


# -- the tests' frame --------------------------------------------------------------------------

PROVEN = []


@atexit.register
def _say_what_was_proven():
    if PROVEN:
        print(f"\n{len(PROVEN)} behaviours proven on {PROGRAM}:")
        for line in PROVEN:
            print("  + " + line)


class SystemTest(unittest.TestCase):
    """A test class shares one studio (`studio_options`), unless it makes its own."""

    studio_options = None
    studio = None

    @classmethod
    def setUpClass(cls):
        if cls.studio_options is not None:
            cls.studio = Studio(**cls.studio_options)
            cls.addClassCleanup(cls.studio.close)
            cls.studio.start()
            cls.studio.wait_first_sync()

    def own_studio(self, **options):
        """A studio of this one test, started and connected."""
        self.studio = Studio(**options)
        self.addCleanup(self.studio.close)
        self.studio.start()
        self.studio.wait_first_sync()
        return self.studio

    def run(self, result=None):
        bad_before = len(result.failures) + len(result.errors)
        began = time.monotonic()
        answer = super().run(result)
        took = time.monotonic() - began
        if len(result.failures) + len(result.errors) == bad_before:
            name = self._testMethodName.removeprefix("test_").replace("_", " ")
            PROVEN.append(f"{type(self).__name__}: {name} ({took:.1f} s)")
        return answer

    def _callTestMethod(self, method):
        try:
            super()._callTestMethod(method)
        except unittest.SkipTest:
            raise
        except Exception:
            if self.studio:
                for file in sorted(self.studio.log_folder.glob("*.log")):
                    print(f"--- {self.id()}: end of {file.name}\n{tail(file)}", file=sys.stderr)
            raise
