#!/bin/sh
# The browser tests drive a real Chromium. Install it where we can (Debian, as root or with sudo); say aloud where we can not.
set -u
for name in chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing Chromium for the browser tests …"
    if $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; then
        exit 0
    fi
fi
echo "WARNING: no Chromium here and it could not be installed: the browser tests will be SKIPPED." >&2
if [ -n "${CI:-}" ]; then
    echo "On CI that is a failure." >&2
    exit 1
fi
exit 0
