#!/usr/bin/env bash
# Runs the fuzz targets of the workbook, seeded with real workbooks: fuzz.sh [SECONDS [TARGET…]]
# (default: 600 seconds each of workbook_open and workbook_sheet). What it learns stays in
# build/fuzz/corpus for the next run; a crash is left in build/fuzz/crashes and ends the script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-600}
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(workbook_open workbook_sheet)
data=${TRACKER_XLSX:-../shared/data/xlsx}
mkdir -p build/fuzz/crashes

# Whole files for workbook_open; the XML parts inside them for workbook_sheet. Small ones: a fuzzer
# that runs a thousand times a second finds more than one that runs ten times.
seed() {
  local folder=build/fuzz/corpus/$1
  [ -d "$folder" ] && return
  mkdir -p "$folder"
  if [ "$1" = workbook_open ]; then
    find "$data" -name '*.xls[xm]' -size -24k -exec cp -t "$folder" {} +
  else
    /usr/bin/python3 - "$data" "$folder" <<'PYTHON'
import contextlib, hashlib, pathlib, sys, zipfile
for path in pathlib.Path(sys.argv[1]).rglob("*.xlsx"):
    with contextlib.suppress(Exception), zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            low = name.lower()
            wanted = "worksheets/sheet" in low or "sharedstrings" in low or "styles" in low
            if wanted and archive.getinfo(name).file_size < 16384:
                text = archive.read(name)
                target = pathlib.Path(sys.argv[2]) / hashlib.sha1(text).hexdigest()
                target.write_bytes(text)
PYTHON
  fi
}

scripts/build.sh fuzz "${targets[@]/#/fuzz_}"
for target in "${targets[@]}"; do
  seed "$target"
  "build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix=build/fuzz/crashes/ \
    "build/fuzz/corpus/$target" 2>&1 | grep -vE '^#[0-9]+.*(NEW|REDUCE)' | tail -25
done
