"""Which cells of a Visual FoxPro table have no value, and how long its texts of varying length are: bits behind each record."""

from __future__ import annotations

import numpy as np

from nightclerk.formats.dbf.table import Column
from nightclerk.formats.dbf.values import Bytes
from nightclerk.formats.marks import Flags


class NullBits:
    """The bits of some records."""

    def __init__(self, bits: Bytes, columns: tuple[Column, ...]) -> None:
        """Given the bytes that hold the bits, and all columns: a text of varying length takes one bit, a column that may be
        without a value takes another one."""
        self._bits = np.unpackbits(bits, axis=1, bitorder="little").astype(bool)
        self._varying: dict[Column, int] = {}
        self._missing: dict[Column, int] = {}
        taken = 0
        for column in columns:
            if column.type in "VQ":
                self._varying[column], taken = taken, taken + 1
            if column.nullable:
                self._missing[column], taken = taken, taken + 1

    def missing(self, column: Column) -> Flags | None:
        """Given a column; returns where it has no value, or None where it always has one."""
        return self._of(self._missing, column)

    def cut(self, column: Column, cells: Bytes) -> Bytes:
        """Given a column and its bytes; returns them with spaces behind the end of each shorter text, whose length stands in its
        last byte."""
        varying = self._of(self._varying, column)
        if varying is None or not varying.any():
            return cells
        lengths = np.where(varying, cells[:, -1], column.length)
        return np.where(np.arange(column.length) < lengths[:, None], cells, np.uint8(ord(" ")))

    def _of(self, places: dict[Column, int], column: Column) -> Flags | None:
        place = places.get(column)
        return self._bits[:, place] if place is not None and place < self._bits.shape[1] else None
