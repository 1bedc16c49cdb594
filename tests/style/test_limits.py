"""Limits of size, and the manual at the head of every header."""

import re
import unittest

import house

LINE_MAX = 100
FUNCTION_MAX = 70
SOURCE_MAX = 400
HEADER_MAX = 200
NO_FUNCTION = re.compile(
    r"^\s*(if|for|while|switch|do|else|try|catch|namespace|class|struct|union|enum|extern|export)\b"
)


def function_lengths(text):
    """(line, length) of each outermost function body, by matching braces.

    A brace opens a function when a ')' stands before it in the same statement and the statement
    does not begin with a keyword that opens another kind of block.
    """
    code = re.sub(r"^\s*#.*?$", "", house.bare(text), flags=re.MULTILINE)
    kinds = []
    line, statement, found = 1, "", []
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            inside = any(kind for kind, _ in kinds)
            words = statement.strip()
            function = not inside and ")" in words and not NO_FUNCTION.match(words) \
                and not words.endswith(("=", ","))
            kinds.append((function, line))
            statement = ""
        elif char == "}":
            if kinds:
                function, start = kinds.pop()
                if function:
                    found.append((start, line - start + 1))
            statement = ""
        elif char == ";":
            statement = ""
        else:
            statement += char
    return found


class Limits(unittest.TestCase):
    def test_lines(self):
        wrong = [
            f"{house.relative(path)}:{number}"
            for path in house.cpp_files()
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if len(line) > LINE_MAX
        ]
        self.assertEqual(wrong, [])

    def test_files(self):
        wrong = []
        for path in house.cpp_files():
            count = len(path.read_text().splitlines())
            limit = HEADER_MAX if path.suffix == ".hpp" else SOURCE_MAX
            if count > limit:
                wrong.append(f"{house.relative(path)}: {count} lines, {limit} allowed")
        self.assertEqual(wrong, [])

    def test_functions(self):
        wrong = [
            f"{house.relative(path)}:{start}: {length} lines, {FUNCTION_MAX} allowed"
            for path in house.cpp_files()
            for start, length in function_lengths(path.read_text())
            if length > FUNCTION_MAX
        ]
        self.assertEqual(wrong, [])

    def test_the_function_finder_finds_functions(self):
        text = "namespace a {\nint f(int x) {\n  if (x) {\n  }\n  return 0;\n}\nstruct S {\n};\n}\n"
        self.assertEqual(function_lengths(text), [(2, 5)])


class Manuals(unittest.TestCase):
    def test_every_header_opens_with_its_manual(self):
        wrong = []
        for path in house.tracked("src/*.hpp"):
            lines = path.read_text().splitlines()
            manual = []
            for line in lines:
                if not line.startswith("//"):
                    break
                manual.append(line.lstrip("/ "))
            if len(" ".join(manual)) < 40 or "#pragma once" not in lines[: len(manual) + 2]:
                wrong.append(house.relative(path))
        self.assertEqual(wrong, [])

    def test_nothing_is_left_for_later(self):
        marker = re.compile("TO" + "DO|FIX" + r"ME|\bXX" + r"X\b")
        wrong = []
        for path in house.tracked("*.cpp", "*.hpp", "*.py", "*.ts", "*.svelte", "*.sh", "*.md", "*.sql",
                                  "*.txt", "*.cmake", "run", "test", ".ci/run"):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if marker.search(line):
                    wrong.append(f"{house.relative(path)}:{number}")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
