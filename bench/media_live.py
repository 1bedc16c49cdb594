#!/usr/bin/python3
"""How soon a render counts: its file is renamed into place -> the API, and the workbook on disk.

    bench/media_live.py [--rows 1000] [--renders 40]

Runs the release build as `demo`. Each render is a new version of another shot, made beforehand
and renamed into the shot's folder as renderers do. One at a time; the moment of the workbook is
that of its rename. Nothing is subtracted for this script, which runs on the same cores.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/system"), str(ROOT / "bench")]

import workbooks  # noqa: E402
from harness import Studio  # noqa: E402
from live_sync import Connection, EventStream, settle  # noqa: E402
from measure import WorkbookWatch, machine, summary  # noqa: E402
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


def deliver(studio, number, frames, movie, events, connection):
    """Seconds from the rename to the API, and to the workbook."""
    row = workbooks.sample_row(number)
    folder = folder_of(studio.media, number)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / ".rendering.mp4"
    beside.write_bytes(movie.read_bytes())
    name = f"{row[2].split()[0]}_{row[3]}_{row[4]}_anim_v001.mp4".lower()
    watch = WorkbookWatch(studio.workbook)
    watch.wait_for_quiet(0.3)
    events.drain()
    path = f"/api/production-data?shot={row[4]}&limit=5"
    wanted = f'"frames":{frames},'.encode()
    began = time.perf_counter()
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
    return in_api, moment - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--renders", type=int, default=40)
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
            times = [deliver(studio, 2 + index, frames, movie, events, connection)
                     for index, (frames, movie) in enumerate(movies)]
    for what, values in (("in the API", [one[0] for one in times]),
                         ("in the workbook on disk", [one[1] for one in times])):
        p50, p99, _ = summary([values])
        print(f"{options.rows} rows, render closed -> {what:24} p50 {p50:7.1f} ms  p99 {p99:7.1f} ms")


if __name__ == "__main__":
    main()
