"""The small parts of an XLSX workbook: which sheets there are, where they lie, and which number formats its cells have."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from nightclerk.formats.workbook.archive import Archive
from nightclerk.formats.workbook.book import SheetName
from nightclerk.formats.workbook.number_formats import BUILT_IN, PLAIN, NumberFormat, number_format
from nightclerk.formats.workbook.xml_parts import Attributes, damaged, parse

_MAIN, _SHEET, _STRINGS, _STYLES = "/officedocument", "/worksheet", "/sharedstrings", "/styles"
#: How XlsxWriter and its likes in other languages ask Excel to calculate what they did not. Excel itself never writes this.
_NOT_CALCULATED = {"calcId": "124519", "fullCalcOnLoad": "1"}
_LISTS_OF_STYLES = frozenset({"numFmts", "cellXfs", "cellStyleXfs", "dxfs"})


@dataclass(frozen=True)
class Outline:
    """sheets: the sheets of cells; places: where each lies; strings, styles: where these lie, if there are any.

    zero_if_not_calculated: whether its writer gives each formula the value 0, which nobody calculated.
    """

    sheets: tuple[SheetName, ...]
    places: tuple[str, ...]
    strings: str | None
    styles: str | None
    since_1904: bool
    zero_if_not_calculated: bool


def outline(archive: Archive) -> Outline:
    """Given an archive; returns what the workbook in it consists of. Raises SenderError ``damaged_workbook`` if there is none."""
    main = next((place for _, kind, place in _relations(archive, "") if kind.endswith(_MAIN)), None)
    if main is None:
        raise damaged()
    related = {name: (kind, place) for name, kind, place in _relations(archive, main)}
    listed = _sheets(archive, main)
    found = [(SheetName(name, hidden), related[relation][1]) for name, hidden, relation in listed.sheets
             if relation in related and related[relation][0].endswith(_SHEET)]  # fmt: skip
    if listed.sheets and not found and not any(relation in related for _, _, relation in listed.sheets):
        raise damaged()
    by_kind = {kind.rpartition("/")[2]: place for kind, place in related.values()}
    return Outline(
        sheets=tuple(sheet for sheet, _ in found),
        places=tuple(place for _, place in found),
        strings=by_kind.get(_STRINGS[1:]),
        styles=by_kind.get(_STYLES[1:]),
        since_1904=listed.since_1904,
        zero_if_not_calculated=listed.zero_if_not_calculated,
    )


def number_formats(archive: Archive, place: str | None) -> tuple[NumberFormat, ...]:
    """Given where the styles lie; returns the number format of each of the cells' styles."""
    if place is None or place not in archive:
        return ()
    own: dict[int, str] = {}
    used: list[int] = []
    within = [""]

    def start(name: str, attributes: Attributes) -> None:
        if name in _LISTS_OF_STYLES:
            within[0] = name
        elif name == "numFmt" and within[0] == "numFmts":  # conditional formats have some of their own, under the same numbers
            own[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "xf" and within[0] == "cellXfs":
            used.append(_number(attributes.get("numFmtId")))

    parse(archive.chunks(place), start)
    return tuple(number_format(own.get(one, BUILT_IN.get(one, "General"))) for one in used) if used else (PLAIN,)


class _sheets:  # noqa: N801 - read like a function: what the workbook's main part says
    """sheets: of each its name, whether it is hidden, and its relation."""

    def __init__(self, archive: Archive, main: str) -> None:
        self.sheets: list[tuple[str, bool, str]] = []
        self.since_1904 = self.zero_if_not_calculated = False
        parse(archive.chunks(main), self._start)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), hidden, attributes.get("id", "")))
        elif name == "workbookPr" and "date1904" in attributes:  # newer programs add a second one, which does not speak of dates
            self.since_1904 = attributes["date1904"].lower() in ("1", "true", "on")
        elif name == "calcPr":
            self.zero_if_not_calculated = _NOT_CALCULATED.items() <= attributes.items()


def _relations(archive: Archive, of: str) -> list[tuple[str, str, str]]:
    """Given a part's name, empty for the archive itself; returns its relations: name, kind and place."""
    folder, _, name = of.rpartition("/")
    found: list[tuple[str, str, str]] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            place = target if target.startswith("/") else posixpath.join(folder, target)
            place = posixpath.normpath(place.replace("\\", "/")).lstrip("/")
            found.append((attributes.get("Id", ""), attributes.get("Type", "").lower(), place))

    parse(archive.chunks(posixpath.join(folder, "_rels", f"{name}.rels")), start)
    return found


def _number(written: str | None) -> int:
    return int(written) if written is not None and written.isascii() and written.isdigit() and len(written) < 7 else 0
