"""People's saves against our writes for some seconds; tests/crash/save_race.py does it for long."""

import sys
import unittest

from harness import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests" / "crash"))
import save_race  # noqa: E402  (stands beside the program that it races against)

SAVES = 800


class SaveRace(unittest.TestCase):
    def test_no_save_that_nobody_read_is_destroyed(self):
        figures, wrong = save_race.race(SAVES)
        print("  " + ", ".join(f"{name}: {value}" for name, value in figures.items()), flush=True)
        self.assertEqual(wrong, [])
        self.assertGreater(figures["taken as edits"], 0)
        self.assertGreater(figures["our writes"], 0)


if __name__ == "__main__":
    unittest.main()
