#!/usr/bin/env bash
# Runs the fuzz targets of the workbook, seeded with real workbooks: fuzz.sh [SECONDS [TARGET…]]
# (default: 600 seconds each of workbook_open, workbook_sheet and workbook_patch). What it learns
# stays in build/fuzz/corpus for the next run; a crash is left in build/fuzz/crashes and ends the
# script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-600}
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(workbook_open workbook_sheet workbook_patch)
data=${TRACKER_XLSX:-../shared/data/xlsx}
mkdir -p build/fuzz/crashes

# Whole files for workbook_open; the XML parts inside them for workbook_sheet; worksheets with a few
# bytes that choose an edit for workbook_patch. Small ones: a fuzzer that runs a thousand times a
# second finds more than one that runs ten times.
seed() {
  local folder=build/fuzz/corpus/$1
  [ -d "$folder" ] && return
  mkdir -p "$folder"
  if [ "$1" = workbook_open ]; then
    find "$data" -name '*.xls[xm]' -size -24k -exec cp -t "$folder" {} +
  else
    /usr/bin/python3 - "$data" "$folder" "$1" <<'PYTHON'
import contextlib, hashlib, pathlib, sys, zipfile
kinds = ("worksheets/sheet", "sharedstrings", "styles")[:1 if "patch" in sys.argv[3] else 3]
for path in pathlib.Path(sys.argv[1]).rglob("*.xlsx"):
    with contextlib.suppress(Exception), zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            wanted = any(kind in name.lower() for kind in kinds)
            if wanted and archive.getinfo(name).file_size < 16384:
                text = archive.read(name)
                digest = hashlib.sha1(text)
                edit = digest.digest()[:8] if "patch" in sys.argv[3] else b""
                target = pathlib.Path(sys.argv[2]) / digest.hexdigest()
                target.write_bytes(text + edit)
PYTHON
  fi
}

scripts/build.sh fuzz "${targets[@]/#/fuzz_}"
for target in "${targets[@]}"; do
  seed "$target"
  "build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix=build/fuzz/crashes/ \
    "build/fuzz/corpus/$target" 2>&1 | grep -vE '^#[0-9]+.*(NEW|REDUCE|pulse)|^"|dictionary' | tail -25
done
