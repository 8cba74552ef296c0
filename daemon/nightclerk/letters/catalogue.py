"""The catalogues of the languages that letters are written in: made from the source, compiled for reading.

``python -m nightclerk.letters.catalogue``, after a text was added or changed, brings it into every ``.po`` file; after these
were translated it compiles them into the ``.mo`` files that letters are written from. Both are kept with the source.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import nightclerk
from nightclerk.letters.language import CATALOGUES, DOMAIN, SPOKEN

#: Languages that have a catalogue: English is the source itself.
TRANSLATED = tuple(tag for tag in SPOKEN if tag != "en")

_METHODS = [("letters/templates/**.*", "jinja2.ext.babel_extract"), ("**.py", "python")]
_FIRST = datetime(2026, 11, 22, tzinfo=UTC)
#: What marks a text, and which of its arguments are texts; see ``core.sentence``.
_KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "Sentence": None, "counted": (1, 2), "Reason": (2,),
    "pgettext": ((1, "c"), 2), "NP_": ((1, "c"), 2),
}  # fmt: skip


def found_in_source() -> Catalog:
    """Returns all texts that the source marks, each with the files that hold it."""
    root = Path(nightclerk.__file__).parent
    catalogue = _empty(None)
    found = extract_from_dir(str(root), _METHODS, keywords=_KEYWORDS)
    for name, _, message, _, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(f"nightclerk/{name}", 0)], context=context)
    return catalogue


def po_path(tag: str) -> Path:
    """Given a language; returns its catalogue for people."""
    return CATALOGUES / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(tag: str) -> Catalog:
    """Given a language; returns its catalogue as it is kept. Raises OSError when there is none."""
    with po_path(tag).open("rb") as file:
        return read_po(file, locale=tag, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """Given a catalogue; returns what the machine reads of it."""
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def update() -> None:
    """Brings new texts into every catalogue, takes out what no source holds any more, and compiles them all."""
    found = found_in_source()
    for tag in TRANSLATED:
        path = po_path(tag)
        told = _empty(tag)
        told.update(found, no_fuzzy_matching=True)
        for message in read(tag) if path.exists() else ():
            if message.id and (known := told.get(message.id, message.context)) is not None:
                known.string = message.string
        path.parent.mkdir(parents=True, exist_ok=True)
        made = io.BytesIO()
        write_po(made, told, width=120, sort_by_file=True, include_lineno=False)
        for name, content in ((path, made.getvalue()), (path.with_suffix(".mo"), compiled(told))):
            whole = name.with_name(f"{name.name}.new")  # whoever reads one meanwhile must not find half of it
            whole.write_bytes(content)
            whole.replace(name)


def _empty(tag: str | None) -> Catalog:
    """Returns a catalogue without texts, whose head is always the same, so that a change of it is a change of its texts."""
    return Catalog(
        locale=tag,
        domain=DOMAIN,
        header_comment="# What letters say. Written by python -m nightclerk.letters.catalogue; translate msgstr, nothing else.",
        project="Nightclerk",
        version="letters",
        msgid_bugs_address="the project's issues",
        creation_date=_FIRST,
        revision_date=_FIRST,
        last_translator="Nightclerk",
        language_team="Nightclerk",
        charset="utf-8",
        fuzzy=False,
    )


if __name__ == "__main__":
    update()
