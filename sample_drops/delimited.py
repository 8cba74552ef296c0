"""A sheet as a delimited text file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from planting import Sheet


@dataclass
class TextFile:
    """One file: how it is written, and the sheet it holds. titles: lines above the headers; below: lines right below them."""

    file: str
    sheet: Sheet
    delimiter: str
    encoding: str
    titles: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    @property
    def sheets(self) -> list[Sheet]:
        """Its one sheet."""
        return [self.sheet]

    def write(self, night: Path) -> None:
        """Writes the file, and beside it in ``expected/`` the booking that must follow."""
        night.mkdir(parents=True, exist_ok=True)
        text, lines = self._text()
        (night / self.file).write_bytes(text.encode(self.encoding))
        self.sheet.foretell(night, self.file, lines, self.file)

    def _text(self) -> tuple[str, list[int]]:
        records = [*self.titles, self._record(self.sheet.header), *self.below]
        line = 1 + len(records)
        lines = []
        for row in self.sheet.rows:
            record = self._record([row.cells.get(column, "") for column in self.sheet.header])
            if row.damage is not None:
                record = row.damage(record)
            records.append(record)
            lines.append(line)
            line += 1 + record.count("\n")
        return "\r\n".join(records) + "\r\n", lines

    def _record(self, cells: list[str]) -> str:
        special = (self.delimiter, '"', "\n")
        quoted = ('"' + c.replace('"', '""') + '"' if any(s in c for s in special) else c for c in cells)
        return self.delimiter.join(quoted)
