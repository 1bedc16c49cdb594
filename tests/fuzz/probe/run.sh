#!/usr/bin/env bash
# Damaged media, by hand:
#   bench/media_tree.sh /tmp/media-tree && tests/fuzz/probe/run.sh /tmp/media-tree [RUNS]
# First RUNS mutated files of the tree (default 1,000,000; every format) through the real worker
# process: nobody dies but workers, and no answer takes longer than its limits. Then a tenth as many
# that are drawn. Then each index reader alone, and the reader of EXR and DPX heads, under the
# sanitizers, RUNS/5 inputs that libFuzzer makes for each: no crash, never over 512 MiB, the slowest is told (one is ended after 10 s by the clock: a busy
# machine stands still for two). What libFuzzer learns stays in build/fuzz/corpus, a crash in
# build/fuzz/crashes, a file that a worker died over in build/mutants.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
tree=${1:?usage: tests/fuzz/probe/run.sh MEDIA_TREE [RUNS]}
runs=${2:-1000000}
scripts/build.sh release mutated_media
build/release/mutated_media "$tree" "$runs" 1
build/release/mutated_media "$tree" $((runs / 10)) 2 draw
scripts/build.sh fuzz fuzz_probe_index fuzz_probe_head
corpus=build/fuzz/corpus/probe_index
mkdir -p "$corpus" build/fuzz/crashes
find "$tree" -type f -size -60k -size +0 \
  -regextype posix-extended -regex '.*\.(mp4|mov|mkv|webm|avi|gif|png|apng|webp|m4a)|.*/no_extension' \
  -print0 | while IFS= read -r -d '' file; do
    cp "$file" "$corpus/$(sha1sum < "$file" | cut -c1-16)"
  done
# What was freed is kept for the sanitizer's sake; 256 MiB of it, as usual, would be all we measure.
export ASAN_OPTIONS=quarantine_size_mb=16
fuzz() {  # READER MAX_LEN PROGRAM CORPUS…
  echo "$1: "
  READER=$1 "$3" -runs=$((runs / 5)) -max_len="$2" -timeout=10 -rss_limit_mb=512 \
    -print_final_stats=1 -artifact_prefix=build/fuzz/crashes/ "${@:4}" 2>&1 |
    grep -aE 'ERROR|^stat::|may say' || true
}
for reader in mp4 matroska avi png gif webp; do
  mkdir -p "$corpus-$reader"
  fuzz "$reader" 60000 build/fuzz/fuzz_probe_index "$corpus-$reader" "$corpus"
done
heads=build/fuzz/corpus/probe_head
mkdir -p "$heads" "$heads-tree"
find "$tree" -type f -regextype posix-extended -regex '.*\.(exr|dpx)' -print0 |
  while IFS= read -r -d '' file; do
    head -c 4096 "$file" > "$heads-tree/$(sha1sum < "$file" | cut -c1-16)"
  done
fuzz head 4096 build/fuzz/fuzz_probe_head "$heads" tests/fuzz/probe/seeds/head "$heads-tree"
if [ -n "$(ls build/fuzz/crashes)" ]; then
  ls -l build/fuzz/crashes
  exit 1
fi
