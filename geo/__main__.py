"""``python -m geo``: Närhet from the command line."""

import gc

from geo.cli.parser import main

# Libraries that load make very many objects that stay: looking through them all again and again
# would take a tenth of a short command's time.
gc.set_threshold(100_000)

raise SystemExit(main())
