"""What the command ``serve`` does: start the dashboard in this process's place."""

from __future__ import annotations

import os
import subprocess
import sys

from geo.cli.console import Options
from geo.resources import LAUNCHER


def serve(options: Options) -> None:
    """Serve the dashboard until it is stopped."""
    command = [sys.executable, str(LAUNCHER), "--address", options.address]
    for name in ("port", "home"):
        if getattr(options, name) is not None:
            command += [f"--{name}", str(getattr(options, name))]
    if sys.platform == "win32":  # no process takes another's place there
        raise SystemExit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)
