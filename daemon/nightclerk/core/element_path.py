"""Where an element stands in XML: paths of element names, without prefixes, as ``rows`` and the mapping of a feed write them."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.core.wording import quoted

Steps = tuple[str, ...]
"""Element names from the document's first element down; the last may be an attribute, as in ``@currency``."""

_NO_NAMES = frozenset("@*[]()=<>&\"'")
ROW = "."
"""How the path to the row element itself is written: its own text."""


def plain_name(name: str) -> str:
    """Given a name of an element, or of an attribute behind ``@``; returns it without the prefix of its namespace."""
    mark = "@" if name.startswith("@") else ""
    return mark + name.removeprefix("@").rpartition(":")[2]


def row_path(written: str) -> str:
    """Given the path of the row elements, ``/a/b/c`` or ``b/c``; returns it. Raises ValueError where it is none."""
    steps = written.removeprefix("/").split("/")
    if not all(_is_name(step) and not step.startswith("@") for step in steps):
        raise ValueError(
            f"{quoted(written)} is no path of element names; write the name of the element that is a row, as in Invoice, or"
            " the whole path, as in /AuditFile/MasterFiles/Customer"
        )
    return written


def row_steps(written: str) -> Steps:
    """Given the path of the row elements; returns its names without prefixes."""
    return tuple(map(plain_name, written.removeprefix("/").split("/")))


def field_path(written: str) -> str:
    """Given a path as a mapping writes it; returns it. Raises ValueError where it can stand nowhere."""
    if steps_of(written, ("row",) * 100) is None:
        raise ValueError(
            f"{quoted(written)} is no path of element names; write it from the row element, as in Header/Number, @currency or"
            " ../Customer/Name, or from the document's first element, as in /Invoices/Customer/Name"
        )
    return written


def ends_with(steps: Sequence[str], written: str) -> bool:
    """Given where an element stands and the path of the row elements; returns whether it is one of these."""
    wanted = row_steps(written)
    return tuple(steps) == wanted if written.startswith("/") else tuple(steps[-len(wanted) :]) == wanted


def steps_of(written: str, row: Steps) -> Steps | None:
    """Given a path as a mapping writes it, and where the row elements stand; returns where it leads, or None where it cannot."""
    written = written.strip()
    if written.startswith("/"):
        names = written[1:].split("/")
        found: Steps = ()
    else:
        names = [name for name in written.split("/") if name != ROW]
        found = row
        while names and names[0] == ".." and found:
            names, found = names[1:], found[:-1]
    if not written or not all(map(_is_name, names)) or any(name.startswith("@") for name in names[:-1]):
        return None
    return (*found, *map(plain_name, names)) or None


def written_from(row: Steps, steps: Steps) -> str:
    """Given where the row elements stand, and a place; returns the place as a mapping writes it, from the row element."""
    together = 0
    while together < min(len(row), len(steps)) and row[together] == steps[together]:
        together += 1
    return "/".join([".."] * (len(row) - together) + list(steps[together:])) or ROW


def _is_name(step: str) -> bool:
    name = plain_name(step).removeprefix("@")
    return bool(name) and name not in {ROW, ".."} and not any(sign.isspace() or sign in _NO_NAMES for sign in name)
