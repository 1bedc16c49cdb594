"""src/floors.txt is the law: who may include whom, and what the pure floors may not touch."""

import re
import unittest

import house

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
IMPURE = re.compile(
    r"^(filesystem|fstream|thread|mutex|shared_mutex|condition_variable|random|coroutine|future"
    r"|semaphore|latch|barrier|stop_token|boost/asio.*|boost/beast.*|libpq.*|sqlite3\.h|SQLiteCpp/.*"
    r"|libav.*|libsw.*|spdlog/.*|sys/.*|unistd\.h|fcntl\.h|netdb\.h|sodium\.h)$"
)
CLOCKS = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b|\bgetenv\s*\(")
# The log, OpenSSL's digest and the advice on large pages are the shells that live on the lowest floor.
EXEMPT = {"src/core/log.cpp", "src/core/large_memory.cpp"}


def floors():
    table = {}
    for line in (house.ROOT / "src/floors.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            table[words[0]] = (int(words[1]), set(words[2:]))
    return table


def sources():
    for path in house.tracked("src/*.cpp", "src/*.hpp"):
        yield path.relative_to(house.ROOT / "src").parts[0], path, path.read_text()


class Floors(unittest.TestCase):
    def test_every_folder_has_a_floor(self):
        folders = {folder for folder, path, _ in sources()}
        self.assertEqual(folders - set(floors()), set())

    def test_includes_only_go_down(self):
        table = floors()
        wrong = []
        for folder, path, text in sources():
            floor, beside = table[folder]
            for kind, name in INCLUDE.findall(text):
                other = name.split("/")[0]
                if kind != '"' or other not in table or other == folder:
                    continue
                if not (table[other][0] < floor or other in beside):
                    wrong.append(f"{house.relative(path)} includes {name}")
        self.assertEqual(wrong, [])

    def test_pure_floors_touch_nothing_of_the_world(self):
        table = floors()
        wrong = []
        for folder, path, text in sources():
            if table[folder][0] > 1 or house.relative(path) in EXEMPT:
                continue
            for _, name in INCLUDE.findall(text):
                if IMPURE.match(name) or (name == "core/log.hpp" and folder != "core"):
                    wrong.append(f"{house.relative(path)} includes {name}")
            if CLOCKS.search(house.bare(text)):
                wrong.append(f"{house.relative(path)} asks the clock or the environment")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
