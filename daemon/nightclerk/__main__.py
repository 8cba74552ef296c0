"""``python -m nightclerk``."""

from __future__ import annotations

import sys

from nightclerk.cli import main

if __name__ == "__main__":
    sys.exit(main())
