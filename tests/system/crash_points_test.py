"""The local role killed, and its disk failing, at every system call of one observation and one write.

`animation-tracker-cycle` runs the real workbook port, journal and engine as one process that strace
kills (SIGKILL on entry of a call) or fails (ENOSPC, EIO) at one call after the other. Afterwards
the workbook is the old or the new one, never a third; the next start ends the turn in under 2 s;
nothing is lost and nothing comes twice. The same where the folder's file system can't exchange names.

    CRASH_POINTS=all   every call instead of those that change something (a kill before a call that
                       only reads leaves what a kill before the next change leaves)
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import unittest

import openpyxl

from client import timed
from harness import PROGRAM

CYCLE = PROGRAM.parent / "animation-tracker-cycle"
CHANGES = {"openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat",
           "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "chmod", "fchmod", "chown",
           "setxattr", "fallocate", "close", "exit_group"}
READS = {"read", "pread64", "newfstatat", "fstat", "fcntl", "mmap", "getdents64", "lseek", "access"}
CAN_FAIL = {"openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat2",
            "link", "unlink", "mkdir"}
NO_EXCHANGE = ["-e", "inject=renameat2:error=EINVAL"]
RECOVERY_MAX = 2.0
ALL = os.environ.get("CRASH_POINTS") == "all"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def run(*command, check=True):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=60, check=check)


def shown(folder):
    return json.loads(run(CYCLE, "show", folder).stdout)


class Scenario:
    """A folder in which one turn has something to do, and what stands there once it is done."""

    def __init__(self, root, name, prepare, injected=()):
        self.name = name
        self.injected = list(injected)
        self.start = root / name
        self.start.mkdir()
        run(CYCLE, "setup", self.start)
        prepare(self.start)
        self.old = digest(self.workbook(self.start))
        done = self.copy("done")
        log = root / f"{name}.strace"
        run("strace", "-f", "-o", log, *self.injected, CYCLE, "turn", done)
        self.points = self.points_of(log)
        self.recoveries = []
        self.expected = self.facts(done)

    @staticmethod
    def workbook(folder):
        return folder / "production_summary.xlsx"

    def copy(self, name):
        folder = self.start.parent / f"{self.name}-{name}"
        shutil.copytree(self.start, folder)
        return folder

    def facts(self, folder):
        """What must be equal whatever happened on the way; generations only ever grow."""
        facts = shown(folder)
        self_said = {key: facts[key] for key in ("rows", "queue", "next_number", "intent")}
        self_said["token is the last write"] = facts["token"] == facts["written_generation"]
        self_said["left over"] = sorted(name for name in os.listdir(folder)
                                        if name not in ("data", "production_summary.xlsx"))
        return self_said

    def points_of(self, log):
        """(call, its how-manieth) from the first touch of the folder on."""
        counts = collections.Counter()
        points = []
        begun = False
        for line in log.read_text("utf-8", "replace").splitlines():
            call = re.match(r"\d+ +(\w+)\(", line)
            if not call:
                continue
            counts[call[1]] += 1
            begun = begun or str(self.start.parent) in line
            if begun and (call[1] in CHANGES or (ALL and call[1] in READS)):
                points.append((call[1], counts[call[1]]))
        return points

    def hit(self, number, point, how):
        """What is wrong after one turn that was hit at `point`; nothing if all is well."""
        call, count = point
        folder = self.copy(f"{how}-{number}")
        injected = [*self.injected]
        extra = "signal=KILL" if how == "KILL" else f"error={how}"
        if injected and call == "renameat2":
            return None  # the call fails there anyway
        hit = run("strace", "-f", "-o", "/dev/null", *injected, "-e",
                  f"inject={call}:{extra}:when={count}", CYCLE, "turn", folder, check=False)
        if hit.returncode == 1 and not hit.stderr.strip():
            return f"{how} at {call} {count}: failed without a sentence"
        between = digest(self.workbook(folder))
        if between is not None and between != self.old:
            readable = shown(folder)["rows"]
            if readable != self.expected["rows"]:
                return f"{how} at {call} {count}: the workbook is a third thing: {readable}"
        if between is None and not self.injected:
            return f"{how} at {call} {count}: the workbook is gone"
        began = time.monotonic()
        again = run(*(["strace", "-f", "-o", "/dev/null", *injected] if injected else []), CYCLE,
                    "turn", folder, check=False)
        took = time.monotonic() - began
        if again.returncode != 0:
            return f"{how} at {call} {count}: the next start fails: {again.stderr}"
        self.recoveries.append(took)
        found = self.facts(folder)
        if found != self.expected:
            wrong = [f"{key}: {found[key]} instead of {value}"
                     for key, value in self.expected.items() if found[key] != value]
            return f"{how} at {call} {count}: {'; '.join(wrong)}"
        shutil.rmtree(folder)
        return None


def web_edit(folder):
    run(CYCLE, "web", folder, 3, "from the web")


def human_save(folder):
    """A person's edit, saved by a program that keeps our token."""
    path = Scenario.workbook(folder)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(row=5, column=columns["Notes"], value="from Excel")
    beside = folder.parent / "beside.xlsx"
    book.save(beside)
    os.replace(beside, path)


def both(folder):
    human_save(folder)
    web_edit(folder)


class CrashPoints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="at-crash-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)

    def hit_everywhere(self, scenario, hows):
        jobs = [(point, how) for how in hows for point in scenario.points
                if how == "KILL" or point[0] in CAN_FAIL]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda job: scenario.hit(job[0], *job[1]), enumerate(jobs))
            wrong = [problem for problem in found if problem]
        recovery = statistics.median(scenario.recoveries)
        print(f"  {scenario.name}: {len(jobs)} points, {len(wrong)} wrong; the next start took "
              f"{recovery:.2f} s, at most {max(scenario.recoveries):.2f}", flush=True)
        self.assertGreater(len(jobs), 20)
        self.assertEqual(wrong, [], f"{len(wrong)} of {len(jobs)} points")
        timed(self, "the next start, median", recovery, RECOVERY_MAX)

    def test_a_write_is_cut_off_anywhere(self):
        self.hit_everywhere(Scenario(self.root, "write", web_edit), ["KILL", "ENOSPC", "EIO"])

    def test_an_observation_and_its_write_are_cut_off_anywhere(self):
        scenario = Scenario(self.root, "observation", both)
        self.assertEqual([op["after"] for op in scenario.expected["queue"]], ["from Excel"])
        self.hit_everywhere(scenario, ["KILL", "ENOSPC", "EIO"])

    def test_a_write_is_cut_off_anywhere_where_names_cannot_be_exchanged(self):
        self.hit_everywhere(Scenario(self.root, "aside", web_edit, NO_EXCHANGE), ["KILL", "EIO"])


if __name__ == "__main__":
    unittest.main()
