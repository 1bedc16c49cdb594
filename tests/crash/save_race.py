#!/usr/bin/python3
"""People's saves against our writes, both as fast as they can: no unread save is destroyed.

    tests/crash/save_race.py [SAVES] [FOLDER]      (default: 100000, in /dev/shm)

The saver does as LibreOffice: a lock file, a whole new file beside the workbook, the lock goes,
the new file takes the name; every 40 saves it opens the workbook anew. Our side is
`animation-tracker-cycle race`: the real workbook port, journal and engine with a web edit in every
turn. A save is safe if our side took it as an edit, or if the person's own next save replaced it
(RENAME_EXCHANGE, which the saver uses instead of rename, tells), or if it lies in the ring of
displaced files because the person's next save came while we were putting it back.
Prints the figures; exit code 1 if a save was destroyed or the last one is not in the workbook.
"""

import ctypes
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

import openpyxl

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CYCLE = pathlib.Path(os.environ.get("ANIMATION_TRACKER", REPOSITORY /
                                    "build/release/animation-tracker")).parent / \
    "animation-tracker-cycle"
SAVES_A_SESSION = 40
MARK = "save-%08d"
LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(one, other):
    """RENAME_EXCHANGE: both names always have a whole file."""
    if LIBC.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2) != 0:
        raise OSError(ctypes.get_errno(), "renameat2", str(one))


class Template:
    """A workbook as openpyxl saves it, of which one text can be changed without zipping anew."""

    def __init__(self, data):
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        notes = next(cell.column for cell in sheet[1] if cell.value == "Notes")
        sheet.cell(row=6, column=notes, value=MARK % 0)
        saved = io.BytesIO()
        book.save(saved)
        source, target = zipfile.ZipFile(saved), io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as stored:
            for name in source.namelist():
                stored.writestr(name, source.read(name))
        self.data = bytearray(target.getvalue())
        with zipfile.ZipFile(io.BytesIO(bytes(self.data))) as archive:
            name = next(one for one in archive.namelist()
                        if (MARK % 0).encode() in archive.read(one))
            part = archive.getinfo(name)
            self.local = part.header_offset
            name_length = int.from_bytes(self.data[self.local + 26:self.local + 28], "little")
            extra_length = int.from_bytes(self.data[self.local + 28:self.local + 30], "little")
            self.first = self.local + 30 + name_length + extra_length
            self.last = self.first + part.file_size
        self.central = self.data.rindex(name.encode()) - 46
        self.mark = self.data.index((MARK % 0).encode(), self.first, self.last)

    def save(self, number):
        text = (MARK % number).encode()
        self.data[self.mark:self.mark + len(text)] = text
        sum_ = zlib.crc32(self.data[self.first:self.last]).to_bytes(4, "little")
        self.data[self.local + 14:self.local + 18] = sum_
        self.data[self.central + 16:self.central + 20] = sum_
        return bytes(self.data)


class Person:
    def __init__(self, folder, seed):
        self.workbook = folder / "production_summary.xlsx"
        self.beside = folder / "lu1234567.tmp"
        self.lock = folder / ".~lock.production_summary.xlsx#"
        self.choice = random.Random(seed)
        self.number_of = {}  # of each save, by its digest
        self.overwritten = set()  # numbers of saves that the person's own next one replaced
        self.template = None

    def save_all(self, count):
        for number in range(1, count + 1):
            if number % SAVES_A_SESSION == 1:
                self.template = Template(self.workbook.read_bytes())
            self.save(number)

    def save(self, number):
        self.lock.write_text(",ana,studio,22.11.2026 09:13,file:///profile;")
        data = self.template.save(number)
        self.number_of[hashlib.sha256(data).hexdigest()] = number
        self.beside.write_bytes(data)
        self.lock.unlink()
        if self.choice.random() < 0.5:
            time.sleep(self.choice.random() * 0.002)  # so that it lands anywhere in our turn
        exchange(self.beside, self.workbook)
        replaced = self.beside.read_bytes()
        mark = re.search(rb"save-(\d{8})", replaced)
        if mark:  # uncompressed, so it is the person's own
            self.overwritten.add(int(mark[1]))
        self.beside.unlink()
        if self.choice.random() < 0.5:
            time.sleep(self.choice.random() * 0.004)


def race(count, root=None, seed=1):
    """(figures, sentences of what went wrong)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="at-race-", dir=root))
    try:
        subprocess.run([CYCLE, "setup", folder], check=True, timeout=60)
        ours = subprocess.Popen([CYCLE, "race", folder], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        person = Person(folder, seed)
        began = time.monotonic()
        try:
            person.save_all(count)
        finally:
            took = time.monotonic() - began
            answer, _ = ours.communicate(timeout=120)
        told = json.loads(answer)
        observed = {int(text[5:]) for text in told["observed"] if text.startswith("save-")}
        kept = {person.number_of[digest] for digest in told["kept"] if digest in person.number_of}
        lost = [number for number in range(1, count + 1)
                if number not in observed and number not in person.overwritten
                and number not in kept]
        wrong = [f"save {number} was destroyed unread" for number in lost[:5]]
        shown = subprocess.run([CYCLE, "show", folder], capture_output=True, text=True, check=True)
        texts = {text for row in json.loads(shown.stdout)["rows"] for text in row}
        for text in (MARK % count, f"web {told['web_edits']}"):
            if text not in texts:
                wrong.append(f"{text} is not in the workbook at the end")
        figures = {"saves": count, "seconds": round(took, 1), "taken as edits": len(observed),
                   "replaced by the person's next one": len(person.overwritten - observed),
                   "kept aside, since a newer one came while it was put back":
                       len(kept - observed - person.overwritten),
                   "destroyed": len(lost), "our writes": told["writes"],
                   "undone or put off because a person saved": told["put_back"]}
        return figures, wrong
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    root = sys.argv[2] if len(sys.argv) > 2 else ("/dev/shm" if os.path.isdir("/dev/shm") else None)
    figures, wrong = race(count, root)
    for name, value in figures.items():
        print(f"{name}: {value}")
    print("\n".join(wrong) or "nothing was lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
