#!/usr/bin/python3
"""A thousand random edits of a rich workbook of 10,000 rows, held against a plain list of rows.

    tests/corpus/model.py [--rows 10000] [--edits 1000] [--seed 1]

Each edit is one call of `workbook patch`: a cell, an append, an insertion or a deletion; now and
then openpyxl sorts the rows and saves, as another program would. After every 50 edits all rows must
be equal, and table, formats, validation, names, print area and charts must cover exactly the data;
at the end of each stretch LibreOffice calculates the summary sheet anew, and its totals must be the
model's."""

import argparse
import pathlib
import random
import re
import sys
import tempfile
import zipfile

import readers

sys.path.insert(0, str(readers.ROOT / "tests/system"))
import office  # noqa: E402
import openpyxl  # noqa: E402
import workbooks  # noqa: E402
from openpyxl.chart import LineChart, Reference  # noqa: E402
from openpyxl.comments import Comment  # noqa: E402
from openpyxl.workbook.defined_name import DefinedName  # noqa: E402

LETTERS = "ABCDEFGHI"  # J is a formula, K is left alone
FRAMES, STATUS = "I", "G"
CHECK_EVERY, SORT_EVERY = 50, 250


def random_row(random_, number):
    row = dict(zip(LETTERS, workbooks.sample_row(number)))
    row[FRAMES] = str(random_.randrange(1, 500))
    row["H"] = random_.choice(["", f"note {number}", "=not a formula", "007", "<&> \"quoted\""])
    return row


def make_rich(path, rows):
    workbooks.make_workbook(path, [tuple(row[letter] or None for letter in LETTERS[:8])
                                   for row in rows])
    with workbooks.warnings_off():
        book = openpyxl.load_workbook(path)
    sheet, summary = book.worksheets
    last = len(rows) + 1
    for number, row in enumerate(rows, 2):
        sheet.cell(number, 8).data_type = "s"
        sheet.cell(number, 9).value = int(row[FRAMES])
        sheet.cell(number, 10).value = f"=I{number}/24"
    sheet["C3"].comment = Comment("look again", "Mina")
    sheet.print_area = f"A1:K{last}"
    book.defined_names.append(DefinedName("AllFrames", attr_text=f"Production!$I$2:$I${last}"))
    summary["A8"], summary["B8"] = "Frames", f"=SUM(Production!$I$2:$I${last})"
    summary["A9"], summary["B9"] = "By name", "=SUM(AllFrames)"
    summary["A10"], summary["B10"] = "Seconds", f"=SUM(Production!J2:J{last})"
    summary["A11"], summary["B11"] = "Approved", f'=COUNTIF(Production!$G$2:$G${last},"Approved")'
    lines = LineChart()
    lines.add_data(Reference(sheet, min_col=9, min_row=2, max_row=last))
    summary.add_chart(lines, "D20")
    book.save(path)


def sort_by_openpyxl(path, rows):
    """Another program sorts and saves; formulas and formats stay where they are."""
    rows.sort(key=lambda row: (row["A"], row["E"], row["H"], row[FRAMES]))
    with workbooks.warnings_off():
        book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, 2):
        for column, letter in enumerate(LETTERS, 1):
            text = row[letter]
            cell = sheet.cell(number, column)
            cell.value = None if text == "" else int(text) if letter == FRAMES else text
            if letter != FRAMES and text:
                cell.data_type = "s"
    book.save(path)


class Edited:
    def __init__(self, folder, rows, seed):
        self.random = random.Random(seed)
        self.folder = folder
        self.path = folder / "rich.xlsx"
        self.rows = [random_row(self.random, number) for number in range(1, rows + 1)]
        self.made = rows
        make_rich(self.path, self.rows)

    def new_row(self):
        self.made += 1
        return random_row(self.random, self.made)

    def edit(self):
        at = self.random.randrange(len(self.rows))
        kind = self.random.choices(("set", "append", "insert", "delete"), (5, 2, 2, 2))[0]
        if kind == "set":
            letter = self.random.choice(LETTERS)
            text = self.new_row()[letter]
            self.rows[at] = dict(self.rows[at], **{letter: text})
            edits = {"set": {f"{letter}{at + 2}": text}}
        elif kind == "delete":
            del self.rows[at]
            edits = {"delete": [at + 2]}
        else:
            row = self.new_row()
            edits = {"append": [row]} if kind == "append" else {
                "insert": [{"before": at + 2, "rows": [row]}]}
            self.rows.insert(len(self.rows) if kind == "append" else at, row)
        code, said = readers.patch(self.path, self.path, {"Production": edits}, self.folder)
        if code != 0:
            raise AssertionError(f"{edits}: {said}")

    def check(self):
        shown = readers.show(self.path, "Production")
        got = {row["row"]: row["cells"] for row in shown["rows"]}
        for number, row in enumerate(self.rows, 2):
            cells = {letter: text for letter, text in got.get(number, {}).items()
                     if letter in LETTERS}
            if cells != {letter: text for letter, text in row.items() if text}:
                raise AssertionError(f"row {number}: {cells} instead of {row}")
        if len(got) != len(self.rows) + 1:
            raise AssertionError(f"{len(got)} rows instead of {len(self.rows) + 1}")
        self.check_places(len(self.rows) + 1)

    def check_places(self, last):
        with zipfile.ZipFile(self.path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()
                     if name.endswith(".xml")}
        table = next(text for name, text in parts.items() if "/tables/" in name)
        sheet = parts["xl/worksheets/sheet1.xml"]
        charts = "".join(text for name, text in parts.items() if "/charts/" in name)
        for text, what in ((table, f' ref="A1:K{last}"'), (sheet, f'sqref="G2:G{last}"'),
                           (parts["xl/workbook.xml"], f"Production!$I$2:$I${last}"),
                           (parts["xl/workbook.xml"], f"$A$1:$K${last}"),
                           (charts, f"'Production'!$I$2:$I${last}"),
                           (parts["xl/worksheets/sheet2.xml"], f"Production!J2:J{last}")):
            if what not in text:
                raise AssertionError(f"{what} is not there")
        if len(re.findall(f'sqref="G2:G{last}"', sheet)) != 2:
            raise AssertionError("format or validation does not cover the data")
        formulas = re.findall(r'<c r="J(\d+)"[^>]*><f>I(\d+)/24</f>', sheet)
        if [one for one in formulas if one[0] != one[1]] or len(formulas) != len(self.rows):
            raise AssertionError("a calculated cell looks at another row")

    def check_totals(self):
        copy_ = self.folder / "copy.xlsx"
        copy_.write_bytes(self.path.read_bytes())
        with office.office().open(copy_) as book:
            book.document.calculateAll()
            summary = book.document.Sheets.getByIndex(1)
            got = [summary.getCellByPosition(1, row).Value for row in range(1, 11)]
        frames = sum(int(row[FRAMES] or 0) for row in self.rows)
        count = lambda letter, text: sum(row[letter] == text for row in self.rows)  # noqa: E731
        wanted = [*(count("A", name) for name in workbooks.ANIMATORS), 0, 0, frames, frames,
                  frames / 24, count(STATUS, "Approved")]
        if any(abs(one - other) > 1e-6 for one, other in zip(got, wanted)):
            raise AssertionError(f"LibreOffice calculates {got} instead of {wanted}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("rows", 10000), ("edits", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    readers.need_program()
    with tempfile.TemporaryDirectory(prefix="at-model-") as folder:
        edited = Edited(pathlib.Path(folder), options.rows, options.seed)
        edited.check()
        checks = sorts = 0
        for number in range(1, options.edits + 1):
            edited.edit()
            if number % CHECK_EVERY == 0 or number == options.edits:
                edited.check()
                checks += 1
            if number % SORT_EVERY == 0:
                edited.check_totals()
                sort_by_openpyxl(edited.path, edited.rows)
                sorts += 1
                print(f"{number} edits, {len(edited.rows)} rows: equal", flush=True)
        edited.check()
        edited.check_totals()
    print(f"{options.edits} edits of {options.rows} rows (seed {options.seed}), {sorts} sorts by "
          f"openpyxl: equal in {checks} checks, LibreOffice's totals are the model's")


if __name__ == "__main__":
    main()
