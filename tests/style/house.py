"""What the style tests share: the list of source files and their text without comments."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"""
    r""""(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def tracked(*patterns):
    """Files git knows or would add (so that a new file is checked before its first commit)."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True,
    ).stdout.decode()
    paths = sorted({name for name in out.split("\0") if name})
    return [ROOT / name for name in paths if (ROOT / name).is_file()]


def cpp_files():
    return tracked("src/*.cpp", "src/*.hpp", "tests/*.cpp", "tests/*.hpp", "bench/*.cpp", "bench/*.hpp")


def relative(path):
    return str(path.relative_to(ROOT))


def bare(text):
    """`text` with comments and string contents blanked, line numbers kept."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    return CODE.sub(blank, text)
