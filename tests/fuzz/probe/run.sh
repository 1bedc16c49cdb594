#!/usr/bin/env bash
# Mutates the files of a media tree and gives them to every index reader, by hand:
#   bench/media_tree.sh /tmp/media-tree && tests/fuzz/probe/run.sh /tmp/media-tree [RUNS]
# Default 1,000,000 runs: no crash, none over 2 s, never over 512 MiB with the sanitizers' own share.
# What it learns stays in build/fuzz/corpus, a crash in build/fuzz/crashes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
tree=${1:?usage: tests/fuzz/probe/run.sh MEDIA_TREE [RUNS]}
runs=${2:-1000000}
corpus=build/fuzz/corpus/probe_index
scripts/build.sh fuzz fuzz_probe_index
mkdir -p "$corpus" build/fuzz/crashes
find "$tree" -type f -size -60k -size +0 \
  -regextype posix-extended -regex '.*\.(mp4|mov|mkv|webm|avi|gif|png|apng|webp|m4a)|.*/no_extension' \
  -print0 | while IFS= read -r -d '' file; do
    cp "$file" "$corpus/$(sha1sum < "$file" | cut -c1-16)"
  done
build/fuzz/fuzz_probe_index -runs="$runs" -max_len=60000 -timeout=2 -rss_limit_mb=512 \
  -print_final_stats=1 -artifact_prefix=build/fuzz/crashes/ "$corpus" 2>&1 |
  grep -vE '^#[0-9]+.*(NEW|REDUCE|pulse|RELOAD)' | tail -25
