"""LibreOffice as the human: one office process for the whole run, driven through python3-uno.

Runs only under the Python that has python3-uno (Debian: /usr/bin/python3)."""

import atexit
import contextlib
import csv
import io
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import uuid

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import TableSortField

import workbooks
from client import wait_until

OPEN_DEADLINE = 60  # seconds; the very first start of the office takes 12


def _property(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class Office:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="at-office-"))
        pipe = "at" + uuid.uuid4().hex[:12]
        self.process = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{self.folder}/profile", "--headless",
             "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local)
        address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"

        def connected():
            with contextlib.suppress(NoConnectException):
                return resolver.resolve(address)
        context = wait_until(connected, "LibreOffice to answer", OPEN_DEADLINE, 0.1)
        self.desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context)

    def close(self):
        with contextlib.suppress(Exception):
            self.desktop.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, path):
        return Document(self, path)

    def rows(self, path):
        """The entries of a workbook as LibreOffice sees them, through its CSV export.

        Works on a copy: opening the workbook itself would put a lock file beside it."""
        source = self.folder / "copy.xlsx"
        target = self.folder / "copy.csv"
        shutil.copyfile(path, source)
        document = self.desktop.loadComponentFromURL(
            f"file://{source}", "_blank", 0, (_property("Hidden", True),))
        try:
            document.storeToURL(f"file://{target}", (
                _property("FilterName", "Text - txt - csv (StarCalc)"),
                _property("FilterOptions", "44,34,76,1,,0,false,true,false")))
        finally:
            document.close(True)
        return workbooks.rows_from_grid(csv.reader(io.StringIO(target.read_text("utf-8"),
                                                               newline="")))


class Document:
    """A workbook open in LibreOffice; closes without saving unless store() was called."""

    def __init__(self, office, path):
        self.document = office.desktop.loadComponentFromURL(
            f"file://{path}", "_blank", 0, (_property("Hidden", True),))
        if self.document is None:
            raise AssertionError(f"LibreOffice could not open {path}")
        self.sheet = self.document.Sheets.getByIndex(0)
        self.columns = None
        row = 0
        while self.columns is None:
            self.header_row = row
            self.columns = workbooks.header_columns(
                [self.sheet.getCellByPosition(column, row).String for column in range(20)])
            row += 1
            if row > 20:
                raise AssertionError("no header row")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.document.close(True)

    def row_count(self):
        """Rows below the header, until the first without a shot."""
        count = 0
        while self.cell(self.header_row + 1 + count, "shot").String:
            count += 1
        return count

    def cell(self, row, field):
        return self.sheet.getCellByPosition(self.columns[field], row)

    def find(self, shot):
        for row in range(self.header_row + 1, self.header_row + 1 + self.row_count()):
            if self.cell(row, "shot").String == shot:
                return row
        raise AssertionError(f"no row has the shot {shot}")

    def set(self, shot, /, **fields):
        row = self.find(shot)
        for field, value in fields.items():
            self.cell(row, field).String = value
        return self

    def append(self, cells):
        row = self.header_row + 1 + self.row_count()
        for field, value in zip(workbooks.FIELDS, cells):
            self.cell(row, field).String = value
        return self

    def insert_above(self, shot, cells):
        row = self.find(shot)
        self.sheet.Rows.insertByIndex(row, 1)
        for field, value in zip(workbooks.FIELDS, cells):
            self.cell(row, field).String = value
        return self

    def delete(self, shot):
        self.sheet.Rows.removeByIndex(self.find(shot), 1)
        return self

    def sort(self, field, ascending=True):
        """Sorts the whole rows by one column."""
        width = 0
        while self.sheet.getCellByPosition(width, self.header_row).String:
            width += 1
        area = self.sheet.getCellRangeByPosition(
            0, self.header_row, width - 1, self.header_row + self.row_count())
        by = TableSortField()
        by.Field, by.IsAscending = self.columns[field], ascending
        area.sort((_property("SortFields", uno.Any("[]com.sun.star.table.TableSortField", (by,))),
                   _property("ContainsHeader", True)))
        return self

    def store(self):
        self.document.store()
        return self


_office = None


def office():
    """The one office of this run, started when first asked for."""
    global _office
    if _office is None:
        _office = Office()
        atexit.register(_office.close)
    return _office


def convert_to_csv(path, deadline=90):
    """`soffice --convert-to csv` in a process and profile of its own; returns (entries, output)."""
    with tempfile.TemporaryDirectory(prefix="at-convert-") as folder:
        copy = pathlib.Path(folder) / "copy.xlsx"
        shutil.copyfile(path, copy)
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", folder,
             str(copy)],
            capture_output=True, text=True, timeout=deadline)
        made = pathlib.Path(folder) / "copy.csv"
        if not made.exists():
            raise AssertionError(f"LibreOffice made no csv: {done.stdout} {done.stderr}")
        text = made.read_text("utf-8", "replace")
        return workbooks.rows_from_grid(csv.reader(io.StringIO(text, newline=""))), done.stdout
