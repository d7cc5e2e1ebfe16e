"""``python -m geo``: Närhet from the command line."""

import gc

from geo.cli.parser import main

MANY_OBJECTS = 100_000


def run() -> int:
    """Run one command and return its exit status; the command ``narhet`` of an installed package.

    Libraries that load make very many objects that stay: to look through them all again and again
    takes a tenth of a short command's time.
    """
    gc.set_threshold(MANY_OBJECTS)
    return main()


if __name__ == "__main__":
    raise SystemExit(run())
