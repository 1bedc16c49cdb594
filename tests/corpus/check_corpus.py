#!/usr/bin/python3
"""Patches every workbook of ../shared/data/xlsx and holds the outcome against the law: all other
zip members byte-identical, the sheet identical outside the cell, and every program that opened the
file before still opens it.

    tests/corpus/check_corpus.py [--files N] [--operations set,append,insert,delete]
                                 [--readers openpyxl,exceljs,SheetJS,LibreOffice] [--no-readers]

Prints a table (patched, refused, not opened, broken) and the reasons counted; exit code 1 if one
file is broken. All of it takes some minutes, most of them LibreOffice's."""

import argparse
import collections
import os
import pathlib
import re
import struct
import sys
import tempfile
import zipfile

import readers

DATA = pathlib.Path(os.environ.get("TRACKER_XLSX", readers.ROOT.parent / "shared/data/xlsx"))
OPERATIONS = ("set", "append", "insert", "delete")
PLAIN_READER = "openpyxl"  # of the files that it opens, how many can be patched?
MAY_CHANGE_ON_SET = re.compile(r"sharedstrings|styles")


def corpus(count=None):
    files = sorted(path for path in DATA.rglob("*")
                   if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm"))
    if count and count < len(files):
        files = [files[i * len(files) // count] for i in range(count)]
    return files


def raw_members(path):
    """Name -> bytes from its local header to the end of its data."""
    data = path.read_bytes()
    members = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            names, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            end = info.header_offset + 30 + names + extra + info.compress_size
            members[info.orig_filename] = data[info.header_offset:end]
    return members


def difference(old, new):
    """The parts of two texts between what they have in common at both ends."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start:len(old) - end], new[start:len(new) - end]


def check_set(before, after):
    """None, or what is wrong besides one cell."""
    old, new = raw_members(before), raw_members(after)
    if list(old) != list(new):
        return "members came or went"
    changed = [name for name in old if old[name] != new[name]]
    sheets = [name for name in changed if not MAY_CHANGE_ON_SET.search(name.lower())]
    if len(sheets) != 1:
        return f"changed: {changed}"
    with zipfile.ZipFile(before) as one, zipfile.ZipFile(after) as two:
        # a cell where none was may make the sheet's dimension grow
        was, now = difference(*(re.sub(rb"<(\w+:)?dimension [^>]*>", b"", archive.read(sheets[0]))
                                for archive in (one, two)))
    if len(re.findall(rb"<(?:\w+:)?c[ >]", was + b" ")) > 1 or b"</row" in was:
        return f"{sheets[0]} changed beyond one cell: {was[:80]!r} -> {now[:80]!r}"
    return None


def check_rows(before, after):
    """Binary members (pictures, macros) stay, and only known kinds of parts change."""
    old, new = raw_members(before), raw_members(after)
    gone = [name for name in old if name not in new and "calcchain" not in name.lower()]
    if gone or [name for name in new if name not in old]:
        return f"members came or went: {gone}"
    wrong = [name for name in old if name in new and old[name] != new[name]
             and not re.search(r"\.(xml|rels|vml)$", name.lower())]
    return f"changed: {wrong}" if wrong else None


def texts(shown):
    return [row["cells"] for row in shown["rows"]]


def plan(shown):
    """Edits for each operation: at a value, best in a column without formulas. Where no value
    stands, a cell below all rows is set."""
    rows = [(row["row"], column) for row in shown["rows"] for column in sorted(row["cells"])
            if column not in row["formulas"] and row["cells"][column]]
    if not rows:
        last = max((row["row"] for row in shown["rows"]), default=0)
        return {"set": {"set": {f"A{last + 1}": "patched & text"}},
                "append": {"append": [{"A": "patched & text"}]}}
    calculated = {column for row in shown["rows"] for column in row["formulas"]}
    rows = [one for one in rows if one[1] not in calculated] or rows
    row, column = rows[len(rows) // 2]
    numbers = [one["row"] for one in shown["rows"]]
    middle = numbers[len(numbers) // 2]
    return {"set": {"set": {f"{column}{row}": "patched & text"}},
            "append": {"append": [{column: "patched & text"}]},
            "insert": {"insert": [{"before": middle, "rows": [{column: "patched & text"}]}]},
            "delete": {"delete": [middle]}}


def expected_count(operation, edits, shown):
    numbers = {row["row"] for row in shown["rows"]}
    if operation == "set":
        return len(numbers | {int(place.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                              for place in edits["set"]})
    return len(numbers) + {"append": 1, "insert": 1, "delete": -1}[operation]


class Outcome:
    def __init__(self):
        self.counts = collections.Counter()
        self.reasons = collections.Counter()
        self.broken = []
        self.made = []  # (original, patched)


def general(reason):
    """A reason without names and numbers, for counting."""
    reason = re.sub(r"^refused: .*?: ", "", reason.splitlines()[-1] if reason else "?")
    return re.sub(r"[A-Z]+\d+(:[A-Z]+\d+)?|\"[^\"]*\"|\(.*\)", "…", reason)[:100]


def try_operation(path, operation, edits, shown, folder, outcome):
    target = folder / f"{operation}-{len(outcome.made):04}-{path.stem[:40]}{path.suffix}"
    code, said = readers.patch(path, target, {"": edits}, folder)  # "": the first sheet
    if code != 0:
        kind = "refused" if "refused:" in said else "broken"
        outcome.counts[kind] += 1
        outcome.reasons[general(said)] += 1
        if kind == "broken":
            outcome.broken.append((path, said))
        return
    after = readers.show(target)
    wrong = after if isinstance(after, str) else (check_set if operation == "set" else check_rows)(
        path, target)
    if not wrong and operation != "delete" and "patched & text" not in str(texts(after)):
        wrong = "the text is not there"
    if not wrong and abs(len(after["rows"]) - expected_count(operation, edits, shown)) > (
            1 if operation == "delete" else 0):  # a table's last row is blanked
        wrong = f"{len(after['rows'])} rows"
    outcome.counts["broken" if wrong else "patched"] += 1
    if wrong:
        outcome.broken.append((path, wrong))
    else:
        outcome.made.append((path, target))


def check_readers(files, outcomes, names):
    """Files that a reader opened before and does not open after the patch."""
    for name in names:
        opened = readers.READERS[name]
        pairs = [pair for outcome in outcomes.values() for pair in outcome.made]
        before = opened(files if name == PLAIN_READER else sorted({pair[0] for pair in pairs}))
        after = opened([made for original, made in pairs if original in before])
        lost = [(original, made) for original, made in pairs
                if original in before and made not in after]
        print(f"{name}: opened {len(before)} originals and {len(after)} patched files, "
              f"lost {len(lost)}", flush=True)
        for operation, outcome in outcomes.items() if name == PLAIN_READER else ():
            patched = before & {original for original, _ in outcome.made}
            print(f"    {operation:8}{len(patched)} of the {len(before)} that {name} opens "
                  f"({100 * len(patched) / max(len(before), 1):.1f} %)", flush=True)
        for original, made in lost:
            print(f"    BROKEN {made.name}: {name} no longer opens it", flush=True)
            outcomes[made.name.split("-")[0]].broken.append((original, name))


def run(files, operations, folder):
    outcomes = {operation: Outcome() for operation in operations}
    not_opened = collections.Counter()
    for path in files:
        shown = readers.show(path)
        if isinstance(shown, str):
            not_opened[general(shown)] += 1
            continue
        edits = plan(shown)
        for operation in operations:
            if operation not in edits:
                outcomes[operation].counts["empty"] += 1
            else:
                try_operation(path, operation, edits[operation], shown, folder,
                              outcomes[operation])
    return outcomes, not_opened


def print_table(outcomes, not_opened, count):
    print(f"{count} files, {sum(not_opened.values())} not opened:")
    for reason, times in not_opened.most_common():
        print(f"    {times:4} {reason}")
    print(f"{'':10}{'patched':>9}{'refused':>9}{'no value':>9}{'broken':>8}")
    for operation, outcome in outcomes.items():
        c = outcome.counts
        print(f"{operation:10}{c['patched']:9}{c['refused']:9}{c['empty']:9}{c['broken']:8}")
    for operation, outcome in outcomes.items():
        for reason, times in outcome.reasons.most_common():
            print(f"    {operation:8}{times:4} {reason}")
        for path, wrong in outcome.broken:
            print(f"    BROKEN {operation} {path.name}: {wrong}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, help="so many of them, spread evenly")
    parser.add_argument("--operations", default=",".join(OPERATIONS))
    parser.add_argument("--readers", default=",".join(readers.READERS))
    parser.add_argument("--no-readers", action="store_true")
    options = parser.parse_args()
    readers.need_program()
    files = corpus(options.files)
    with tempfile.TemporaryDirectory(prefix="at-corpus-") as folder:
        outcomes, not_opened = run(files, options.operations.split(","), pathlib.Path(folder))
        print_table(outcomes, not_opened, len(files))
        if not options.no_readers:
            check_readers(files, outcomes, options.readers.split(","))
    return 1 if any(outcome.broken for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
