"""A real PostgreSQL server of our own: in a folder that goes away, on a socket in it, fsync on."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest; None where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = [path for folder in FOLDERS for path in Path(folder).glob("*/bin/initdb")]
    return max(places, key=lambda path: path.parent.parent.name).parent if places else None


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server, give its address, and take it away; skip aloud where there is none."""
    bin_folder = programs()
    if bin_folder is None:
        lacks("no PostgreSQL here: sh scripts/need_postgres.sh")
    folder = Path(tempfile.mkdtemp(prefix="nh", dir="/tmp"))  # a socket's path must be short
    prefix = _as_somebody(folder)
    data = folder / "data"
    try:
        _run([*prefix, bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "narhet", "-N"])
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=on"
        start = ["-D", data, "-l", folder / "log", "-o", options, "-w", "start"]
        _run([*prefix, bin_folder / "pg_ctl", *start])
        try:
            yield f"postgresql://narhet@/postgres?host={folder}"
        finally:
            _run([*prefix, bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def dump(address: str) -> bytes:
    """Return all that a database holds, as pg_dump tells it."""
    bin_folder = programs()
    assert bin_folder is not None
    return _run([bin_folder / "pg_dump", address])


def lacks(reason: str) -> None:
    """Skip aloud; on CI, where it should be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _as_somebody(folder: Path) -> list[str]:
    """Return how to run as somebody else than root: the server refuses root."""
    if os.geteuid() != 0:
        return []
    somebody = next((name for name in ("postgres", "nobody") if _is_user(name)), None)
    if somebody is None or shutil.which("runuser") is None:
        lacks("PostgreSQL does not run as root, and there is nobody else here")
    shutil.chown(folder, somebody)
    return ["runuser", "-u", str(somebody), "--"]


def _is_user(name: str) -> bool:
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


def _run(words: list[object]) -> bytes:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, check=False, cwd="/", timeout=60
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout
