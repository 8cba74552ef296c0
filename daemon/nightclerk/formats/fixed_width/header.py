"""The header of a text of fixed width, where it has one: compared with the columns that are agreed."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.core.errors import SenderError
from nightclerk.core.headers import folded
from nightclerk.core.sentence import Sentence


def compare_header(line: int, found: Sequence[str], agreed: Sequence[str]) -> tuple[Sentence, ...]:
    """Given the line of the header, its cells at the columns' places, and the columns' names; returns what is to be noted.

    A header that is blank, or cut at the column's width, says nothing else. Raises SenderError ``column_missing`` where one
    column stands at the place of another.
    """
    names = {folded(name) for name in agreed}
    others = []
    for header, name in zip(found, agreed, strict=True):
        fold, wanted = folded(header), folded(name)
        if not fold or wanted.startswith(fold) or fold.startswith(wanted):
            continue
        if fold in names:
            told = Sentence(
                'Line %(line)s has the header "%(header)s" where "%(column)s" is agreed: the columns stand at other positions'
                " than agreed. Export the file as before, or have the change agreed.",
                line=str(line),
                header=header.strip(),
                column=name,
            )
            raise SenderError("column_missing", told, line)
        others.append(header.strip())
    if not others:
        return ()
    return (Sentence("The header in line %(line)s has other names than agreed: %(headers)s.",
                     line=str(line), headers=tuple(others[:10])),)  # fmt: skip
