#!/usr/bin/python3
"""Random texts written by us, loaded and saved by LibreOffice, openpyxl and SheetJS, read back by
us: the same texts.

    tests/corpus/fixpoint.py [--texts 100000] [--seed 1]
                              [--programs openpyxl,SheetJS,LibreOffice]"""

import argparse
import pathlib
import random
import re
import sys
import tempfile
import unicodedata
import warnings

import openpyxl

import readers

PIECES = [
    "=", "+", "-", "@", "'", '"', "<", ">", "&", "&amp;", "]]>", "_x0041_", "_x000D_", "_x",
    "_x005F_", "_X0041_", "_xa_", "_x1F_", "_xab_", "_", " ", "  ", "\n", "\n\n", "\t", "0", "007", "1e5", "1.50",
    "12345678901234567", "TRUE", "#N/A", "#REF!", "20260105", "2026-01-05", "1/2", "50%",
    "é", "e\u0301", "ß", "日本", "한국", "שלום", "\u200f", "\u202e", "😀", "👩‍👩‍👧", "\u00a0",
    "\u2028", "\u200b", "\ufeff", "\ufffd", "\ud7ff", "\ue000", "a", "Shot",
    "retake, please", "{", "}", "\\", "%s", "$A$1",
]
COLUMNS = "ABCDEFGHIJ"


def canonical(text):
    return unicodedata.normalize("NFC", text).strip(" \t\n")


def any_text(random_):
    kind = random_.random()
    if kind < 0.7:
        text = "".join(random_.choices(PIECES, k=random_.randrange(1, 7)))
    elif kind < 0.95:
        points = [random_.choice((random_.randrange(0x20, 0x7f), random_.randrange(0xa1, 0xd800),
                                  random_.randrange(0xe000, 0xfffe), random_.randrange(0x10000,
                                                                                       0x1fffe)))
                  for _ in range(random_.randrange(1, 12))]
        text = "".join(chr(point) for point in points if point not in range(0xfdd0, 0xfdf0))
    else:
        text = "x" * random_.randrange(200, 2000) + random_.choice(PIECES)
    return canonical(text)


def by_openpyxl(path, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(path).save(target)


def by_sheetjs(path, target):
    readers.run_node("save_again.mjs", {"from": str(path), "to": str(target)}, 240)


def by_libreoffice(path, target):
    folder = target.parent / "office"
    folder.mkdir()
    readers.convert([path], folder, "xlsx")
    (folder / path.name).rename(target)


# SheetJS decodes "_x0041_" when it loads and does not escape it again when it saves, whoever wrote
# the file; nothing that we write can survive that.
LOST = {"SheetJS": re.compile("_x[0-9A-Fa-f]{4}_")}
PROGRAMS = {"openpyxl": by_openpyxl, "SheetJS": by_sheetjs, "LibreOffice": by_libreoffice}


def texts_in(path):
    shown = readers.show(path)
    return {f"{column}{row['row']}": text for row in shown["rows"]
            for column, text in row["cells"].items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    options = parser.parse_args()
    readers.need_program()
    random_ = random.Random(options.seed)
    wanted = {}
    for number in range(options.texts):
        text = any_text(random_)
        if text:
            wanted[f"{COLUMNS[number % 10]}{number // 10 + 2}"] = text
    with tempfile.TemporaryDirectory(prefix="at-fixpoint-") as name:
        folder = pathlib.Path(name)
        book = openpyxl.Workbook()
        book.active.append([f"column {letter}" for letter in COLUMNS])
        book.save(folder / "empty.xlsx")
        ours = folder / "ours.xlsx"
        code, said = readers.patch(folder / "empty.xlsx", ours, {"": {"set": wanted}}, folder)
        if code != 0:
            sys.exit(f"patch: {said}")
        failed = False
        for program in ["we alone", *options.programs.split(",")]:
            saved = ours
            if program in PROGRAMS:
                saved = folder / f"{program}.xlsx"
                PROGRAMS[program](ours, saved)
            got = texts_in(saved)
            hopeless = LOST.get(program, re.compile("(?!)"))
            fair = {place: text for place, text in wanted.items() if not hopeless.search(text)}
            different = [(place, text, got.get(place)) for place, text in fair.items()
                         if got.get(place) != text]
            print(f"{program}: {len(fair) - len(different)} of {len(fair)} texts are the same"
                  f" ({len(wanted) - len(fair)} left out: see LOST)", flush=True)
            for place, text, instead in different[:10]:
                print(f"    {place}: {text[:60]!r} became {str(instead)[:60]!r}")
            failed = failed or bool(different)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
