#!/usr/bin/env bash
# The one list of Debian packages. ./run, ./test, .ci/run and the Dockerfile all use it.
#
#   scripts/install-deps.sh [build] [run] [test]     (no group named: these three)
#   scripts/install-deps.sh image                    what the built program alone needs
#
# Does nothing, quickly, when everything is there. Needs root or sudo only when something is missing.
# Installing PostgreSQL never starts a server of its own: the cluster Debian would create on port
# 5432 is switched off before its package is unpacked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(
  clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19 lld-19
  cmake ninja-build ccache pkg-config git ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libpq-dev libsqlite3-dev libsqlitecpp-dev libpugixml-dev libdeflate-dev libisal-dev zlib1g-dev
  libbrotli-dev libxlsxwriter-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libsodium-dev
  libssl-dev libspdlog-dev libfmt-dev libcli11-dev prometheus-cpp-dev libseccomp-dev libxxhash-dev
  libsystemd-dev libutf8proc-dev libre2-dev
  libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev
  brotli
)
run_packages=(
  postgresql-15 ca-certificates
)
test_packages=(
  chromium fonts-dejavu-core libreoffice-calc-nogui python3 python3-uno python3-openpyxl ffmpeg
  strace procps curl
)

image_packages=(
  libpq5 libsqlite3-0 libpugixml1v5 libdeflate0 libisal2 libxlsxwriter4 libavformat59
  libavcodec59 libavutil57 libswscale6 libsodium23 libssl3 libspdlog1.10 libfmt9
  libboost-json1.81.0 libboost-url1.81.0 libprometheus-cpp-core1.0 libseccomp2 libxxhash0
  libutf8proc2 libre2-9 ca-certificates
)

say() { printf 'install-deps: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "packages are missing and this user is not root and has no sudo: run this script as root once (${missing[*]:-})"
  fi
}

missing=()
find_missing() {
  local installed package
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null \
    | sed -n 's/^installed //p' || true)
  missing=()
  for package in "$@"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
  done
}

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "this is not Debian or Ubuntu; install by hand: ${missing[*]}"
  say "installing ${#missing[@]} packages: ${missing[*]}"
  as_root mkdir -p /etc/postgresql-common
  if ! grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf; then
    echo 'create_main_cluster = false' \
      | as_root tee -a /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  as_root apt-get update -qq || die "apt-get update failed: is the network there?"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold "${missing[@]}" >&2 \
    || die "apt-get could not install: ${missing[*]}"
}

# The page is built with Vite, which wants Node 20.19, 22.12 or newer; Debian 12 has 18. Then the npm
# package that ships the binary goes into .tools/.
node_is_new_enough() {
  "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number);
           process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)' 2>/dev/null
}

install_node() {
  [ -f web/package.json ] || return 0
  if command -v npm >/dev/null && command -v node >/dev/null && node_is_new_enough node; then
    return 0
  fi
  if [ -x .tools/bin/node ] && node_is_new_enough .tools/bin/node && command -v npm >/dev/null; then
    return 0
  fi
  if ! command -v npm >/dev/null; then
    missing=(npm)
    install_missing
  fi
  local arch
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "no Node.js for $(uname -m): install Node 22 by hand" ;;
  esac
  say "Node.js here is too old for the page's build: putting Node 22 into .tools/"
  mkdir -p .tools/bin
  npm install --silent --no-audit --no-fund --no-save --prefix .tools "node-linux-$arch@22" >&2 \
    || die "npm could not fetch node-linux-$arch@22"
  ln -sf "../node_modules/node-linux-$arch/bin/node" .tools/bin/node
}

groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build run test)
wanted=()
for group in "${groups[@]}"; do
  case "$group" in
    build) wanted+=("${build_packages[@]}") ;;
    run) wanted+=("${run_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    image) wanted+=("${image_packages[@]}") ;;
    *) die "unknown group \"$group\": build, run, test or image" ;;
  esac
done
find_missing "${wanted[@]}"
install_missing
case " ${groups[*]} " in *' build '*) install_node ;; esac
