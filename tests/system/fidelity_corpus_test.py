"""The big checks of tests/corpus, bounded: some real workbooks, edits, texts and kills.

Anybody can start the whole of each: see the scripts there."""

import pathlib
import subprocess
import unittest

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "corpus"
PYTHON = "/usr/bin/python3"


class FidelityCorpus(unittest.TestCase):
    def run_script(self, name, *options):
        done = subprocess.run([PYTHON, CORPUS / name, *options], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-4000:])
        return done.stdout

    def test_real_workbooks_are_patched_and_nothing_else_in_them_changes(self):
        table = self.run_script("check_corpus.py", "--files", "40", "--no-readers")
        if table.startswith("0 files"):  # ../shared/data/xlsx is not on this machine
            print(table)
            return
        self.assertRegex(table, r"set +[1-9]")

    def test_random_edits_of_a_rich_workbook_are_what_a_list_of_rows_says(self):
        self.run_script("model.py", "--rows", "200", "--edits", "60")

    def test_any_text_survives_other_programs(self):
        self.run_script("fixpoint.py", "--texts", "2000", "--programs", "openpyxl")

    def test_a_save_that_is_killed_leaves_the_old_or_the_new_file(self):
        self.run_script("kill_saves.py", "--times", "25", "--no-strace")


if __name__ == "__main__":
    unittest.main()
