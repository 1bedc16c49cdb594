#!/usr/bin/python3
"""A folder of renders on a network mount that stops answering; by hand, as root:

    tests/chaos/hanging_mount.py

Mounts a file system of its own (FUSE, spoken here directly) inside of the media folder of a real
studio, lets its reads hang, then its listings, and shows that entries go on in both directions all
the while, that renders elsewhere are measured while a read hangs, and that everything is measured
once the mount answers again. Prints the times; ends with 1 if something did not come.
"""

import contextlib
import ctypes
import os
import pathlib
import struct
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/system")]

import workbooks  # noqa: E402
from client import wait_until  # noqa: E402
from harness import Studio  # noqa: E402
from media_test import ffmpeg, folder_of, movie  # noqa: E402
from workbooks import Edit, wait_in_api  # noqa: E402

LIBC = ctypes.CDLL(None, use_errno=True)
LOOKUP, GETATTR, OPEN, READ, INIT, OPENDIR, READDIR = 1, 3, 14, 15, 26, 27, 28
SILENT = {2, 36, 38, 42}  # forget, interrupt, destroy, batch forget: no answer
EMPTY = {18, 25, 29}      # release, flush, releasedir
ENOENT, ENOSYS = 2, 38
FILE = 2                  # node of the one file; 1 is the folder


class Mount:
    """A read-only folder with one file. What stands in `hung` is not answered until release()."""

    def __init__(self, where, name, content):
        self.where, self.name, self.content = str(where), name.encode(), content
        self.hung, self.held, self.lock = set(), [], threading.Lock()
        self.device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0,allow_other"
        if LIBC.mount(b"hanging", self.where.encode(), b"fuse", 0, options.encode()):
            raise OSError(ctypes.get_errno(), "cannot mount FUSE")
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.release()
        LIBC.umount2(self.where.encode(), 2)
        os.close(self.device)

    def release(self):
        with self.lock:
            self.hung = set()
            held, self.held = self.held, []
        for request in held:
            self._answer(*request)

    def _serve(self):
        with contextlib.suppress(OSError):
            while request := os.read(self.device, 1 << 20):
                _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
                if opcode in SILENT:
                    continue
                with self.lock:
                    if opcode in self.hung:
                        self.held.append((opcode, unique, node, request[40:]))
                        continue
                self._answer(opcode, unique, node, request[40:])

    def _answer(self, opcode, unique, node, body):
        error, data = 0, b""
        if opcode == INIT:
            data = struct.pack("<IIIIHHIIHHI7I", 7, 31, 1 << 16, 0, 12, 10, 1 << 16, 1, 0, 0, 0,
                               *[0] * 7)
        elif opcode == LOOKUP:
            found = body.rstrip(b"\0") == self.name
            error = 0 if found else ENOENT
            data = struct.pack("<QQQQII", FILE, 0, 0, 0, 0, 0) + self._attributes(FILE) if found else b""
        elif opcode == GETATTR:
            data = struct.pack("<QII", 0, 0, 0) + self._attributes(node)
        elif opcode in (OPEN, OPENDIR):
            data = struct.pack("<QII", 0, 1, 0)  # direct: nothing is cached
        elif opcode in (READ, READDIR):
            offset, size = struct.unpack_from("<QI", body, 8)
            data = (self.content[offset:offset + size] if opcode == READ
                    else self._listing() if offset == 0 else b"")
        elif opcode not in EMPTY:
            error = ENOSYS
        with contextlib.suppress(OSError):  # whoever asked may be gone
            os.write(self.device, struct.pack("<IiQ", 16 + len(data), -error, unique) + data)

    def _attributes(self, node):
        mode, size = (0o100644, len(self.content)) if node == FILE else (0o040755, 0)
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, 1, *[1_700_000_000] * 3, *[0] * 3, mode, 1,
                           0, 0, 0, 4096, 0)

    def _listing(self):
        entry = struct.pack("<QQII", FILE, 1, len(self.name), 8) + self.name
        return entry + b"\0" * (-len(entry) % 8)


def timed(what, done, deadline=60):
    began = time.monotonic()
    wait_until(done, what, deadline, 0.05)
    print(f"{what:66} {time.monotonic() - began:6.2f} s", flush=True)


def entries_go_on(studio, number, when):
    """An edit on each side reaches the other one."""
    row = studio.cloud.entry(shot=workbooks.sample_row(number)[4])
    studio.cloud.change(row["id"], notes=f"web {when}")
    began = time.monotonic()
    workbooks.wait_in_workbook(studio, row["shot"], notes=f"web {when}")
    print(f"{when + ': an edit of the page in the workbook':66} {time.monotonic() - began:6.2f} s")
    Edit(studio.workbook).append(workbooks.sample_row(40 + number)).save()
    began = time.monotonic()
    wait_in_api(studio, workbooks.sample_row(40 + number)[4])
    print(f"{when + ': a row of the workbook on the page':66} {time.monotonic() - began:6.2f} s")


def frames(studio, shot):
    return ((studio.cloud.entry(shot=shot) or {}).get("media") or {}).get("frames")


def main():
    remote = "SH0010"
    with Studio(workbook=workbooks.make_workbook, media=lambda media: movie(media, 2, 1, 24)) as studio:
        wait_until(lambda: frames(studio, "SH0020") == 24, "the first measurement", 60)
        beside = studio.root / "remote.mp4"
        ffmpeg("testsrc=size=64x48:rate=24", "-frames:v", "33", "-pix_fmt", "yuv420p", str(beside))
        where = folder_of(studio.media, 1)
        where.mkdir(parents=True)
        mount = Mount(where, "anim_v001.mp4", beside.read_bytes())
        try:
            mount.hung = {READ}
            movie(studio.media, 3, 1, 20)  # what makes it look around
            timed("reads hang: a render elsewhere is measured", lambda: frames(studio, "SH0030") == 20)
            wait_until(lambda: mount.held, "a read that hangs", 90)
            entries_go_on(studio, 5, "reads hang")
            movie(studio.media, 4, 1, 21)
            timed("reads hang: another render is measured", lambda: frames(studio, "SH0040") == 21)
            mount.release()
            timed("reads answer again: the render on the mount is measured",
                  lambda: frames(studio, remote) == 33, 120)
            mount.hung = {READDIR, OPENDIR, LOOKUP, GETATTR}
            movie(studio.media, 6, 1, 22)
            wait_until(lambda: mount.held, "a listing that hangs", 90)
            entries_go_on(studio, 7, "listings hang")
            mount.release()
            movie(studio.media, 8, 1, 23)
            timed("listings answer again: a render is measured",
                  lambda: frames(studio, "SH0080") == 23, 120)
        finally:
            mount.close()
    print("entries went on all the while")


if __name__ == "__main__":
    main()
