#!/bin/sh
# The store's tests run on a real PostgreSQL server, which they start themselves. Install it where we can (Debian, as root or with
# sudo; macOS with Homebrew); say aloud where we can not.
set -u
there() {
    command -v initdb >/dev/null 2>&1 && return 0
    for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
        [ -x "$folder/initdb" ] && return 0
    done
    return 1
}
if there; then exit 0; fi
echo "Installing PostgreSQL for the store's tests …"
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    # Only the programs: no server of the machine's own is made or started.
    if $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null; then
        $as_root sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
        $as_root apt-get install -y -qq --no-install-recommends postgresql >/dev/null
    fi
elif command -v brew >/dev/null 2>&1; then
    brew install --quiet postgresql@17 >/dev/null
fi
if there; then exit 0; fi
echo "WARNING: no PostgreSQL here and it could not be installed: the store's tests on it will be SKIPPED." >&2
if [ -n "${CI:-}" ]; then
    echo "On CI that is a failure." >&2
    exit 1
fi
exit 0
