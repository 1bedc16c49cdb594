"""The human's side of the workbook: a producer's workbook made by openpyxl, readers and editors.

Nothing here shares code with the program: what the tests believe of a workbook is what openpyxl,
LibreOffice (office.py) and the bare zip say.
"""

import contextlib
import copy
import datetime
import io
import os
import pathlib
import zipfile

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from client import SYNC_DEADLINE, Timeout, wait_until

FIELDS = ("animator", "project_type", "episode_title", "scene", "shot", "week_yyyymmdd",
          "status", "notes")
HEADERS = {"Animator": "animator", "Project Type": "project_type",
           "Episode Title": "episode_title", "Scene": "scene", "Shot": "shot",
           "Week (YYYYMMDD)": "week_yyyymmdd", "Status": "status", "Notes": "notes"}
ANIMATORS = ("Mina", "Jonas", "Aiko", "Petra")
WEEKS = ("20260105", "20260112", "20260119")
STATUSES = ("Not started", "In progress", "Review", "Approved")


def sample_row(number):
    """The eight cells of row `number`, counted from 1; every shot is another one."""
    return (ANIMATORS[number % 4], "Series", f"EP{1 + number % 3:02} Harbour",
            f"SC{10 * (1 + number // 10):03}", f"SH{10 * number:04}", WEEKS[number % 3],
            STATUSES[number % 4], "" if number % 5 else f"note {number}")


def make_workbook(path, rows=20, chart=True):
    """A producer's workbook: table, styles, drop-down, colours, a summary with formulas and chart.

    `rows` is a number of sample rows, or the rows themselves."""
    data = [sample_row(number) for number in range(1, rows + 1)] if isinstance(rows, int) else rows
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Production"
    sheet.append([*HEADERS, "Frames", "Duration", "Reviewer"])
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="444466")
    for number, row in enumerate(data, 1):
        sheet.append([*row, None, None, f"reviewer {number % 3}"])
        sheet.cell(number + 1, 8).alignment = Alignment(wrap_text=True)
    last = len(data) + 1
    for letter, width in zip("ABCDEFGHIJK", (14, 12, 22, 10, 10, 16, 14, 40, 9, 10, 14)):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    table = Table(displayName="Entries", ref=f"A1:K{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    sheet.add_table(table)
    choice = DataValidation(type="list", formula1='"' + ",".join(STATUSES) + '"')
    choice.add(f"G2:G{last}")
    sheet.add_data_validation(choice)
    sheet.conditional_formatting.add(f"G2:G{last}", CellIsRule(
        operator="equal", formula=['"Approved"'], fill=PatternFill(bgColor="AADDAA")))
    summary = book.create_sheet("Summary")
    summary.append(["Animator", "Entries"])
    for number, animator in enumerate(ANIMATORS, 2):
        summary.append([animator, f"=COUNTIF(Production!$A$2:$A${last},A{number})"])
    if chart:
        bars = BarChart()
        bars.title = "Entries for each animator"
        bars.add_data(Reference(summary, min_col=2, min_row=1, max_row=5), titles_from_data=True)
        bars.set_categories(Reference(summary, min_col=1, min_row=2, max_row=5))
        summary.add_chart(bars, "D2")
    book.save(path)


def text_of(value):
    """A cell as the API would say it."""
    if value is None:
        return ""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.strftime("%Y%m%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").strip()


def header_columns(first_cells):
    """{field: 0-based column} of a header row, or None where it is no header row."""
    known = {header.lower(): field for header, field in HEADERS.items()}
    known["week"] = "week_yyyymmdd"
    columns = {known[text.strip().lower()]: number for number, text in enumerate(first_cells)
               if text.strip().lower() in known}
    return columns if len(columns) == len(FIELDS) else None


def rows_from_grid(grid):
    """[{field: text, 'row': number}] below the header row; blank rows are left out."""
    columns, found = None, []
    for number, cells in enumerate(grid, 1):
        texts = [text_of(cell) for cell in cells]
        if columns is None:
            columns = header_columns(texts)
            continue
        row = {field: texts[column] if column < len(texts) else ""
               for field, column in columns.items()}
        if any(row.values()):
            found.append(dict(row, row=number))
    if columns is None:
        raise AssertionError("no header row with all eight columns")
    return found


def read(path):
    """The entries of a workbook as openpyxl sees them."""
    with warnings_off():
        book = openpyxl.load_workbook(io.BytesIO(pathlib.Path(path).read_bytes()), data_only=True)
        return rows_from_grid([shown(cell) for cell in row] for row in book.worksheets[0].iter_rows())


def shown(cell):
    """The value, or what a person sees where the format is only zeros: 10 in 0000 is 0010."""
    zeros = cell.number_format or ""
    if isinstance(cell.value, int) and zeros and not zeros.strip("0"):
        return str(cell.value).zfill(len(zeros))
    return cell.value


@contextlib.contextmanager
def warnings_off():
    """openpyxl warns of parts it does not know; that is its business, not the test's."""
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def cells(row):
    """The eight cells as a tuple, of a workbook row or of an entry of the API."""
    return tuple(text_of(row[field]) for field in FIELDS)


class Edit:
    """A workbook opened by openpyxl, as a person has it open in a spreadsheet program.

    save() truncates and rewrites the same file, as openpyxl does. `source` may be an old copy."""

    def __init__(self, path, source=None):
        self.path = pathlib.Path(path)
        with warnings_off():
            self.book = openpyxl.load_workbook(io.BytesIO((source or self.path).read_bytes()))
        self.sheet = self.book.worksheets[0]
        grid = [[text_of(cell.value) for cell in row] for row in self.sheet.iter_rows()]
        for number, texts in enumerate(grid, 1):
            self.columns = header_columns(texts)
            if self.columns:
                self.header_row = number
                return
        raise AssertionError("no header row")

    def row_numbers(self):
        shot = self.columns["shot"] + 1
        return [number for number in range(self.header_row + 1, self.sheet.max_row + 1)
                if text_of(self.sheet.cell(number, shot).value)]

    def find(self, shot):
        """Row number of the one row with this shot."""
        column = self.columns["shot"] + 1
        found = [number for number in self.row_numbers()
                 if text_of(self.sheet.cell(number, column).value) == shot]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} rows have the shot {shot}")
        return found[0]

    def set(self, shot, /, **fields):
        number = self.find(shot)
        for field, value in fields.items():
            self.sheet.cell(number, self.columns[field] + 1).value = value
        return self

    def append(self, row):
        number = max(self.row_numbers(), default=self.header_row) + 1
        for field, value in zip(FIELDS, row):
            self.sheet.cell(number, self.columns[field] + 1).value = value
        for table in self.sheet.tables.values():  # as a spreadsheet program grows its table
            first, last = table.ref.split(":")
            letters = last.rstrip("0123456789")
            table.ref = f"{first}:{letters}{max(number, int(last[len(letters):]))}"
            if table.autoFilter:
                table.autoFilter.ref = table.ref
        return self

    def delete(self, shot):
        self.sheet.delete_rows(self.find(shot))
        return self

    def sort(self, field, reverse=False):
        """Sorts whole rows by one column, as a person does with the arrow of the header."""
        numbers = self.row_numbers()
        column = self.columns[field]
        grid = [[(copy.copy(cell.value), cell.number_format) for cell in self.sheet[number]]
                for number in numbers]
        grid.sort(key=lambda row: text_of(row[column][0]), reverse=reverse)
        for number, row in zip(numbers, grid):
            for position, (value, number_format) in enumerate(row, 1):
                cell = self.sheet.cell(number, position)
                cell.value, cell.number_format = value, number_format
        return self

    def save(self):
        """In place: the same inode is truncated and written."""
        with warnings_off():
            self.book.save(self.path)
        return self

    def save_as_excel_does(self):
        """A whole new file beside it, then a rename over the name."""
        beside = self.path.parent / "1A2B3C4D"
        with warnings_off():
            self.book.save(beside)
        os.replace(beside, self.path)
        return self


# -- both sides ---------------------------------------------------------------------------------

def row_of(path, shot):
    """The row with this shot, or None; also None while the file is being written."""
    try:
        found = [row for row in read(path) if row["shot"] == shot]
    except (OSError, zipfile.BadZipFile, KeyError, EOFError):
        return None
    return found[0] if len(found) == 1 else None


def wait_in_workbook(studio, shot, deadline=SYNC_DEADLINE, /, **fields):
    """Until the workbook on disk shows these values in the row of this shot."""
    def there():
        row = row_of(studio.workbook, shot)
        return row and all(row[name] == value for name, value in fields.items()) and row
    try:
        return wait_until(there, f"{shot} {fields} in the workbook", deadline, 0.05)
    except Timeout as late:
        raise Timeout(f"{late}; the row is {row_of(studio.workbook, shot)}") from None


def wait_not_in_workbook(studio, shot, deadline=SYNC_DEADLINE):
    wait_until(lambda: all(row["shot"] != shot for row in read(studio.workbook)),
               f"{shot} to leave the workbook", deadline, 0.05)


def wait_in_api(studio, shot, deadline=SYNC_DEADLINE, /, **fields):
    """Until the API shows these values in the entry of this shot."""
    def there():
        entry = studio.cloud.entry(shot=shot)
        return entry and all(text_of(entry[name]) == value
                             for name, value in fields.items()) and entry
    try:
        return wait_until(there, f"{shot} {fields} in the API", deadline)
    except Timeout as late:
        raise Timeout(f"{late}; the entry is {studio.cloud.entry(shot=shot)}") from None


def wait_not_in_api(studio, shot, deadline=SYNC_DEADLINE):
    wait_until(lambda: studio.cloud.entry(shot=shot) is None, f"{shot} to leave the API", deadline)


def difference(studio):
    """What only the workbook holds and what only the API holds; two empty lists = equal."""
    sheet = [cells(row) for row in read(studio.workbook)]
    cloud = [cells(entry) for entry in studio.cloud.entries()]
    for row in list(sheet):
        if row in cloud:
            sheet.remove(row)
            cloud.remove(row)
    return sheet, cloud


def wait_equal(studio, deadline=SYNC_DEADLINE):
    """Until workbook and database hold the same rows, each as often; returns those rows."""
    def equal():
        try:
            return difference(studio) == ([], [])
        except (zipfile.BadZipFile, KeyError, EOFError):
            return False
    try:
        wait_until(equal, "both sides to be equal", deadline, 0.1)
    except Timeout as late:
        only_sheet, only_cloud = difference(studio)
        raise Timeout(f"{late}\nonly in the workbook: {only_sheet[:5]} ({len(only_sheet)})"
                      f"\nonly in the API: {only_cloud[:5]} ({len(only_cloud)})") from None
    return [cells(row) for row in read(studio.workbook)]


# -- the zip -------------------------------------------------------------------------------------

def members(data):
    """{name: raw bytes of the entry, local header included} of a workbook's bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = sorted(archive.infolist(), key=lambda info: info.header_offset)
        ends = [info.header_offset for info in listed[1:]] + [archive.start_dir]
    return {info.filename: data[info.header_offset:end] for info, end in zip(listed, ends)}


def part(path, name):
    """One member of a workbook as text."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def excel_lock(path, owner):
    """The owner file that Excel keeps beside an open workbook; returns its path."""
    name = owner.encode("latin-1")
    data = bytes([len(name)]) + name + b" " * (54 - len(name))
    data += len(owner).to_bytes(2, "little") + owner.encode("utf-16-le")
    data += b" \0" * ((165 - len(data)) // 2)
    lock = pathlib.Path(path).parent / f"~${pathlib.Path(path).name}"
    lock.write_bytes(data.ljust(165, b" ")[:165])
    return lock
