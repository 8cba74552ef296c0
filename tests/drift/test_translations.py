"""The catalogues of the letters hold exactly what the source says, each text translated, with the same values in it.

After a text was added or changed: ``python -m nightclerk.letters.catalogue``, translate what is new, and run it again.
"""

from __future__ import annotations

import ast
import functools
import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

import nightclerk
from nightclerk.letters.catalogue import TRANSLATED, compiled, found_in_source, po_path, read

PACKAGE = Path(nightclerk.__file__).parent
#: Texts that are written alike in both languages although they hold letters.
ALIKE = {"no", "%(n)s kB", "%(n)s MB", "%(n)s GB", "%(n)s byte"}
ALIKE |= {"Code", "Type", "Journal", "Date", "Description", "Contacts"}  # as columns and tables, in French
REMEDY = "run: python -m nightclerk.letters.catalogue"


def texts(catalogue: Catalog) -> set[tuple[str, ...]]:
    return {(message.context or "", *forms(message.id)) for message in catalogue if message.id}


@functools.cache
def in_the_source() -> set[tuple[str, ...]]:
    return texts(found_in_source())


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def messages(tag: str) -> list[Message]:
    return [message for message in read(tag) if message.id]


def test_french_and_spanish_have_catalogues() -> None:
    assert set(TRANSLATED) >= {"fr", "es"}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_holds_every_text_of_the_source_and_no_other(tag: str) -> None:
    in_source, kept = in_the_source(), texts(read(tag))
    assert not in_source - kept, REMEDY
    assert not kept - in_source, REMEDY


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_text_is_translated(tag: str) -> None:
    missing = [message.id for message in messages(tag) if message.fuzzy or not all(forms(message.string))]
    assert not missing
    left_in_english = [
        one for message in messages(tag) for one in forms(message.id)[:1]
        if one in forms(message.string) and re.search("[a-z]", re.sub(r"%\([a-z_]+\)s", "", one)) and one not in ALIKE
    ]  # fmt: skip
    assert not left_in_english


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_values_of_a_text_are_all_in_its_translation(tag: str) -> None:
    for message in messages(tag):
        wanted = values(forms(message.id)[-1])
        for said in forms(message.string):
            assert values(said) == wanted, message.id
            assert said.count("%%") == forms(message.id)[-1].count("%%")
            assert not re.search(r"%(?!%|\([a-z_]+\)s)", said.replace("%%", ""))


def values(text: str) -> set[str]:
    # The number that decides on singular or plural may stand in words.
    return set(re.findall(r"%\(([a-z_]+)\)s", text)) - {"n"}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_what_is_compiled_is_what_is_written(tag: str) -> None:
    def said(data: bytes) -> dict[object, str]:
        read_back = vars(gettext.GNUTranslations(io.BytesIO(data)))["_catalog"]
        return {key: text for key, text in read_back.items() if key != ""}

    assert said(po_path(tag).with_suffix(".mo").read_bytes()) == said(compiled(read(tag))), REMEDY


def test_french_has_its_spaces() -> None:
    for message in messages("fr"):
        for said in forms(message.string):
            bare = re.sub(r"https?://\S+|`[^`]*`|\(sheet:", "", said)  # what is written as it stands in settings
            assert not re.search(r"(?<!\u00a0)[;:!?»]", bare), said
            assert not re.search(r"«(?!\u00a0)", bare), said
            assert '"' not in bare


def test_every_template_in_the_source_can_be_found() -> None:
    """A template is a literal where a sentence is made, or is marked where it stands; never put together from pieces."""
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or path.name == "sentence.py":
                continue
            template = template_of(node)
            if template is None:
                continue
            assert not isinstance(template, ast.JoinedStr | ast.BinOp), f"{path.name}:{node.lineno}"


def template_of(call: ast.Call) -> ast.expr | None:
    """Returns what must be a template in this call, if it makes a sentence."""
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    place = {"Sentence": 0, "counted": 0, "N_": 0, "Reason": 1, "SenderError": 1, "about_row": 1, "about_cell": 3}.get(name)
    return call.args[place] if place is not None and len(call.args) > place else None
