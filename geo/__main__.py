"""``python -m geo``: Närhet from the command line."""

from geo.cli.parser import main

raise SystemExit(main())
