#!/usr/bin/python3
"""kill -9 at random points of saving, and at every system call of it: the old or the new file.

    tests/corpus/kill_saves.py [--times 200] [--seed 1] [--no-strace]

The file is saved by `workbook patch`, through the same exchange as the local role. strace kills at
each system call (K10), and lets the exchange fail as a share does while somebody holds the file
open (K8); both are skipped where there is no strace."""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import readers

sys.path.insert(0, str(readers.ROOT / "tests/system"))
import workbooks  # noqa: E402

CALLS = ("openat", "write", "pwrite64", "fdatasync", "fsync", "rename", "renameat", "renameat2",
         "unlink", "unlinkat", "fchmod", "fchown", "ftruncate", "close", "fsetxattr", "linkat",
         "fallocate")


class Saves:
    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "live" / "book.xlsx"
        self.path.parent.mkdir()
        original = folder / "original.xlsx"
        workbooks.make_workbook(original, 3000)
        self.old = original.read_bytes()
        changed = folder / "changed.xlsx"
        subprocess.run(self.command(original) + ["-o", changed], check=True)
        self.new = changed.read_bytes()
        self.seen = {"old": 0, "new": 0}

    def command(self, path):
        return [readers.PROGRAM, "workbook", "patch", path, "--set", "Production!H7=changed"]

    def put_old(self):
        for file in self.path.parent.iterdir():
            file.unlink()
        self.path.write_bytes(self.old)

    def judge(self, when):
        bytes_ = self.path.read_bytes() if self.path.exists() else None
        which = "old" if bytes_ == self.old else "new" if bytes_ == self.new else None
        if which is None:
            sys.exit(f"{when}: the file is neither the old nor the new one")
        self.seen[which] += 1

    def kill_after(self, seconds):
        self.put_old()
        process = subprocess.Popen(self.command(self.path), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
        self.judge(f"killed after {seconds * 1000:.2f} ms")

    def refuse_exchange(self, error):
        """The old file stays, nothing lies beside it, and the program says that it failed."""
        self.put_old()
        done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=renameat2", "-e",
                               f"inject=renameat2:error={error}", *self.command(self.path)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        left = [file.name for file in self.path.parent.iterdir()]
        if done.returncode == 0 or left != [self.path.name] or self.path.read_bytes() != self.old:
            sys.exit(f"{error} of the exchange: exit code {done.returncode}, left {left}")

    def kill_at_call(self, call, number):
        """False once the program ends before the call's invocation `number`."""
        self.put_old()
        done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                               f"inject={call}:signal=KILL:when={number}",
                               *self.command(self.path)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.judge(f"killed at {call} number {number}")
        return done.returncode != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-strace", action="store_true")
    options = parser.parse_args()
    readers.need_program()
    random_ = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="at-kill-") as folder:
        saves = Saves(pathlib.Path(folder))
        saves.put_old()
        begin = time.monotonic()
        subprocess.run(saves.command(saves.path), check=True)
        whole = time.monotonic() - begin
        saves.judge("not killed")
        for _ in range(options.times):
            saves.kill_after(random_.uniform(0, whole * 1.1))
        print(f"{options.times} kills at random points: {saves.seen}", flush=True)
        if options.no_strace or shutil.which("strace") is None:
            return
        saves.seen = {"old": 0, "new": 0}
        kills = 0
        for call in CALLS:
            number = 1
            while saves.kill_at_call(call, number):
                number += 1
            kills += number - 1
        print(f"killed at each of {kills} system calls: {saves.seen}")
        for error in ("EBUSY", "EPERM", "EACCES", "ENOSPC"):
            saves.refuse_exchange(error)
        print("an exchange that is refused leaves the old file and nothing else")


if __name__ == "__main__":
    main()
