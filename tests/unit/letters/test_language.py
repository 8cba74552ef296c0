"""Numbers and dates as the language writes them, and no word in a letter that a catalogue could not replace."""

from __future__ import annotations

import gettext
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.extract import extract_from_dir
from tests.unit.letters import reports

import nightclerk.letters
from nightclerk.core.issue import ROW_CODES
from nightclerk.core.run import ControlTotal
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
    assert spaced == ["0 bytes", "1 byte", "999 bytes", "1 kB", "84 kB", "9.9 MB", "123 MB", "5,000 GB"]
    assert ENGLISH.moment(datetime(2026, 11, 21, 2, 3, tzinfo=UTC)) == "20 Nov 2026, 21:03 (America/Toronto)"
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c"


def test_languages_without_a_catalogue_are_written_to_in_english() -> None:
    for tag in ("fr", "es", "de", "en", "xx"):
        language = language_for(tag, "Europe/Paris")
        assert language.tag == "en"
        assert language.gettext("Imported") == "Imported"


def test_a_text_without_values_may_hold_a_percent_sign() -> None:
    assert ENGLISH.gettext("5% of %(x)s") == "5% of %(x)s"


def test_every_word_of_a_letter_comes_from_the_catalogue() -> None:
    """Data is written in Greek here, so whatever Latin letters stand outside the marks were never offered for translation."""
    greek = "ΑΒΓ"
    language, _ = marking()
    for name, made in reports.ALL.items():
        report = replace(made(), tenant_name=greek, server_place=greek, reject_files=())
        runs = tuple(
            replace(
                run,
                feed=None if run.feed is None else greek,
                sentence=greek if run.sentence else None,
                archived_as=None,
                notes=(greek,) if run.notes else (),
                unreadable=dict.fromkeys(run.unreadable and [greek], 2),
                effects={
                    key: value if isinstance(value, int) else ({greek: 1} if key == "kept_blank" else [greek])
                    for key, value in run.effects.items()
                },
                totals={key: {greek: ControlTotal("1.0000", "1.0000", "0.0000")} for key in run.totals and [greek]},
                groups=tuple(replace(group, column=greek, examples=((1, greek, greek),)) for group in run.groups),
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
    room = Path(nightclerk.letters.__file__).parent
    methods = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract")]
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(str(room), methods):
        found.add(message if isinstance(message, str) else message[0])
    assert len(found) > 80
    assert catalogue.asked <= found | set(ROW_CODES.values())
