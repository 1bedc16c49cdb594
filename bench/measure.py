"""What the benchmarks share: a watch on the workbook, percentiles, the machine, memory.

Standard library only. Times are taken from time.perf_counter()."""

import ctypes
import os
import pathlib
import platform
import select
import statistics
import struct
import tempfile
import time
import zipfile

IN_CLOSE_WRITE, IN_MOVED_TO = 0x8, 0x80
_libc = ctypes.CDLL(None, use_errno=True)


class WorkbookWatch:
    """Tells when a new version of one file stands under its name (inotify on its folder).

    A version counts from the moment of the rename, or of the close after writing in place."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.fd = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0 or _libc.inotify_add_watch(
                self.fd, os.fsencode(self.path.parent), IN_CLOSE_WRITE | IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def changed(self):
        """Whether the pending events name our file."""
        found = False
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return False
        while data:
            _, _, _, length = struct.unpack_from("iIII", data)
            name = data[16:16 + length].split(b"\0")[0]
            found = found or name == os.fsencode(self.path.name)
            data = data[16 + length:]
        return found

    def wait(self, deadline):
        """The moment of the next version, or None after `deadline` seconds."""
        end = time.perf_counter() + deadline
        while (left := end - time.perf_counter()) > 0:
            select.select([self.fd], [], [], left)
            now = time.perf_counter()
            if self.changed():
                return now
        return None

    def wait_for_quiet(self, seconds=0.25):
        while self.wait(seconds):
            pass

    def close(self):
        os.close(self.fd)


def holds(path, text):
    """Whether a text stands in a workbook's shared strings or in its first sheet."""
    wanted = text.encode()
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/sheet"):
                    if wanted in archive.read(name):
                        return True
    except (OSError, zipfile.BadZipFile, KeyError, EOFError):
        pass
    return False


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(runs):
    """(median of the runs' p50, median of the runs' p99, p99 of all) in milliseconds."""
    return (1000 * statistics.median(percentile(run, 0.50) for run in runs),
            1000 * statistics.median(percentile(run, 0.99) for run in runs),
            1000 * percentile([value for run in runs for value in run], 0.99))


def machine():
    """One line: processor, cores, memory, kernel, and what a durable write costs here."""
    model = next((line.split(":", 1)[1].strip() for line in
                  pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    times = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(20):
            began = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * 65536, 0)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return (f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}, "
            f"write of 64 KiB + fdatasync {1000 * statistics.median(times):.2f} ms, "
            f"load {os.getloadavg()[0]:.1f}")


def memory_of(pids):
    """(resident, proportional) mebibytes of these processes together."""
    resident = proportional = 0
    for pid in pids:
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Rss:"):
                    resident += int(line.split()[1])
                elif line.startswith("Pss:"):
                    proportional += int(line.split()[1])
        except OSError:
            pass
    return resident / 1024, proportional / 1024
