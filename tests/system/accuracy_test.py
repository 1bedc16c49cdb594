"""Every hard file of bench/media_tree.sh: frames and duration right, cut ones flagged, others refused."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from harness import PROGRAM

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"


class Accuracy(unittest.TestCase):
    def test_no_answer_is_wrong(self):
        with tempfile.TemporaryDirectory() as tree:
            subprocess.run([BENCH / "media_tree.sh", tree], env=dict(os.environ, BULK="0"),
                           stdout=subprocess.DEVNULL, timeout=900, check=True)
            done = subprocess.run(
                [sys.executable, BENCH / "media_accuracy.py", tree, "--ours-only", "--wrong"],
                env=dict(os.environ, ANIMATION_TRACKER=str(PROGRAM)), capture_output=True,
                text=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)


if __name__ == "__main__":
    unittest.main()
