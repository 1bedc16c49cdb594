#!/usr/bin/python3
"""How live the sync is: web edit -> in the workbook on disk, workbook save -> in the API.

    bench/live_sync.py [--rows 1000,10000] [--runs 5] [--edits 40] [--baseline] [--json FILE]

Runs the release build as `demo` on a workbook of openpyxl's making and measures from outside:

web edit -> workbook   from just before the PATCH is sent until a version of the workbook that
                       holds the new text stands under its name. The moment is that of the rename;
                       the version is unzipped and searched afterwards, outside the measured time.
save -> API            from just before the rename that puts a ready-made file over the workbook
                       (as Excel does) until GET has answered with the new text. The GET is sent
                       when the event stream reports a change, so its own time is included.

One edit is under way at a time, 50 ms apart. Nothing is subtracted for this script, which runs on
the same cores. With --baseline the program of bench/baseline (Node + exceljs, each change replaces
the table, each web edit loads and saves the workbook) is measured in the same run, the same way.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import re
import select
import socket
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/system"), str(ROOT / "bench")]

import workbooks  # noqa: E402
from baseline_studio import BaselineStudio  # noqa: E402
from harness import PROGRAM, Studio  # noqa: E402
from measure import WorkbookWatch, holds, machine, memory_of, summary  # noqa: E402

DEADLINE = 30.0
PAUSE = 0.05  # between two edits


class Connection:
    """One HTTP connection kept open, so that connecting is not measured. One call at a time."""

    def __init__(self, api):
        self.api = api
        self.socket = socket.create_connection((api.host, api.port), timeout=DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def call(self, method, path, body=None):
        payload = json.dumps(body).encode() if body is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.api.host}:{self.api.port}"]
        lines += [f"{name}: {value}" for name, value in self.api.headers.items()]
        if payload:
            lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + payload)
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if b"content-length" in headers:
            answer = self.file.read(int(headers[b"content-length"]))
        else:  # chunked
            answer = b""
            while size := int(self.file.readline(), 16):
                answer += self.file.read(size)
                self.file.readline()
            self.file.readline()
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]}")
        return answer

    def close(self):
        self.file.close()
        self.socket.close()


class EventStream:
    """The raw event stream; only that something came matters here."""

    def __init__(self, api):
        self.socket = socket.create_connection((api.host, api.port))
        lines = ["GET /api/events HTTP/1.1", f"Host: {api.host}:{api.port}",
                 "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in api.headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.socket.recv(65536)
        self.socket.setblocking(False)

    def drain(self):
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(1 << 20):
                pass

    def wait(self, seconds):
        select.select([self.socket], [], [], seconds)
        self.drain()

    def close(self):
        self.socket.close()


def make_workbook(path, rows):
    """The tests' workbook as far as exceljs opens it: relative part names, no chart."""
    workbooks.make_workbook(path, rows, chart=False)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as source, \
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith(".rels"):
                up = b"" if info.filename.startswith("xl/_rels/") else b"../"
                data = data.replace(b'Target="/xl/', b'Target="' + up)
            made.writestr(info.filename, data)


def settle(studio, rows):
    """Until all rows are in the API and the workbook is at rest."""
    end = time.monotonic() + 120
    while len(studio.cloud.entries()) < rows:
        if time.monotonic() > end:
            raise TimeoutError(f"{rows} rows did not reach the API within 120 s")
        time.sleep(0.1)
    watch = WorkbookWatch(studio.workbook)
    watch.wait_for_quiet(1.5)
    watch.close()


def web_edits(studio, run, count):
    """Seconds from each web edit to the workbook on disk, and to the answer of the API."""
    entries = studio.cloud.entries()
    watch = WorkbookWatch(studio.workbook)
    connection = Connection(studio.cloud)
    on_disk, answered = [], []
    for number in range(count):
        entry = entries[(number * 7919 + run * 104729) % len(entries)]
        text = f"web {run}-{number:03} {os.getpid()}"
        watch.wait_for_quiet(PAUSE)
        began = time.perf_counter()
        connection.call("PATCH", f"/api/production-data/{entry['id']}", {"notes": text})
        answered.append(time.perf_counter() - began)
        # The version may stand there before the answer was read: its event is waiting then.
        while True:
            moment = watch.wait(DEADLINE)
            if moment is None:
                raise TimeoutError(f"{text} did not reach the workbook within {DEADLINE} s")
            if holds(studio.workbook, text):
                break
        on_disk.append(moment - began)
    connection.close()
    watch.close()
    return on_disk, answered


def saved_by_a_human(workbook, row, text):
    """The workbook's bytes with another status in one row, all else as it stands."""
    target = io.BytesIO()
    with zipfile.ZipFile(workbook) as source, \
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                cell = re.search(rb'<c r="G%d"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)' % row, data)
                data = (data[:cell.start()] + b'<c r="G%d"%s t="inlineStr"><is><t>%s</t></is></c>'
                        % (row, cell[1], text.encode()) + data[cell.end():])
            made.writestr(info.filename, data)
    return target.getvalue()


def saves(studio, run, count):
    """Seconds from each save of the workbook until the API answers with the new text."""
    rows = workbooks.read(studio.workbook)
    watch = WorkbookWatch(studio.workbook)
    connection = Connection(studio.cloud)
    events = EventStream(studio.cloud)
    beside = studio.workbook.parent / "5E6F7A8B"
    times = []
    for number in range(count):
        row = rows[(number * 7919 + run * 104729) % len(rows)]
        text = f"s{run}-{number:03}"
        watch.wait_for_quiet(0.3)
        beside.write_bytes(saved_by_a_human(studio.workbook, row["row"], text))
        events.drain()
        path = f"/api/production-data?shot={row['shot']}&limit=5"
        began = time.perf_counter()
        os.rename(beside, studio.workbook)
        while time.perf_counter() - began < DEADLINE:
            events.wait(DEADLINE)
            if text.encode() in connection.call("GET", path):
                times.append(time.perf_counter() - began)
                break
        else:
            raise TimeoutError(f"{text} did not reach the API within {DEADLINE} s")
    for one in (connection, events, watch):
        one.close()
    return times


def measure(name, studio, rows, options, results):
    settle(studio, rows)
    on_disk, answered, in_api = [], [], []
    for run in range(options.runs):
        disk, api = web_edits(studio, run, options.edits)
        on_disk.append(disk)
        answered.append(api)
        in_api.append(saves(studio, run, options.edits))
    for what, runs in (("web edit answered (201/200)", answered),
                       ("web edit -> in the workbook on disk", on_disk),
                       ("workbook save -> in the API", in_api)):
        p50, p99, p99_all = summary(runs)
        print(f"{name:9} {rows:6} rows  {what:36} p50 {p50:8.1f} ms   p99 {p99:8.1f} ms"
              f"   (p99 of all {p99_all:.1f})", flush=True)
        results.append({"program": name, "rows": rows, "what": what, "p50_ms": round(p50, 2),
                        "p99_ms": round(p99, 2), "p99_all_ms": round(p99_all, 2),
                        "runs": len(runs), "edits": options.edits})
    for role, pids in studio.pids_by_role().items():
        resident, proportional = memory_of(pids)
        print(f"{name:9} {rows:6} rows  memory of {role:26} RSS {resident:8.1f} MiB"
              f"  PSS {proportional:8.1f} MiB  ({len(pids)} processes)", flush=True)
        results.append({"program": name, "rows": rows, "what": f"memory of {role}",
                        "rss_mib": round(resident, 1), "pss_mib": round(proportional, 1)})


class ProgramStudio(Studio):
    def pids_by_role(self):
        """cloud, local, their helpers and all of PostgreSQL."""
        found = {"cloud": [self.pid("cloud")], "local": [self.pid("local")],
                 "PostgreSQL, all processes": [], "demo": [], "media helpers": []}
        for pid, command in self.processes().items():
            program = command.split(" ")[0].rsplit("/", 1)[-1].rstrip(":")
            if program.startswith("postgres"):
                found["PostgreSQL, all processes"].append(pid)
            elif program == "animation-tracker-media":
                found["media helpers"].append(pid)
            elif pid == self.demo.pid:
                found["demo"].append(pid)
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1000,10000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--edits", type=int, default=40, help="in each run")
    parser.add_argument("--baseline", action="store_true", help="measure Node + exceljs too")
    parser.add_argument("--baseline-edits", type=int, default=10)
    parser.add_argument("--json", help="write the figures to this file too")
    options = parser.parse_args()
    print(machine())
    print(f"{PROGRAM}, {options.runs} runs of {options.edits} edits; medians of the runs")
    results = []
    for rows in map(int, options.rows.split(",")):
        def make(path):
            make_workbook(path, rows)
        with ProgramStudio(workbook=make) as studio:
            measure("tracker", studio, rows, options, results)
            if options.baseline:
                with BaselineStudio(studio, make) as baseline:
                    fewer = argparse.Namespace(runs=options.runs, edits=options.baseline_edits)
                    measure("exceljs", baseline, rows, fewer, results)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            {"machine": machine(), "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
