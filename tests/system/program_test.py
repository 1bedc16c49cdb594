"""The small program in front: what it does alone starts at once, the rest needs its neighbour."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import PROGRAM

FORBIDDEN = ("libstdc++", "libspdlog", "libcrypto", "libsqlite3", "libprometheus", "libboost")


class Program(unittest.TestCase):
    def test_it_is_linked_to_nothing_that_a_patch_does_not_need(self):
        needed = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("libdeflate", needed)
        self.assertEqual([name for name in FORBIDDEN if name in needed], [])

    def test_both_programs_say_the_same_version_and_commands(self):
        for words in (["--version"], ["--help"], ["workbook", "--help"], ["doctor", "--help"],
                      ["workbook", "patsh"], ["workbok"]):
            said = [subprocess.run([program, *words], capture_output=True, text=True)
                    for program in (PROGRAM, PROGRAM.with_name("animation-tracker-roles"))]
            self.assertEqual(said[0].stdout, said[1].stdout, words)
            self.assertEqual(said[0].stderr, said[1].stderr, words)
            self.assertEqual(said[0].returncode, said[1].returncode, words)

    def test_without_its_neighbour_it_says_what_is_missing(self):
        with tempfile.TemporaryDirectory(prefix="at-alone-") as folder:
            alone = pathlib.Path(folder) / "animation-tracker"
            shutil.copy(PROGRAM, alone)
            done = subprocess.run([alone, "doctor"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("animation-tracker-roles can't be started", done.stderr)
            shown = subprocess.run([alone, "workbook", "--help"], capture_output=True, text=True)
            self.assertEqual(shown.returncode, 0, shown.stderr)


if __name__ == "__main__":
    unittest.main()
