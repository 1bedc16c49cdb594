#!/usr/bin/python3
"""What the sync costs the studio's machine: processor time of `local` for an edit, while nothing
happens, and its memory.

    bench/sync_cost.py [--rows 10000] [--history 500] [--edits 30] [--large 100000] [--json FILE]

history   one web edit and one save of the workbook, in a fresh workbook and after --history edits
          of both kinds: the ratio of the two is what history costs. 1.0 = nothing.
idle      30 s in which nobody does anything: processor time for each look at the folder (one in 2 s,
          with the 30 s poll and the pings of the link in it); that of the threads that sync, and
          that of the one that watches the renders. From 5 s after the last edit (free memory is
          given back once then, and what was displaced is watched for a minute), and later.
memory    resident, of local with --large rows: after it has read and sent them, and after an edit.

Processor time is that of all threads of the process, from /proc/PID/task/*/schedstat (nanoseconds).
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/system"), str(ROOT / "bench")]

from harness import Studio  # noqa: E402
from live_sync import make_workbook, saved_by_a_human, settle  # noqa: E402
from measure import WorkbookWatch, machine, memory_of  # noqa: E402
import workbooks  # noqa: E402

IDLE_SECONDS = 30.0
SOON_SECONDS = 5.0
LATER_SECONDS = 30.0  # a minute and more after the last edit
LOOK_SECONDS = 2.0


def cpu_ms_by_thread(pid):
    return {int(task.name): int((task / "schedstat").read_text().split()[0]) / 1e6
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir()}


def cpu_ms(pid):
    return sum(cpu_ms_by_thread(pid).values())


def idle_ms_a_look(pid, after_seconds):
    """"sync": of the io and the disk thread"""
    time.sleep(after_seconds)
    syncs = {int(task.name) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
             if int(task.name) == pid or (task / "comm").read_text().strip() == "disk"}
    before, began = cpu_ms_by_thread(pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    looks = (time.monotonic() - began) / LOOK_SECONDS
    spent = {thread: (ms - before.get(thread, 0)) / looks
             for thread, ms in cpu_ms_by_thread(pid).items()}
    return {"sync": sum(ms for thread, ms in spent.items() if thread in syncs),
            "others": sum(ms for thread, ms in spent.items() if thread not in syncs)}


class Editor:
    """One edit at a time; each returns the processor time that local spent for it."""

    def __init__(self, studio):
        self.studio, self.pid = studio, studio.pid("local")
        self.entries = studio.cloud.entries()
        self.rows = workbooks.read(studio.workbook)
        self.watch = WorkbookWatch(studio.workbook)
        self.beside = studio.workbook.parent / "5E6F7A8B"
        self.number = 0

    def spent_by(self, act):
        self.number += 1
        self.watch.wait_for_quiet(0.15)
        before = cpu_ms(self.pid)
        act()
        if not self.watch.wait(30):
            raise TimeoutError("the workbook was not written within 30 s")
        self.watch.wait_for_quiet(0.15)
        return cpu_ms(self.pid) - before

    def web_edit(self):
        entry = self.entries[self.number * 7919 % len(self.entries)]
        return self.spent_by(lambda: self.studio.cloud.change(entry["id"],
                                                              notes=f"web {self.number}"))

    def save(self):
        row = self.rows[self.number * 7919 % len(self.rows)]
        self.beside.write_bytes(saved_by_a_human(self.studio.workbook, row["row"],
                                                 f"s{self.number}"))
        return self.spent_by(lambda: os.rename(self.beside, self.studio.workbook))

    def measure(self, count):
        return {"web edit": statistics.median(self.web_edit() for _ in range(count)),
                "save": statistics.median(self.save() for _ in range(count))}


def history(rows, edits, past):
    with Studio(workbook=lambda path: make_workbook(path, rows)) as studio:
        settle(studio, rows)
        editor = Editor(studio)
        editor.measure(3)
        fresh = editor.measure(edits)
        for number in range(past):
            editor.save() if number % 10 == 0 else editor.web_edit()
        old = editor.measure(edits)
        journal = sum(file.stat().st_size for file in (studio.data / "local").glob("journal*"))
        soon = idle_ms_a_look(editor.pid, SOON_SECONDS)
        later = idle_ms_a_look(editor.pid, LATER_SECONDS)
    return {"rows": rows, "fresh": fresh, f"after {past} edits": old,
            "ratio": {what: old[what] / fresh[what] for what in fresh},
            "journal_mib": journal / 2**20, "idle_ms_a_look": {"soon": soon, "later": later}}


def memory(rows):
    with Studio(workbook=lambda path: make_workbook(path, rows)) as studio:
        settle(studio, rows)
        read = memory_of([studio.pid("local")])
        Editor(studio).measure(2)
        return {"rows": rows, "after reading": read, "after edits":
                memory_of([studio.pid("local")]),
                "peak_mib": int(next(line.split()[1] for line in open(
                    f"/proc/{studio.pid('local')}/status") if line.startswith("VmHWM"))) / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--history", type=int, default=500)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    results = {"machine": machine()}
    print(json.dumps(results["machine"]), flush=True)
    if options.rows:
        results["history"] = history(options.rows, options.edits, options.history)
        print(json.dumps(results["history"], indent=1), flush=True)
    if options.large:
        results["memory"] = memory(options.large)
        print(json.dumps(results["memory"], indent=1), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
