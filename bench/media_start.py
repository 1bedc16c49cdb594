#!/usr/bin/python3
"""How long a start takes until a tree of 100,000 files is known, and what it measures again.

    bench/scan_tree.py /tmp/scan-tree
    bench/media_start.py /tmp/scan-tree

A studio of 400 shots on the tree, with the real program. First start: until the last shot is measured.
Then, each time, local is stopped, one shot gets a new version, and local is started: until that version
stands in the API, the whole tree was listed, matched and compared with the cache. What was measured
is counted in the cache: a second start measures that one file. Beside it `find -printf` on the tree,
by the clock and by the processor time of the process, which other work on the machine does not move.
"""

import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/system"))

import workbooks  # noqa: E402
from client import wait_until  # noqa: E402
from harness import Studio  # noqa: E402

ROUNDS = 5
SHOTS = 400  # as bench/scan_tree.py makes them


def rows():
    for episode in range(1, 11):
        for shot in range(1, 41):
            yield ("Mina", "Series", f"EP{episode:02}", f"SC{(shot - 1) // 8 * 10 + 10:03}",
                   f"SH{shot * 10:04}", "20260105", "Review", f"{episode}/{shot}")


def measured(studio):
    with sqlite3.connect(f"file:{studio.data}/local/media.sqlite?mode=ro", uri=True) as cache:
        return dict(cache.execute("SELECT key, measured_at FROM measured"))


def find(tree):
    """(seconds, seconds of the processor)"""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(["find", tree, "-type", "f", "-printf", "%s %T@\\n"], check=True,
                   stdout=subprocess.DEVNULL)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def versions(studio, search=""):
    return [(entry.get("media") or {}).get("version")
            for entry in studio.cloud.get("/api/production-data" + search)["data"]]


def main():
    tree = pathlib.Path(sys.argv[1]).resolve()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    shot = tree / "EP01/SC010/SH0010/anim"
    added = []
    with Studio(workbook=lambda path: workbooks.make_workbook(path, list(rows()), chart=False),
                options=["--media-root", str(tree)]) as studio:
        began = time.monotonic()
        wait_until(lambda: len([one for one in versions(studio) if one]) == SHOTS,
                   f"{SHOTS} measurements", 300, 0.05)
        print(f"first start: all 400 shots {time.monotonic() - began:6.2f} s after `ready`")
        starts, finds, again = [], [], []
        try:
            with studio.demo_asleep():
                for number in range(4, 4 + ROUNDS):
                    studio.stop_role("local")
                    before = measured(studio)
                    if not starts:
                        print(f"{len(before)} files measured by the first start")
                    added.append(shot / f"ep01_sc010_sh0010_anim_v{number:03}.mp4")
                    added[-1].touch()
                    finds.append(find(tree))
                    began = time.monotonic()
                    studio.start_role("local", wait=False)
                    wait_until(lambda: f"v{number:03}" in versions(studio, "?shot=SH0010"),
                               "the new version", 300, 0.01)
                    starts.append((time.monotonic() - began, processor_seconds(studio.pid("local"))))
                    after = measured(studio)
                    again.append(sum(before.get(key) != at for key, at in after.items()))
        finally:
            for path in added:
                path.unlink(missing_ok=True)
    for index, what in enumerate(("by the clock", "of the processor")):
        ours, theirs = (statistics.median(one[index] for one in many) for many in (starts, finds))
        print(f"later start: new version in the API after {ours:6.2f} s {what}, find -printf "
              f"{theirs:6.2f} s: {ours / theirs:.1f}x (medians of {ROUNDS})")
    print(f"measured by a later start: {again} (one of them is the new version)")


if __name__ == "__main__":
    main()
