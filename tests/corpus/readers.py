"""Programs that stand in for Excel: who can open a file? openpyxl, exceljs, SheetJS, LibreOffice.

exceljs and SheetJS are installed into build/others by their first use (npm)."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/animation-tracker"
OTHERS = ROOT / "build/others"
PACKAGES = ("exceljs@4.4.0", "xlsx@0.18.5")
OFFICE_BATCH = 40


def install_others():
    if not all((OTHERS / "node_modules" / name.split("@")[0]).is_dir() for name in PACKAGES):
        OTHERS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", OTHERS, "--ignore-scripts", "--no-audit",
                        "--no-fund", "--silent", *PACKAGES], check=True, timeout=300)
    return OTHERS


def run_node(script, given, timeout):
    """What the script in this folder prints, as JSON; `given` is its input."""
    install_others()
    copy = OTHERS / script
    shutil.copyfile(pathlib.Path(__file__).parent / script, copy)  # finds node_modules beside it
    done = subprocess.run(["node", "--max-old-space-size=3000", copy], input=json.dumps(given),
                          capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def _openpyxl(path):
    import openpyxl
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(path)


def opened_by_openpyxl(paths):
    """In a process of its own for each batch: one bad file can take all memory."""
    good = set()
    for path in paths:
        with contextlib.suppress(Exception):
            _openpyxl(path)
            good.add(path)
    return good


def opened_by_node(paths, library):
    good = set()
    for at in range(0, len(paths), 50):
        batch = [str(path) for path in paths[at:at + 50]]
        try:
            answer = run_node("open_files.mjs", {"library": library, "files": batch}, 240)
        except (RuntimeError, subprocess.TimeoutExpired):
            answer = {}
            for one in batch:
                with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
                    given = {"library": library, "files": [one]}
                    answer.update(run_node("open_files.mjs", given, 40))
        good |= {pathlib.Path(name) for name, opened in answer.items() if opened}
    return good


def convert(paths, target, kind="csv", timeout=240):
    """Converts by one headless LibreOffice; a batch that hangs or dies is tried file by file."""
    with tempfile.TemporaryDirectory(prefix="at-profile-") as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless",
                   "--convert-to", kind, "--outdir", str(target)]
        for at in range(0, len(paths), OFFICE_BATCH):
            batch = paths[at:at + OFFICE_BATCH]
            made = lambda path: (target / path.with_suffix("." + kind).name).exists()  # noqa: E731
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(command + [str(path) for path in batch], capture_output=True,
                               timeout=timeout)
            left = [path for path in batch if not made(path)]
            for path in left if len(left) < len(batch) else []:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    subprocess.run(command + [str(path)], capture_output=True, timeout=60)


def opened_by_libreoffice(paths):
    with tempfile.TemporaryDirectory(prefix="at-office-out-") as folder:
        target = pathlib.Path(folder)
        convert(paths, target)
        return {path for path in paths if (target / path.with_suffix(".csv").name).exists()}


READERS = {
    "openpyxl": opened_by_openpyxl,
    "exceljs": lambda paths: opened_by_node(paths, "exceljs"),
    "SheetJS": lambda paths: opened_by_node(paths, "xlsx"),
    "LibreOffice": opened_by_libreoffice,
}


def need_program():
    if not PROGRAM.exists():
        sys.exit("build the program first: scripts/build.sh release")


def patch(source, target, edits, folder):
    """(exit code, what it said) of `animation-tracker workbook patch`."""
    file = pathlib.Path(folder) / "edits.json"
    file.write_text(json.dumps(edits))
    done = subprocess.run([PROGRAM, "workbook", "patch", source, "-o", target, "--edits", file],
                          capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr.strip()


def show(path, sheet=""):
    done = subprocess.run([PROGRAM, "workbook", "show", path, "--json", "--sheet", sheet],
                          capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip()
