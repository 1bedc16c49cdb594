"""A private PostgreSQL and cloud processes on it, for tests that speak HTTP to one role alone.

Database is real PostgreSQL in a temporary folder; CloudProcess is `animation-tracker cloud` with
the environment a host would give it. Both clean up after themselves. Standard library only.
"""

import atexit
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import unittest

from client import Cloud, wait_until
from harness import PROGRAM, PROGRAM_VARIABLES, free_port, is_running, tail

POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
STUDIO_KEY = "studio-key-for-tests-0123456789"
ADMIN_EMAIL = "admin@studio.example"
ADMIN_PASSWORD = "correct horse battery staple"
DATABASE = "animation-tracker-db"


def clean_environment():
    return {key: value for key, value in os.environ.items()
            if key not in PROGRAM_VARIABLES and not key.startswith("PG")}


class Database:
    """One PostgreSQL cluster that listens on a Unix socket in its own folder."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="at-pg-"))
        self.prefix = []
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.root, owner.pw_uid, owner.pw_gid)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                           "--reset-env"]
        self.url = f"postgresql://postgres@/{DATABASE}?host={self.root}"
        self.process = None
        self._run(POSTGRES_BIN / "initdb", "-D", self.root / "data", "-U", "postgres", "-A",
                  "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        self.renew()

    def renew(self):
        """An empty database of that name, whatever was there."""
        self.sql(f'drop database if exists "{DATABASE}" with (force)', "postgres")
        self.sql(f'create database "{DATABASE}"', "postgres")

    def _run(self, *command):
        subprocess.run([*self.prefix, *map(str, command)], cwd="/", check=True, timeout=120,
                       stdout=subprocess.DEVNULL)

    def start(self):
        with open("/dev/null", "wb") as nothing:
            self.process = subprocess.Popen(
                [*self.prefix, str(POSTGRES_BIN / "postgres"), "-D", str(self.root / "data"),
                 "-k", str(self.root), "-c", "listen_addresses=", "-c", "max_connections=60",
                 "-c", "fsync=off"],  # nobody pulls the plug of the machine here
                cwd="/", stdout=nothing, stderr=nothing)
        wait_until(lambda: subprocess.run(
            [str(POSTGRES_BIN / "pg_isready"), "-q", "-h", str(self.root), "-U", "postgres"],
            timeout=10).returncode == 0, "PostgreSQL to answer", 60, every=0.05)

    def stop(self, how=signal.SIGINT):
        """SIGINT: fast stop; SIGQUIT: as a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def sql(self, statement, database=DATABASE):
        """Lines of unaligned output of plain SQL."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.root), "-U",
             "postgres", "-d", database, "-c", statement], capture_output=True, text=True,
            timeout=30)
        if done.returncode:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout.splitlines()

    def close(self):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)


def shared_database():
    """One cluster for all classes of a run, with an empty database for each."""
    if not SHARED:
        SHARED.append(Database())
        atexit.register(SHARED[0].close)
    else:
        SHARED[0].renew()
    return SHARED[0]


SHARED = []


class CloudProcess:
    """`animation-tracker cloud` on a port of its own; its output in a file."""

    def __init__(self, database, wait=True, port=None, **variables):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="at-cloud-"))
        self.log_file = self.root / "cloud.log"
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment() | {
            "DATABASE_URL": database if isinstance(database, str) else database.url,
            "PORT": str(self.port), "BIND": "127.0.0.1", "LOCAL_SERVER_API_KEY": STUDIO_KEY,
            "ADMIN_EMAIL": ADMIN_EMAIL, "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "WEBHOOK_SECRET": "webhook-secret-for-tests-01234", "LOG_FORMAT": "text",
        } | {key: str(value) for key, value in variables.items() if value is not None}
        for key, value in variables.items():
            if value is None:
                self.environment.pop(key, None)
        self.process = None
        self.open = Cloud(self.url, {})
        self.start(wait)

    def start(self, wait=True):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([str(PROGRAM), "cloud"], cwd=self.root, stdout=log,
                                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            env=self.environment, start_new_session=True)
        if wait:
            wait_until(self._answers, "the cloud to answer", 40)

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"cloud ended with {self.process.returncode}:\n"
                                 + tail(self.log_file))
        return self.open.request("GET", "/api/health")[0] == 200

    def log(self):
        return self.log_file.read_text("utf-8", "replace")

    def wait_for_log(self, text, deadline=30):
        wait_until(lambda: text in self.log(), f"the log line {text!r}", deadline)

    def stop(self, deadline=30):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(deadline)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def close(self):
        if self.process and is_running(self.process.pid):
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    # -- callers ---------------------------------------------------------------------------------

    def sign_in(self, email=ADMIN_EMAIL, password=ADMIN_PASSWORD):
        """The cookie's `name=value` after a password sign-in."""
        status, headers, body = self.open.request(
            "POST", "/api/login", {"email": email, "password": password})
        assert status == 200, (status, body)
        return headers["Set-Cookie"].split(";")[0]

    def with_cookie(self, cookie):
        """A caller that is our own page in a browser."""
        return Cloud(self.url, {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})

    def with_token(self, token):
        return Cloud(self.url, {"Authorization": f"Bearer {token}"})

    def studio(self):
        return Cloud(self.url, {"X-API-Key": STUDIO_KEY})

    def token_for(self, role, names=()):
        admin = self.with_cookie(self.sign_in())
        name = names[0] if names else f"{role} for tests"
        return admin.call("POST", "/api/tokens", {"name": name, "role": role})["token"]

    def caller(self, role="producer", names=()):
        return self.with_token(self.token_for(role, names))


def entry(**fields):
    """A valid entry's eight fields, changed as told."""
    return {"animator": "Ana", "project_type": "Series", "episode_title": "Ep 1", "scene": "010",
            "shot": "0020", "week_yyyymmdd": "20260105", "status": "wip", "notes": None} | fields


class CloudTest(unittest.TestCase):
    """A class has a database and a cloud; `variables` are added to its environment."""

    variables = {}

    @classmethod
    def setUpClass(cls):
        cls.database = shared_database()
        cls.cloud = CloudProcess(cls.database, **cls.variables)
        cls.addClassCleanup(cls.cloud.close)
        if "ADMIN_EMAIL" not in cls.variables:
            cls.api = cls.cloud.caller("producer")

    def refused(self, status, answer, field=None):
        """`answer` of request() is a failure with this status, in the form all failures have."""
        got, headers, body = answer
        self.assertEqual(got, status, body)
        self.assertIs(body["success"], False)
        self.assertTrue(body["error"]["message"])
        self.assertTrue(body["error"]["code"])
        self.assertIn("X-Request-Id", headers)
        if field is not None:
            self.assertEqual(body["error"].get("field"), field, body)
        return body

    def dump(self, value):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
