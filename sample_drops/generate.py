"""Writes the sample drops and the bookings that must follow from them: ``python sample_drops/generate.py [FOLDER]``.

The same seed gives the same bytes on every machine; of a workbook the same parts, for how tightly a zip is packed depends on the
machine's library. The files it writes are committed; a test keeps both alike.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import atlas_supply
import brightwave
import brightwave_later
import cobranzas_sur
import credit_lumiere
import credit_lumiere_later
import plomberie_boreal
from nights import Books, Night, tell
from planting import Dice

SEED = 20261120
#: When the first night's files are dropped.
FIRST = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
TENANTS = {
    "atlas-supply": atlas_supply.drops,
    "brightwave": brightwave.drops,
    "cobranzas-sur": cobranzas_sur.drops,
    "credit-lumiere": credit_lumiere.drops,
    "plomberie-boreal": plomberie_boreal.drops,
}


LATER: dict[str, Callable[[Dice, Books, Sequence[Any]], list[Night]]] = {
    "atlas-supply": atlas_supply.later,
    "brightwave": brightwave_later.later,
    "cobranzas-sur": cobranzas_sur.later,
    "credit-lumiere": credit_lumiere_later.later,
    "plomberie-boreal": plomberie_boreal.later,
}
"""What each tenant's later nights are made by: chance, the tables as the first night left them, and its drops."""


def main(into: Path) -> None:
    """Writes ``<tenant>/night-N/…`` below the folder ``into``; what stands beside them there is left alone."""
    for tenant, drops in TENANTS.items():
        first = drops(Dice(f"{SEED}/{tenant}"))
        books = Books()
        for drop in first:
            drop.write(into / tenant / "night-1")
        tell(into / tenant / "night-1", FIRST, [{"act": "drop", "file": drop.file} for drop in first])
        for drop in first:
            for sheet in drop.sheets:
                books.book(sheet)
                rejected = sum(bool(row.faults) for row in sheet.rows)
                place = f"{tenant}/night-1/{drop.file} ({sheet.feed})"
                print(f"seed {SEED}  {place}: {len(sheet.rows)} rows, {rejected} of them faulty")  # noqa: T201 - it is a command
        for night in LATER[tenant](Dice(f"{SEED}/{tenant}/later"), books, first) if tenant in LATER else ():
            night.write(into / tenant)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
