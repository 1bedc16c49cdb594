#!/usr/bin/python3
"""The workbook engine against exceljs and openpyxl, and against its limit, in one run on one file.

    scripts/build.sh release && scripts/build.sh release workbook_bench
    bench/workbook_compare.py [--sizes 1000,10000,100000]

Prints medians of CPU milliseconds and ratios, with the targets. exceljs is installed into
build/others by the first use (npm)."""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/corpus"))
import readers  # noqa: E402

ENGINE = ROOT / "build/release/workbook_bench"
OPENPYXL = """
import sys, time, warnings, openpyxl
warnings.simplefilter("ignore")
task, file, target = sys.argv[1:]
before = time.process_time()
book = openpyxl.load_workbook(file)
sheet = book.worksheets[0]
if task == "read":
    sum(len(row) for row in sheet.iter_rows(values_only=True))
else:
    sheet["G500"] = "Approved"
    book.save(target)
print((time.process_time() - before) * 1000)
"""
# name, our benchmark, their task, the limit's benchmarks, target against exceljs, against the limit
LINES = (
    ("cold read of all rows", "cold_open_and_image", "read", ("inflate_alone",), 90, 3),
    ("warm: one cell", "warm_cell", "set", ("deflate_alone",), 100, 1.3),
    ("warm: append a row", "warm_append", "append", ("deflate_alone",), 90, 2),
    ("saved file to rows", "saved_open_and_image", "read", ("inflate_alone",), 60, 5),
)


def engine(sizes):
    """Median CPU milliseconds by benchmark and size."""
    done = subprocess.run(
        [ENGINE, "--benchmark_format=json", "--benchmark_min_time=0.1",
         "--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true",
         f"--benchmark_filter=/({'|'.join(map(str, sizes))})$"],
        capture_output=True, text=True, check=True)
    return {tuple(one["run_name"].split("/")): one["cpu_time"]
            for one in json.loads(done.stdout)["benchmarks"] if one["aggregate_name"] == "median"}


def exceljs(task, file, target, turns):
    (readers.install_others() / "workbook_others.mjs").write_bytes(
        (ROOT / "bench/workbook_others.mjs").read_bytes())
    given = {"task": task, "file": str(file), "target": str(target), "turns": turns}
    done = subprocess.run(["node", "--max-old-space-size=6000", readers.OTHERS /
                           "workbook_others.mjs"], input=json.dumps(given), capture_output=True,
                          text=True, check=True, timeout=600)
    answer = json.loads(done.stdout)
    return statistics.median(answer["milliseconds"]), answer["peak"] / 1024


def openpyxl(task, file, target):
    done = subprocess.run([sys.executable, "-c", OPENPYXL, task, file, target],
                          capture_output=True, text=True, check=True, timeout=900)
    return float(done.stdout)


def whole_process(command):
    """CPU milliseconds and peak MiB of a process from start to end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command} failed")
    return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def line(name, ours, other, python, limit, target, limit_target):
    against_limit = f"{ours / limit:6.2f}x (<= {limit_target})" if limit else ""
    print(f"  {name:24}{ours:9.2f}{other:10.0f}{python:10.0f}  {other / ours:6.0f}x (>= {target})"
          f"   {against_limit}", flush=True)


def compare(size, measured, folder):
    file, target = folder / f"{size}.xlsx", folder / "out.xlsx"
    subprocess.run([ENGINE, "--write", str(size), file], check=True)
    turns = 5 if size <= 10000 else 1
    print(f"{size} rows, {file.stat().st_size / 1024:.0f} KiB; CPU ms:\n  {'':24}{'we':>9}"
          f"{'exceljs':>10}{'openpyxl':>10}  against exceljs    against the limit")
    theirs = {task: exceljs(task, file, target, turns) for task in ("read", "set", "append")}
    python = {task: openpyxl(task, file, target) for task in ("read", "set")}
    python["append"] = python["set"]  # a row more is nothing beside loading and saving
    for name, benchmark, task, limits, wanted, limit_wanted in LINES:
        limit = sum(measured[(one, str(size))] for one in limits)
        line(name, measured[(benchmark, str(size))], theirs[task][0], python[task], limit, wanted,
             limit_wanted)
    runs = [whole_process([readers.PROGRAM, "workbook", "patch", file, "-o", target, "--set",
                           "G500=Approved"]) for _ in range(turns + 2)]
    ours = statistics.median(cpu for cpu, _ in runs)
    limit = sum(measured[(one, str(size))] for one in ("cold_open", "deflate_alone"))
    wanted = {1000: 100, 10000: 80, 100000: 70}.get(size, 70)
    line("cold process: patch", ours, theirs["set"][0], python["set"], limit, wanted, 1.4)
    print(f"  peak memory: {runs[0][1]:.0f} MiB, exceljs {theirs['set'][1]:.0f} MiB "
          f"({theirs['set'][1] / runs[0][1]:.1f}x)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    sizes = [int(one) for one in parser.parse_args().sizes.split(",")]
    readers.need_program()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    measured = engine(sizes)
    with tempfile.TemporaryDirectory(prefix="at-bench-") as folder:
        for size in sizes:
            compare(size, measured, pathlib.Path(folder))


if __name__ == "__main__":
    main()
