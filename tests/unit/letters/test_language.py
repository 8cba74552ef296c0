"""Numbers and dates as the language writes them, and no word in a letter that a catalogue could not replace."""

from __future__ import annotations

import gettext
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from tests.unit.letters import reports

from nightclerk.core.issue import REFUSALS, ROW_CODES
from nightclerk.core.run import ControlTotal, Counts, IssueGroup
from nightclerk.core.sentence import Sentence
from nightclerk.core.sentences import about_cell
from nightclerk.letters.catalogue import found_in_source
from nightclerk.letters.compose import compose
from nightclerk.letters.content import content_of
from nightclerk.letters.language import Language, language_for
from nightclerk.letters.pages import text_page
from nightclerk.letters.subject import subject_of

ENGLISH = language_for("en", "America/Toronto")


class Marking(gettext.NullTranslations):
    """A language in which every text stands in ‹ ›; it remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"‹{message}›"

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked |= {msgid1}
        return f"‹{msgid1 if n == 1 else msgid2}›"


def marking() -> tuple[Language, Marking]:
    catalogue = Marking()
    return replace(ENGLISH, catalogue=catalogue), catalogue


def test_numbers_sizes_and_moments_are_written_for_people() -> None:
    assert ENGLISH.number(1234567) == "1,234,567"
    assert ENGLISH.amounts("0.0000", "-1234.5000") == ("0.00", "-1,234.50")
    assert ENGLISH.amounts("0.1000", "100") == ("0.10", "100.00")
    sizes = [ENGLISH.size(count) for count in (0, 1, 999, 1000, 84_211, 9_940_000, 123_456_789, 5 * 10**12)]
    spaced = [size.replace("\u00a0", " ") for size in sizes]
    assert spaced == ["0 bytes", "1 byte", "999 bytes", "1 kB", "84.2 kB", "9.9 MB", "123.5 MB", "5,000 GB"]
    assert ENGLISH.moment(datetime(2026, 11, 21, 2, 3, tzinfo=UTC)) == "20 Nov 2026, 21:03 (America/Toronto)"
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c"


def test_languages_without_a_catalogue_are_written_to_in_english() -> None:
    for tag in ("de", "it", "pt", "nl", "en", "xx"):
        language = language_for(tag, "Europe/Paris")
        assert language.tag == "en"
        assert language.gettext("Imported") == "Imported"


def test_a_text_without_values_may_hold_a_percent_sign() -> None:
    assert ENGLISH.gettext("5% of %(x)s") == "5% of %(x)s"


def test_every_word_of_a_letter_comes_from_the_catalogue() -> None:
    """Data is written in Greek here, so whatever Latin letters stand outside the marks were never offered for translation."""
    greek = "ΑΒΓ"
    unreadable = about_cell(1, greek, greek, '"%(value)s" cannot be read.', {})
    language, _ = marking()
    for name, made in reports.ALL.items():
        report = replace(made(), tenant_name=greek, server_place=greek, reject_files=())
        runs = tuple(
            replace(
                run,
                feed=None if run.feed is None else greek,
                sentence=run.sentence and Sentence.verbatim(greek),
                archived_as=None,
                notes=(Sentence.verbatim(greek),) if run.notes else (),
                unreadable=dict.fromkeys(run.unreadable and [greek], 2),
                effects={
                    key: value if isinstance(value, int) else ({greek: 1} if key == "kept_blank" else [greek])
                    for key, value in run.effects.items()
                },
                totals={key: {greek: ControlTotal("1.0000", "1.0000", "0.0000")} for key in run.totals and [greek]},
                groups=tuple(replace(group, column=greek, examples=((1, greek, unreadable),)) for group in run.groups),
                format=run.format and replace(run.format, delimiter=";", encoding="ΑΒ"),
            )
            for run in report.runs
        )
        report = replace(report, runs=runs, drop=reports.drop(greek))
        text = text_page("report", language, content=content_of(report, language)) + subject_of(report, language)
        while "‹" in text:
            shorter = re.sub(r"‹[^‹›]*›", "", text)
            assert shorter != text, text
            text = shorter
        bare = re.sub(r"kB|MB|Nov|America/Toronto|\band\b|_", "", text)
        assert not re.search(r"[A-Za-z]", bare), (name, bare)


def test_every_text_that_is_asked_for_is_found_by_extraction() -> None:
    language, catalogue = marking()
    for made in reports.ALL.values():
        report = made()
        text_page("report", language, content=content_of(report, language))
        subject_of(report, language)
    found = {message.id if isinstance(message.id, str) else message.id[0] for message in found_in_source()}
    assert len(found) > 200
    assert not catalogue.asked - found


FRENCH, SPANISH = language_for("fr", "America/Montreal"), language_for("es", "America/Argentina/Buenos_Aires")


def plain(text: str) -> str:
    """With every kind of space as a space."""
    return " ".join(text.split())


def test_each_language_writes_its_own_numbers_sizes_moments_and_lists() -> None:
    at = datetime(2026, 11, 21, 2, 3, tzinfo=UTC)
    assert plain(FRENCH.number(1234567)) == "1 234 567"
    assert plain(" ".join(FRENCH.amounts("-1234.5000", "0.1250"))) == "-1 234,500 0,125"
    assert [plain(FRENCH.size(count)) for count in (0, 1, 999, 84_211, 9_940_000)] == [
        "0 octet", "1 octet", "999 octets", "84,2 ko", "9,9 Mo",
    ]  # fmt: skip
    assert FRENCH.moment(at) == "20 nov. 2026, 21:03 (America/Montreal)"
    assert FRENCH.listed(["a", "b", "c"]) == "a, b et c"
    assert SPANISH.number(1234567) == "1.234.567"
    assert SPANISH.amounts("-1234.5000") == ("-1.234,50",)
    assert SPANISH.size(84_211) == "84,2\u00a0kB"
    assert SPANISH.moment(at) == "20 nov 2026, 23:03 (America/Argentina/Buenos_Aires)"
    assert SPANISH.listed(["a", "b", "c"]) == "a, b y c"


def test_a_sentence_is_said_in_each_language_with_its_values_as_that_language_writes_them() -> None:
    said = [plain(language.say(reports.TOO_MANY)) for language in (ENGLISH, FRENCH, SPANISH)]
    assert said == [
        "301 of 1,204 rows (25.1 %) had something wrong, but at most 5 % may be rejected.",
        "Lignes erronées : 301 sur 1 204 (25,1 %), alors que 5 % au plus peuvent être rejetées.",
        "Filas con errores: 301 de 1.204 (25,1 %), pero se puede rechazar el 5 % como máximo.",
    ]
    assert plain(FRENCH.say(reports.MISSING)) == (
        "Le fichier n'a pas de colonne « Code client », d'où provient « code », ni aucune qui lui ressemble."
        " Ses colonnes sont « Code », « Nom », « Courriel », « Solde »."
    )
    assert FRENCH.say("plain text, 100 %") == "plain text, 100 %"


def test_what_stands_in_the_file_can_be_left_out_of_a_sentence() -> None:
    assert FRENCH.say(reports.MISSING, show_values=False).endswith("Ses colonnes sont ….")
    told = about_cell(2, "Solde", "12,5x", '"%(value)s" is not a whole number.', {})
    assert SPANISH.say(told, show_values=False) == "Línea\u00a02, columna Solde: “…” no es un número entero."


def test_how_settings_are_written_is_for_ops_and_in_no_letter() -> None:
    told = Sentence("It is an %(found)s file.%(setting)s", found="XLS", setting=" The feed says `kind: xls`.")
    assert str(told) == "It is an XLS file. The feed says `kind: xls`."
    assert ENGLISH.say(told) == "It is an XLS file."


ENGLISH_WORDS = re.compile(
    r"\b(the|is|are|was|were|and|of|with|not|this|it|row|rows|file|files|line|lines|column|columns|nothing|run)\b", re.IGNORECASE
)


@pytest.mark.parametrize("tag", ["fr", "es"])
@pytest.mark.parametrize("name", [name for name in reports.ALL if name != "hostile"])
def test_no_english_word_stands_in_a_letter_in_another_language(name: str, tag: str) -> None:
    letter = compose(replace(reports.ALL[name](), language=tag), reports.SENDER, reports.READERS, "<a@b.example>", reports.AT)
    message = message_from_bytes(letter.message, policy=default)
    assert message["Content-Language"] == tag
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", body.get_content(), flags=re.DOTALL)
        text = re.sub(r"\S*[/.]\S*\.\S*|open-items", " ", text)  # names of files and places
        assert not ENGLISH_WORDS.search(text), ENGLISH_WORDS.search(text)
    assert f'<html lang="{tag}">' in str(body.get_content())


@pytest.mark.parametrize("tag", ["fr", "es"])
def test_every_ending_code_kind_of_fault_and_piece_of_advice_has_words_of_its_own(tag: str) -> None:
    language = language_for(tag, "UTC")
    for code in REFUSALS:
        run = reports.run(ending="refused", code=code, sentence=reports.TOO_MANY, counts=Counts())
        (part,) = content_of(reports.report(run), language).parts
        (english,) = content_of(reports.report(run), ENGLISH).parts
        assert part.step != english.step
    kinds = tuple(IssueGroup(code, "Ω", "Ω", 1, ()) for code in ROW_CODES)
    report = reports.report(reports.run(ending="imported_with_rejects", groups=kinds))
    with_all = [content_of(report, each).parts[0].faults for each in (language, ENGLISH)]
    assert not [fault.heading for fault, same in zip(*with_all, strict=True) if fault.heading == same.heading]
    assert not [fault.advice for fault, same in zip(*with_all, strict=True) if fault.advice == same.advice]
