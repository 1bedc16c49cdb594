"""`analyze`: durations of files and folders without any server."""

import json
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

from harness import PROGRAM
from media_test import ffmpeg


def small(path, frames=24, rate=24):
    path.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg(f"testsrc=size=64x48:rate={rate}", "-frames:v", str(frames), "-pix_fmt", "yuv420p",
           str(path))
    return path


def analyze(*arguments):
    return subprocess.run([str(PROGRAM), "analyze", *map(str, arguments)], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)


class Analyze(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = folder = pathlib.Path(cls.temporary.name)
        small(folder / "good.mp4", 36)
        small(folder / "other_rate.mov", 30, 30)
        cut = small(folder / "cut.mkv", 48)
        cut.write_bytes(cut.read_bytes()[:-2000])
        small(folder / "frames" / "a.%04d.png", 12)
        (folder / "frames" / "a.0004.png").unlink()
        (folder / "frames" / "a.0007.png").write_bytes(b"")
        (folder / "empty.mp4").touch()
        (folder / "picture.png").write_bytes((folder / "frames" / "a.0001.png").read_bytes())
        (folder / "notes.txt").write_text("no media")

    def found(self):
        done = analyze(self.folder, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {one["path"].removeprefix(f"{self.folder}/"): one
                for one in json.loads(done.stdout)}

    def test_json_has_everything_that_is_known_of_a_file(self):
        found = self.found()
        self.assertEqual(sorted(found), ["cut.mkv", "empty.mp4", "frames/a.%04d.png", "good.mp4",
                                         "other_rate.mov", "picture.png"])
        good = found["good.mp4"]
        self.assertEqual((good["kind"], good["frames"], good["fps"], good["duration_seconds"],
                          good["problem"], good["flags"]), ("video", 36, "24/1", 1.5, None, []))
        self.assertEqual(good["how"], "mp4 index")
        self.assertEqual(found["other_rate.mov"]["flags"], ["RATE_NOT_PROJECT"])
        self.assertIn("TRUNCATED", found["cut.mkv"]["flags"])
        self.assertLess(found["cut.mkv"]["frames"], 48)
        self.assertEqual(found["empty.mp4"]["flags"], ["EMPTY"])
        self.assertEqual(found["empty.mp4"]["problem"], "the file is empty (0 bytes)")
        self.assertEqual((found["picture.png"]["kind"], found["picture.png"]["flags"]),
                         ("still", ["STILL"]))
        frames = found["frames/a.%04d.png"]
        self.assertEqual((frames["kind"], frames["frames"], frames["missing_frames"],
                          frames["flags"]), ("sequence", 12, "4", ["EMPTY"]))
        self.assertIn("frame 7", frames["problem"])

    def test_a_late_start_of_the_picture_is_kept_apart(self):
        with tempfile.TemporaryDirectory() as folder:
            late = pathlib.Path(folder) / "late.mp4"
            subprocess.run(["ffmpeg", "-v", "error", "-itsoffset", "0.5", "-i",
                            str(self.folder / "good.mp4"), "-f", "lavfi", "-i",
                            "sine=r=48000:d=2", "-map", "0:v", "-map", "1:a", "-c:v", "copy",
                            "-c:a", "aac", str(late)], check=True, timeout=60)
            one = json.loads(analyze(late, "--json").stdout)[0]
        self.assertEqual((one["frames"], one["duration_seconds"], one["start"]), (36, 1.5, "1/2"))
        self.assertIsNone(self.found()["good.mp4"]["start"])

    def test_the_table_has_a_line_for_each(self):
        lines = analyze(self.folder).stdout.splitlines()
        self.assertEqual(lines[0].split(), ["path", "kind", "frames", "fps", "seconds", "missing",
                                            "problem"])
        self.assertEqual(len(lines), 7)
        good = next(line for line in lines if "good.mp4" in line)
        self.assertEqual(good.split()[1:5], ["video", "36", "24", "1.5"])

    def test_the_projects_rate_is_that_of_sequences(self):
        found = json.loads(analyze(self.folder / "frames", "--json", "--fps", "12").stdout)
        self.assertEqual((found[0]["fps"], found[0]["duration_seconds"]), ("12/1", 1.0))

    def test_a_path_that_is_not_there_is_told(self):
        done = analyze(self.folder / "nowhere.mp4")
        self.assertEqual(done.returncode, 1)
        self.assertIn("No such file", done.stdout)

    def test_a_terminal_shows_how_far_it_is(self):
        many = self.folder / "many"
        many.mkdir()
        self.addCleanup(lambda: [path.unlink() for path in many.iterdir()] and many.rmdir())
        for number in range(60):
            os.link(self.folder / "good.mp4", many / f"{number}.mp4")
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            with os.fdopen(theirs, "wb") as error:
                subprocess.run([str(PROGRAM), "analyze", str(many)], stdout=subprocess.DEVNULL,
                               stderr=error, stdin=subprocess.DEVNULL, timeout=60, check=True)
            self.assertIn(b"60 of 60 files", terminal.read(65536))


if __name__ == "__main__":
    unittest.main()
