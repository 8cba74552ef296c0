"""Writes the sample drops and the bookings that must follow from them: ``python sample_drops/generate.py [FOLDER]``.

The same seed gives the same bytes on every machine. The files it writes are committed; a test keeps both alike.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atlas_supply
import credit_lumiere
from planting import Dice

SEED = 20261120


def main(into: Path) -> None:
    """Writes ``<tenant>/night-1/…`` below the folder ``into``; what stands beside them there is left alone."""
    for tenant, sheets in (("credit-lumiere", credit_lumiere.sheets), ("atlas-supply", atlas_supply.sheets)):
        for sheet in sheets(Dice(f"{SEED}/{tenant}")):
            sheet.write(into / tenant / "night-1")
            rejected = sum(bool(row.faults) for row in sheet.rows)
            place = f"{tenant}/night-1/{sheet.file}"
            print(f"seed {SEED}  {place}: {len(sheet.rows)} rows, {rejected} of them faulty")  # noqa: T201 - it is a command


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
