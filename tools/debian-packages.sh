#!/bin/sh
# Installs what is missing of the Debian packages named; without apt-get, says what is missing and stops.
# Usage: tools/debian-packages.sh PACKAGE...   (PYTHON names the interpreter that makes the environment)
set -eu

has_library() {
    if [ -x /sbin/ldconfig ]; then /sbin/ldconfig -p | grep -qF "$1"; fi
}

# A thing is there when it can be used, wherever it came from: only what cannot be asked is asked of dpkg.
is_there() {
    case $1 in
    python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
    tesseract-ocr) command -v tesseract >/dev/null ;;
    tesseract-ocr-*) tesseract --list-langs 2>/dev/null | grep -qx "${1#tesseract-ocr-}" ;;
    chromium) command -v chromium >/dev/null || command -v google-chrome >/dev/null ;;
    postgresql) command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
    libgl1) has_library libGL.so.1 ;;
    libglib2.0-0) has_library libgthread-2.0.so.0 ;;
    *) ! command -v dpkg-query >/dev/null ||
        dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed' ;;
    esac
}

missing=''
for package in "$@"; do
    is_there "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "missing here (Debian's names):$missing" >&2
    echo "this is not Debian or Ubuntu: install them with your system's packages, then run make again" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif command -v sudo >/dev/null; then
    as_root='sudo'
else
    echo "missing:$missing; neither root nor sudo: ask an administrator for" >&2
    echo "  apt-get update && apt-get install$missing" >&2
    exit 1
fi
echo "installing with apt-get:$missing"
# shellcheck disable=SC2086  # a list of words on purpose
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
