"""``python -m geo``: Närhet from the command line."""

from geo.cli import main

raise SystemExit(main())
