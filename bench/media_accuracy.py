#!/usr/bin/python3
"""How right our durations are: our program, ffprobe and mediainfo on files whose truth is known.

    bench/media_tree.sh /tmp/media-tree          # makes the tree and its truth.tsv, 30 s
    bench/media_accuracy.py /tmp/media-tree [--wrong]
    bench/media_accuracy.py --against-decode FOLDER    # any media: ours beside a full decode

Truth is what the encoder was asked for, never what a prober says. An item counts as right if the
frames are equal, and its duration if it is within half a frame (20 ms where the rate varies).
"ffprobe, header" is what a Node program does: nb_frames, or duration x r_frame_rate.
Exit code 1 where one of our answers is wrong.
"""

import argparse
import fractions
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("ANIMATION_TRACKER", ROOT / "build/release/animation-tracker")


class Said:
    """What one tool says of one file: None = it says nothing, refuses, or sees no picture."""

    def __init__(self, frames=None, seconds=None, flagged=False, still=False):
        self.frames, self.seconds, self.flagged, self.still = frames, seconds, flagged, still


def number(text):
    try:
        return float(fractions.Fraction(str(text)))
    except (ValueError, ZeroDivisionError):
        return None


def run_json(*command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return json.loads(done.stdout or b"{}"), done.returncode
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return {}, 1


def ffprobe(path, count):
    extra = ["-count_frames"] if count else []
    answer, code = run_json("ffprobe", "-v", "quiet", "-of", "json", "-show_format",
                            "-show_streams", *extra, path)
    video = [stream for stream in answer.get("streams", []) if stream["codec_type"] == "video"]
    if code != 0 or not video:
        return Said()
    seconds = number(answer.get("format", {}).get("duration"))
    frames = number(video[0].get("nb_read_frames" if count else "nb_frames"))
    rate = number(video[0].get("r_frame_rate"))
    if frames is None and not count and seconds and rate:
        frames = round(seconds * rate)
    return Said(frames, seconds)


def mediainfo(path):
    answer, code = run_json("mediainfo", "--Output=JSON", path)
    tracks = (answer.get("media") or {}).get("track", [])
    shown = [track for track in tracks if track["@type"] in ("Video", "Image")]
    if code != 0 or not shown:
        return Said()
    first = shown[0]
    cut = any((track.get("extra") or {}).get("IsTruncated") == "Yes" for track in tracks)
    if first["@type"] == "Image":
        return Said(1, None, cut, still=True)
    return Said(number(first.get("FrameCount")), number(first.get("Duration")), cut)


def readable(path):
    """A path as our program prints it: NFC, ill-formed bytes as U+FFFD."""
    text = path.decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def ours(tree):
    done = subprocess.run([PROGRAM, "analyze", "--json", tree], capture_output=True, check=False)
    said = {}
    for line in json.loads(done.stdout):
        one = Said(line["frames"], line["duration_seconds"], "TRUNCATED" in line["flags"],
                   line["kind"] == "still")
        one.missing, one.problem, one.how = line["missing_frames"], line["problem"], line["how"]
        if line["kind"] in ("none", "audio"):
            one.frames = one.seconds = None
        said[line["path"]] = one
    return said


def truth_of(tree):
    lines = (tree / "truth.tsv").read_bytes().split(b"\n")
    names = lines[0].decode().split("\t")
    for line in lines[1:]:
        if not line:
            continue
        path, rest = line.split(b"\t", 1)
        if b"\\" in path:  # \n and \xe9 stand for bytes that no table can hold
            path = path.decode().encode().decode("unicode_escape").encode("latin-1")
        row = dict(zip(names[1:], rest.decode().split("\t")))
        yield bytes(path), row


def judge(row, said):
    """(frames right, duration right, flagged or None, refused or None)"""
    if row["expect"] == "error":
        refused = not said.frames and not said.seconds
        return None, None, None, refused
    if row["expect"] == "partial":
        return None, None, said.flagged, None
    if row["kind"] == "still":
        still = said.still or (said.frames or 1) == 1
        return still, not said.seconds or said.seconds <= 0.05, None, None
    rate = number(row["fps"])
    tolerance = 0.5 / rate if rate else 0.02
    near = said.seconds is not None and abs(said.seconds - float(row["duration"])) <= tolerance
    return said.frames == int(row["frames"]), near, None, None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--against-decode", action="store_true",
                        help="no truth.tsv: name what differs from ffprobe's full decode")
    parser.add_argument("--wrong", action="store_true", help="name every wrong answer of ours")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--folder", default="cases/", help="only what lies below it")
    options = parser.parse_args()
    tree = options.tree.resolve()
    answers = ours(tree)
    if options.against_decode:
        against_decode(answers)
        return
    tools = {"animation-tracker": lambda path: answers.get(readable(path), Said())}
    if not options.ours_only:
        tools["ffprobe, header"] = lambda path: ffprobe(path, False)
        tools["ffprobe -count_frames"] = lambda path: ffprobe(path, True)
        if shutil.which("mediainfo"):
            tools["mediainfo"] = mediainfo
    rows = [(path, row) for path, row in truth_of(tree)
            if row["kind"] != "sequence" and row["expect"] != "ignore" and
            path.startswith(options.folder.encode())]
    print(f"{len(rows)} files of {tree}")
    print(f"{'tool':24}{'frames':>10}{'duration':>10}{'flagged':>9}{'refused':>9}{'wrong':>7}")
    our_wrong = 0
    for name, ask in tools.items():
        scores = [[], [], [], []]
        wrong = 0
        for path, row in rows:
            said = ask(bytes(tree) + b"/" + path)
            verdict = judge(row, said)
            for score, one in zip(scores, verdict):
                if one is not None:
                    score.append(one)
            if False in verdict:
                wrong += 1
                if options.wrong and name == "animation-tracker":
                    print("  wrong:", readable(path), vars(said), "truth:", row["frames"],
                          row["duration"], row["expect"], file=sys.stderr)
        if name == "animation-tracker":
            our_wrong = wrong
        cells = [f"{sum(score)}/{len(score)}" for score in scores]
        print(f"{name:24}{cells[0]:>10}{cells[1]:>10}{cells[2]:>9}{cells[3]:>9}{wrong:>7}")
    wrong = sequences(tree, answers, options)
    print(f"sequences wrong: {wrong}")
    sys.exit(1 if wrong or our_wrong else 0)


def against_decode(answers):
    """Movies and animations only: a still is one picture for everybody."""
    same, differ = 0, []
    for path, said in answers.items():
        if not pathlib.Path(path).is_file():
            continue
        decoded = ffprobe(path, True)
        if (said.frames or None) == (decoded.frames or None) or (said.still and
                                                                 decoded.frames == 1):
            same += 1
        else:
            differ.append((path, said, decoded))
    print(f"{same + len(differ)} files, {same} equal to a full decode")
    for path, said, decoded in differ:
        print(f"  {path}: ours {said.frames} ({said.how}; {said.problem or 'no problem'}), "
              f"decoded {decoded.frames}")


def sequences(tree, answers, options):
    wrong = 0
    for path, row in truth_of(tree):
        if row["kind"] != "sequence" or not path.startswith(options.folder.encode()):
            continue
        name = readable(bytes(tree) + b"/" + path)
        said = answers.get(name)
        missing = row["missing"].replace(",", ", ") if row["missing"] != "-" else ""
        stepped = "x" in missing
        right = (said is not None and said.frames == int(row["frames"]) and
                 (stepped or said.missing == missing) and
                 (row["expect"] == "ok") == (said.problem is None))
        if not right:
            wrong += 1
            if options.wrong:
                print("  wrong:", name, said and vars(said), row, file=sys.stderr)
    return wrong


if __name__ == "__main__":
    main()
