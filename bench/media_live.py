#!/usr/bin/python3
"""How soon a render counts: its file is renamed into place -> the API, the workbook on disk, a page.

    bench/media_live.py [--rows 1000] [--renders 100]

Runs the release build as `demo`. Each render is the first of another shot, made beforehand and
renamed into the shot's folder as renderers do. One at a time. The moment of the workbook is that
of its rename; the moment of the page that at which a real Chromium with the row in sight has the
number of frames in it (bench/page_watch.mjs). Nothing is subtracted for this script, openpyxl and
the browser, which run on the same cores.
"""

import argparse
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/system"), str(ROOT / "bench")]

import workbooks  # noqa: E402
from harness import Studio  # noqa: E402
from live_sync import Connection, EventStream, settle  # noqa: E402
from measure import WorkbookWatch, machine, percentile, summary  # noqa: E402
from media_test import folder_of  # noqa: E402
from workbooks import Edit, text_of, warnings_off  # noqa: E402

DEADLINE = 30.0


def render(path, frames):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=24",
                    "-frames:v", str(frames), "-pix_fmt", "yuv420p", path], check=True)


def frames_in_workbook(workbook, shot):
    import openpyxl
    with warnings_off():
        sheet = openpyxl.load_workbook(workbook).worksheets[0]
    edit = Edit(workbook)
    header = [text_of(cell.value) for cell in sheet[edit.header_row]]
    return text_of(sheet.cell(edit.find(shot), header.index("Frames") + 1).value)


class Page:
    """A signed-in page of the studio in a real browser."""

    def __init__(self, studio):
        node = subprocess.run([ROOT / "scripts/build-web.sh", "--node"], check=True,
                              capture_output=True, text=True).stdout.strip()
        log = next(studio.log_folder.glob("*-demo.log")).read_text()
        link = re.search(r"http\S*/#[a-z-]*=\S*", log)[0]
        self.node = subprocess.Popen(
            [node, ROOT / "bench/page_watch.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1, env=dict(os.environ, PAGE_URL=studio.run["cloud_url"],
                                           PAGE_SIGN_IN=link, PAGE_STATE=f"{studio.root}/page.json"))
        self.expect("open")

    def expect(self, word):
        if (line := self.node.stdout.readline().strip()) != word:
            raise RuntimeError(f"the page said {line!r}, not {word!r}")

    def watch(self, shot, frames):
        self.node.stdin.write(f"{shot} {frames}\n")
        self.expect("watching")

    def shown_at(self):
        return int(self.node.stdout.readline()) / 1000

    def close(self):
        self.node.stdin.close()
        self.node.wait(DEADLINE)


def deliver(studio, number, frames, movie, events, connection, page):
    """Seconds from the rename to the API, to the workbook, and to the page."""
    row = workbooks.sample_row(number)
    folder = folder_of(studio.media, number)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / ".rendering.mp4"
    beside.write_bytes(movie.read_bytes())
    name = f"{row[2].split()[0]}_{row[3]}_{row[4]}_anim_v001.mp4".lower()
    watch = WorkbookWatch(studio.workbook)
    page.watch(row[4], frames)
    watch.wait_for_quiet(0.3)
    events.drain()
    path = f"/api/production-data?shot={row[4]}&limit=5"
    wanted = f'"frames":{frames},'.encode()
    began, began_at = time.perf_counter(), time.time()
    os.rename(beside, folder / name)
    while wanted not in connection.call("GET", path):
        events.wait(1.0)
        if time.perf_counter() - began > DEADLINE:
            raise TimeoutError(f"{name} was not measured within {DEADLINE} s")
    in_api = time.perf_counter() - began
    while True:
        moment = watch.wait(DEADLINE)
        if moment is None:
            raise TimeoutError(f"{name} did not reach the workbook within {DEADLINE} s")
        if frames_in_workbook(studio.workbook, row[4]) == str(frames):
            break
    watch.close()
    return in_api, moment - began, page.shown_at() - began_at


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--renders", type=int, default=100)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        movies = []
        for frames in range(12, 12 + options.renders):
            movies.append((frames, pathlib.Path(folder) / f"{frames}.mp4"))
            render(movies[-1][1], frames)

        def first_media(media):
            deliverable = folder_of(media, 1)
            deliverable.mkdir(parents=True)
            render(deliverable / "anim_v001.mp4", 10)

        with Studio(workbook=lambda path: workbooks.make_workbook(path, options.rows),
                    media=first_media) as studio:
            settle(studio, options.rows)
            connection, events = Connection(studio.cloud), EventStream(studio.cloud)
            with contextlib.closing(Page(studio)) as page:
                times = [deliver(studio, 2 + index, frames, movie, events, connection, page)
                         for index, (frames, movie) in enumerate(movies)]
    print(f"{len(times)} renders, load {os.getloadavg()[0]:.1f} at the end")
    for index, what in enumerate(("in the API", "in the workbook on disk", "in the page")):
        values = [one[index] for one in times]
        p50, p99, _ = summary([values])
        print(f"{options.rows} rows, render closed -> {what:24} p50 {p50:7.1f} ms  "
              f"p90 {1000 * percentile(values, 0.9):7.1f} ms  p99 {p99:7.1f} ms")


if __name__ == "__main__":
    main()
