"""A sentence for a tenant's reader: English as it is made, said again in the reader's language when a letter is written.

Whatever a tenant's people may read (why a file is refused, what is wrong with a row, a note) is a ``Sentence`` where it is
made; the letters say it in their language. To add one:

1. ``Sentence("The file has %(rows)s rows; at most %(most)s are taken.", rows=rows, most=most)``: the template is a literal, all
   that varies is a value, and names, quotes and full stops stand in the template. Never an f-string. Where a number decides
   between singular and plural: ``Sentence.counted("%(n)s row …", "%(n)s rows …", number)``. A template that stands in a table,
   or is passed on, is marked there: ``N_("…")``; so is the second argument of ``Reason``.
2. Values: a whole number is a count and is grouped as the language does, or a size where its name ends in ``_bytes``; a share
   or measure is a Decimal; what is no quantity (the number of a line, a run, a byte) is text. A tuple of texts is listed, each
   in quotes. Another sentence may be a value.
   What stands in the file goes by one of the names in ``FROM_FILE``, so that a letter without values can leave it out. How the
   settings would be written goes by the name in ``FOR_OPS``: commands and logs have it, letters to a tenant's people do not.
3. ``python -m nightclerk.letters.catalogue`` brings it into the catalogues; translate it there and run it again.
   ``tests/drift/test_translations.py`` fails until that is done.

What only ops read (OperatorError, WeatherError, notices) is plain English text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Value = Union[str, int, Decimal, tuple[str, ...], "Sentence"]

#: Names of values that hold what stands in a file: cells, keys, and headers, which are cells where the header is not found.
FROM_FILE = frozenset({"value", "member", "near", "key", "header", "headers", "reading", "other_reading"})
#: Names of values that are for those who write the settings: English, with its own leading space and full stop.
FOR_OPS = frozenset({"setting"})

_DIGITS = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
#: How the name of a value ends that is a number of bytes.
BYTES = "_bytes"

_TEMPLATE = re.compile(r"(?:[^%]|%%|%\([a-z_]+\)s)*")


class Sentence(str):
    """English text that knows the template and the values it was made of. Equal to the same text made otherwise.

    template: English with ``%(name)s`` for each value. many: the template for a number (the value ``n``) other than 1, if a
    number decides. values: see the module.
    """

    __slots__ = ("many", "template", "values")
    template: str
    many: str | None
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Sentence:
        return cls._made(template, None, values)

    @classmethod
    def counted(cls, one: str, many: str, number: int, /, **values: Value) -> Sentence:
        """Given a template for one and for many and the number that decides, which is the value ``n``; returns the sentence."""
        return cls._made(one, many, {"n": number, **values})

    @classmethod
    def verbatim(cls, text: str) -> Sentence:
        """Given a text; returns it as a sentence that is said as it stands in every language."""
        return text if isinstance(text, Sentence) else cls._made(text.replace("%", "%%"), None, {})

    @classmethod
    def _made(cls, template: str, many: str | None, values: Mapping[str, Value]) -> Sentence:
        chosen = template if many is None or values["n"] == 1 else many
        english = {name: value if isinstance(value, str) else _in_english(name, value) for name, value in values.items()}
        made = str.__new__(cls, chosen % english)
        made.template, made.many, made.values = template, many, values
        return made

    def said(
        self, translate: Callable[[str], str], translate_many: Callable[[str, str, int], str], write: Callable[[str, Value], str]
    ) -> str:
        """Given how a language says a template, how it says one of two by a number, and how it writes a value by its name;
        returns the sentence in that language."""
        number = self.values.get("n")
        if self.many is not None and isinstance(number, int):
            template = translate_many(self.template, self.many, number)
        else:
            template = translate(self.template)
        return template % {name: write(name, value) for name, value in self.values.items()}

    def __copy__(self) -> Sentence:
        return self

    def __deepcopy__(self, memo: object) -> Sentence:
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        written = core_schema.plain_serializer_function_ser_schema(sentence_to_data)
        return core_schema.no_info_plain_validator_function(sentence_from_data, serialization=written)


def joined(*sentences: Sentence) -> Sentence:
    """Given one sentence or more; returns them as one, one after the other."""
    first, *others = sentences
    for other in others:
        first = Sentence("%(first)s %(second)s", first=first, second=other)
    return first


def sentence_to_data(sentence: str) -> Any:
    """Given a sentence; returns it as data fit for JSON and msgpack: values and templates, or the text if it has none."""
    if not isinstance(sentence, Sentence):
        return sentence
    if not sentence.values and sentence.template == sentence and sentence.many is None:
        return str(sentence)
    values = {name: value if type(value) is str else _to_data(value) for name, value in sentence.values.items()}
    return [values, sentence.template] if sentence.many is None else [values, sentence.template, sentence.many]


def sentence_from_data(data: Any) -> Sentence:
    """Given what ``sentence_to_data`` made, or a text that an older version kept; returns the sentence.

    Raises ValueError for anything else: this is also what comes from a reader child, which is not trusted.
    """
    if isinstance(data, str):
        return Sentence.verbatim(data) if "%" in data else Sentence(data)
    if not isinstance(data, list) or len(data) not in {2, 3} or not isinstance(data[0], dict):
        raise ValueError("this is no sentence")
    templates = data[1:]
    if not all(isinstance(template, str) and _is_template(template) for template in templates):
        raise ValueError("a sentence's template is none")
    # There may be a million of these: texts, which most values are, are taken at sight.
    values = {name: value if type(value) is str else _from_data(value) for name, value in data[0].items()}
    many = None
    if len(templates) == 2:
        many = templates[1]
        if type(values.get("n")) is not int:
            raise ValueError("a sentence counts nothing")
    try:
        return Sentence._made(templates[0], many, values)
    except KeyError as error:
        raise ValueError("a sentence lacks a value") from error


@lru_cache(maxsize=1024)
def _is_template(template: str) -> bool:
    """Whether it holds nothing but text and names of values; widths, for one, could make a text of any length."""
    return _TEMPLATE.fullmatch(template) is not None


def _to_data(value: Value) -> Any:
    if isinstance(value, Sentence):
        return {"said": sentence_to_data(value)}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return list(value) if isinstance(value, tuple) else value


def _from_data(value: Any) -> Value:
    match value:
        case bool():
            raise ValueError("a sentence's value is none")
        case str() | int():
            return value
        case {"said": said}:
            return sentence_from_data(said)
        case {"decimal": str(digits)} if _DIGITS.fullmatch(digits):
            return Decimal(digits)
        case list() if all(isinstance(one, str) for one in value):
            return tuple(value)
    raise ValueError("a sentence's value is none")


def _in_english(name: str, value: int | Decimal | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(f'"{one}"' for one in value)
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return size_in_words(value) if name.endswith(BYTES) else f"{value:,}"


def size_in_words(size: int) -> str:
    """Given bytes; returns them as people write sizes, such as ``512 MB`` or ``1.5 kB`` (1 kB is 1000 bytes)."""
    value, unit = rounded_size(size)
    return f"{value:,f} {unit}" if unit else f"{size} bytes"


def rounded_size(size: int) -> tuple[Decimal, str]:
    """Given bytes; returns them in the unit that people would use, with one decimal or none, and this unit: kB, MB or GB, or
    nothing for bytes. Whoever writes a size goes by this: two sizes that differ in one language differ in all."""
    for unit, factor in (("kB", 10**3), ("MB", 10**6), ("GB", 10**9)):
        tenths = (size * 10 + factor // 2) // factor
        if size >= 1000 and (tenths < 10_000 or unit == "GB"):
            whole, tenth = divmod(tenths, 10)
            return Decimal(f"{whole}.{tenth}" if tenth else whole), unit
    return Decimal(size), ""


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Marks a template for the catalogue where it stands in a table and is made a sentence later."""
    return message
