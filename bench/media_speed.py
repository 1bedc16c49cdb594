#!/usr/bin/python3
"""What durations cost: our index readers and scan, against the tools that everybody starts.

    bench/media_tree.sh /tmp/media-tree; bench/scan_tree.py /tmp/scan-tree
    scripts/build.sh release animation-tracker animation-tracker-media probe_bench disk_bench media_bench
    bench/media_speed.py /tmp/media-tree /tmp/scan-tree

Processor time is what counts: the walls are those of the machine's other work, too. Everything is
warm: each tool runs once before it is measured. Medians of the rounds; ratios in the same run.
"""

import argparse
import csv
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
MOVIES = {".mp4", ".mov", ".mkv", ".webm", ".avi"}

NODE_PROGRAM = """
import { readFileSync, openSync, fstatSync, readSync } from 'node:fs';
import mediaInfoFactory from 'mediainfo.js';
const info = await mediaInfoFactory({ format: 'object' });
for (const path of JSON.parse(readFileSync(0, 'utf8'))) {
  const file = openSync(path);
  await info.analyzeData(fstatSync(file).size, (size, offset) => {
    const buffer = new Uint8Array(size);
    readSync(file, buffer, 0, size, offset);
    return buffer;
  });
}
"""


def child_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spawned(command, stdin=None):
    """(wall, processor time) of one run."""
    before, begin = child_seconds(), time.perf_counter()
    subprocess.run(command, input=stdin, stdin=None if stdin else subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begin, child_seconds() - before


def google_benchmark(program, wanted="-draw", seconds=1, **environment):
    """`wanted`: a regular expression of names; behind a "-" all others."""
    done = subprocess.run([BUILD / program, "--benchmark_format=json",
                           f"--benchmark_min_time={seconds}",
                           f"--benchmark_filter={wanted}"],
                          env=dict(os.environ, **environment), capture_output=True, check=True)
    return {one["name"]: one for one in json.loads(done.stdout)["benchmarks"]}


def line(name, cpu_ms, files_per_second, floor):
    print(f"{name:46}{cpu_ms:>12.4f}{files_per_second:>12.0f}{floor / cpu_ms:>10.0f}x")


def each_spawned(command, files):
    cpu = wall = 0.0
    for path in files:
        one = spawned([*command, path])
        wall, cpu = wall + one[0], cpu + one[1]
    return 1000 * cpu / len(files), len(files) / wall


def mediainfo_js(files):
    """Processor ms a file, without Node's start; None where the package can't be had."""
    node = shutil.which("node")
    with tempfile.TemporaryDirectory() as folder:
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if node is None or subprocess.run(["npm", "install", "--prefix", folder, "--ignore-scripts",
                                           "mediainfo.js@0.3"], **quiet).returncode:
            return None
        script = pathlib.Path(folder) / "run.mjs"
        script.write_text(NODE_PROGRAM)
        few = json.dumps(files[:1]).encode()
        spawned([node, script], few)
        start = spawned([node, script], few)
        whole = spawned([node, script], json.dumps(files).encode())
        count = len(files) - 1
        return 1000 * (whole[1] - start[1]) / count, count / (whole[0] - start[0])


def probes(tree):
    files = sorted(str(path) for path in tree.rglob("*")
                   if path.suffix in MOVIES and path.is_file() and not path.is_symlink())
    random.seed(1)
    sample = random.sample(files, min(60, len(files)))
    print(f"\n{len(files)} movies of {tree}; spawned tools on {len(sample)} of them")
    print(f"{'':46}{'cpu ms/file':>12}{'files/s':>12}{'cpu':>11}")
    node_way = each_spawned(["ffprobe", "-v", "quiet", "-of", "json", "-show_format",
                             "-show_streams"], sample)
    line("ffprobe, spawned for each file", *node_way, node_way[0])
    if shutil.which("mediainfo"):
        line("mediainfo, spawned for each file",
             *each_spawned(["mediainfo", "--Output=JSON"], sample), node_way[0])
    if in_node := mediainfo_js(sample):
        line("mediainfo.js in one Node process", *in_node, node_way[0])
    ours = google_benchmark("probe_bench", MEDIA_TREE=str(tree))
    for name, title in (("through_the_worker/real_time", "ours, through the worker (ours + hop)"),
                        ("read_indices", "ours, index readers in process"),
                        ("read_both_ends", "floor: open, read first and last 64 KiB")):
        one = ours[name]
        time_of = "real_time" if "worker" in name else "cpu_time"  # two processes in turn
        line(title, one[time_of] / len(files), one["items_per_second"], node_way[0])


def pictures(tree):
    """A picture from the middle, 320 wide: the worker's processor time against a spawned ffmpeg's."""
    with open(tree / "truth.tsv", encoding="utf-8") as truth:
        rows = list(csv.DictReader(truth, delimiter="\t"))
    movies = [(tree / row["path"], float(row["duration"])) for row in rows if row["expect"] == "ok"
              and row["kind"] == "video" and pathlib.Path(row["path"]).suffix in MOVIES]
    random.seed(2)
    sample = random.sample(movies, min(40, len(movies)))
    spawned_ms = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path, seconds in sample:
            command = ["ffmpeg", "-v", "error", "-y", "-ss", f"{seconds / 2:.3f}", "-i", path,
                       "-frames:v", "1", "-vf", "scale=320:-2", f"{folder}/picture.jpg"]
            spawned_ms += 1000 * spawned(command)[1] / len(sample)
    print(f"\nsmall pictures; ffmpeg on {len(sample)} movies\n{'':46}{'cpu ms/file':>12}{'cpu':>11}")
    print(f"{'ffmpeg -ss, spawned for each file':46}{spawned_ms:>12.1f}{1:>10.0f}x")
    for name, one in google_benchmark("probe_bench", "draw", MEDIA_TREE=str(tree)).items():
        if not one.get("drawn"):
            continue  # a tree without image sequences
        title = f"ours, {name.split('/')[1]} ({one['drawn']:.0f} drawn)"
        print(f"{title:46}{one['cpu_ms_each']:>12.1f}{spawned_ms / one['cpu_ms_each']:>10.1f}x")


def analyses(trees):
    print(f"\nfirst analysis, from start to end of the process\n{'':46}{'wall ms':>12}{'cpu ms':>12}")
    for tree in trees:
        spawned([BUILD / "animation-tracker", "analyze", "--json", tree])
        wall, cpu = spawned([BUILD / "animation-tracker", "analyze", "--json", tree])
        print(f"{'analyze ' + str(tree):46}{1000 * wall:>12.0f}{1000 * cpu:>12.0f}")


def scans(tree):
    print(f"\n{tree}, warm, medians of 7 interleaved rounds")
    print(f"{'':46}{'wall ms':>12}{'cpu ms':>12}")
    commands = {"find -type f": ["find", tree, "-type", "f"],
                "find -type f -printf '%s %T@'":
                    ["find", tree, "-type", "f", "-printf", "%s %T@\\n"]}
    rounds = {}
    for _ in range(8):
        for name, command in commands.items():
            rounds.setdefault(name, []).append([1000 * one for one in spawned(command)])
        for name, one in google_benchmark("disk_bench", seconds=0.01, SCAN_TREE=str(tree)).items():
            rounds.setdefault("ours, " + name, []).append([one["real_time"], one["cpu_time"]])
    for name, measured in rounds.items():
        wall, cpu = (statistics.median(one[i] for one in measured[1:]) for i in (0, 1))
        print(f"{name:46}{wall:>12.1f}{cpu:>12.1f}")


def names():
    print("\nnames, in memory")
    for name, one in google_benchmark("media_bench").items():
        rate = one.get("items_per_second")
        each = f"{1e9 / rate:>10.0f} ns a name" if rate else ""
        print(f"{name:46}{one['cpu_time']:>12.2f} ms{each}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media_tree", type=pathlib.Path)
    parser.add_argument("scan_tree", type=pathlib.Path)
    options = parser.parse_args()
    if not (BUILD / "probe_bench").exists():
        sys.exit("build first: see the head of this file")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    probes(options.media_tree.resolve())
    pictures(options.media_tree.resolve())
    analyses([options.media_tree.resolve(), options.scan_tree.resolve()])
    scans(options.scan_tree.resolve())
    names()


if __name__ == "__main__":
    main()
