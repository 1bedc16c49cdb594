"""Runs the two Node programs of bench/baseline on a workbook and a database of their own.

npm packages are installed into bench/baseline/node_modules by the first use (needs the network)."""

import pathlib
import subprocess
import tempfile
import urllib.parse

from client import Cloud, wait_until
from harness import free_port

FOLDER = pathlib.Path(__file__).resolve().parent / "baseline"


class BaselineStudio:
    """Looks to the benchmark as a Studio does. Borrows the PostgreSQL of `studio`."""

    def __init__(self, studio, make_workbook):
        self.studio = studio
        self.folder = tempfile.TemporaryDirectory(prefix="at-baseline-")
        self.workbook = pathlib.Path(self.folder.name) / "production_summary.xlsx"
        make_workbook(self.workbook)
        self.processes = {}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        if not (FOLDER / "node_modules/exceljs").is_dir():
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                           cwd=FOLDER, check=True, timeout=300)
        self.studio.psql('DROP DATABASE IF EXISTS baseline')
        self.studio.psql('CREATE DATABASE baseline')
        parts = urllib.parse.urlsplit(self.studio.run["database_url"])
        database = urllib.parse.urlunsplit(parts._replace(path="/baseline"))
        cloud_port, local_port = free_port(), free_port()
        variables = dict(self.studio.environment, DATABASE_URL=database, API_KEY="baseline",
                         CLOUD_PORT=str(cloud_port), LOCAL_PORT=str(local_port),
                         WORKBOOK=str(self.workbook))
        self.cloud = Cloud(f"http://127.0.0.1:{cloud_port}", {"X-API-Key": "baseline"})
        for role, port in (("cloud", cloud_port), ("local", local_port)):
            self.processes[role] = subprocess.Popen(["node", f"{role}.mjs"], cwd=FOLDER,
                                                    env=variables, stdout=subprocess.DEVNULL)
            api = Cloud(f"http://127.0.0.1:{port}", {"X-API-Key": "baseline"})
            wait_until(lambda: api.request("GET", "/api/health")[0] == 200, role, 20)

    def __exit__(self, *_):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(10)
        self.folder.cleanup()

    def pids_by_role(self):
        return {role: [process.pid] for role, process in self.processes.items()}
