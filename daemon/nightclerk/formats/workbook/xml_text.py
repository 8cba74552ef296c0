"""Text as it stands in XML → the text that is meant: entities, line ends, and the escapes that only spreadsheets know."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.table import replaced

_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]{1,4}));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
#: A character that XML cannot hold is written as ``_x000D_``, and an underscore that would look like that as ``_x005F_``.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RARE = r"&#|\r|_x[0-9A-Fa-f]{4}_"


def pieces(text: str, between: str) -> pl.Series:
    """Given a text and what stands between its pieces; returns the pieces. As ``str.split``, at a third of its cost."""
    return pl.Series("text", [text], dtype=pl.String).str.split(between).list.explode(empty_as_null=True)


def meant(texts: pl.Series) -> pl.Series:
    """Given texts as they stand between two tags; returns them as they are meant."""
    rare = texts.str.contains(_RARE)
    usual = texts.str.contains("&", literal=True) & ~rare
    if usual.any():
        some = texts.filter(usual)
        for name, sign in _NAMED.items():  # & comes last, or it would make new entities
            some = some.str.replace_all(f"&{name};", sign, literal=True)
        texts = replaced(texts, usual, some)
    if rare.any():
        texts = replaced(texts, rare, pl.Series([meant_text(text) for text in texts.filter(rare)], dtype=pl.String))
    return texts


def unescaped(text: str) -> str:
    """Given a text that an XML parser has read; returns it without the escapes of spreadsheets."""
    return _no_surrogates(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)) if "_x" in text else text


def meant_text(text: str) -> str:
    """Given one text as it stands between two tags; returns it as it is meant."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # as XML wants it; a real CR is written as an entity
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return _no_surrogates(unescaped(text))


def _character(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _NAMED.get(found[3], found[0])
    number = int(found[1], 16) if found[1] is not None else int(found[2])
    return chr(number) if number < 0x110000 else found[0]


def _no_surrogates(text: str) -> str:
    """Two escapes of half a character each make one; a half alone is none."""
    return (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if re.search("[\ud800-\udfff]", text) else text
    )
