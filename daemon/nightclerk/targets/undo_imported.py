"""What imports last brought (``nightclerk_imported``) follows an undo: what was taken back is no local edit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.imported import IMPORTED, covered, memory_of, packed, unpacked
from nightclerk.targets.standing import cell, remembered


class UndoImported:
    """The memory of one table and tenant. There is none where no feed ever kept local edits, and nothing is asked then."""

    def __init__(self, connection: Connection, plan: UndoPlan, *, there: bool) -> None:
        """there: whether the database has the table of this memory."""
        self._connection = connection
        self._plan = plan
        self._fields = covered(connection, plan.booking) if there else ()
        self._memory = memory_of(plan.booking.table, plan.booking.tenant)
        self._packs = connection.dialect.name == "postgresql"

    def put_back(self, rows: Mapping[tuple[Cell, ...], Mapping[str, Any]]) -> None:
        """Given key → field → value before and after, as the log has them, of what was taken back; what an import brought to
        these fields is the value before from now on, if it was the one after."""
        changed = {}
        for key, known in self._known(rows).items():
            new = dict(known)
            for name, (before, after) in rows[key].items():
                if name in known and known[name] == self._text(name, after):
                    new[name] = self._text(name, before)
            if new != known:
                changed[key] = new
        self._replace(changed)

    def forget(self, keys: list[tuple[Cell, ...]]) -> None:
        """Given the keys of rows that were deleted; nothing was ever brought to them."""
        if self._fields and keys:
            self._connection.execute(IMPORTED.delete().where(self._row()), [{"key_": self._key(key)} for key in keys])

    def remember(self, rows: Mapping[tuple[Cell, ...], Mapping[str, Cell]]) -> None:
        """Given key → field → value of rows that were created again; an import had brought all of it, since nobody had touched
        them."""
        names = self._fields
        self._replace({key: {n: self._text(n, row[n]) for n in names if n in row} for key, row in rows.items() if names})

    def _known(self, rows: Mapping[tuple[Cell, ...], Any]) -> dict[tuple[Cell, ...], dict[str, str | None]]:
        by_text = {self._key(key): key for key in rows}
        if not self._fields or not by_text:
            return {}
        query = select(IMPORTED.c.key, IMPORTED.c.fields).where(self._mine(), IMPORTED.c.key.in_(list(by_text)))
        return {by_text[key]: self._read(fields) for key, fields in self._connection.execute(query) if key in by_text}

    def _replace(self, rows: Mapping[tuple[Cell, ...], Mapping[str, str | None]]) -> None:
        if not rows:
            return
        self.forget(list(rows))
        written = [{"memory": self._memory, "key": self._key(key), "fields": self._write(new)} for key, new in rows.items()]
        self._connection.execute(IMPORTED.insert(), written)

    def _read(self, fields: str) -> dict[str, str | None]:
        return unpacked(fields, self._fields) if self._packs else json.loads(fields)

    def _write(self, fields: Mapping[str, str | None]) -> str:
        return packed(fields, self._fields) if self._packs else json.dumps(fields, ensure_ascii=False)

    def _mine(self) -> Any:
        return IMPORTED.c.memory == self._memory

    def _row(self) -> Any:
        return and_(self._mine(), IMPORTED.c.key == bindparam("key_"))

    def _key(self, key: tuple[Cell, ...]) -> str:
        return CELL_SEPARATOR.join(remembered(self._connection, part) or "" for part in key)

    def _text(self, field: str, value: Any) -> str | None:
        return remembered(self._connection, cell(self._plan.types[field], value))
