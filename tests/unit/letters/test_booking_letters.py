"""Letters about what booking does beyond rows that go in: they say what is so, in every language, on both pages."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from tests.unit.letters import booking_reports, reports
from tests.unit.letters.test_compose import Page

from nightclerk.letters.compose import compose
from nightclerk.letters.language import SPOKEN

#: What French sets a no-break space before, behind anything but another sign; times and ratios have none.
_SPACELESS = re.compile(r"(?<=[^\s\u00a0\u202f\d:;!?])(?:[;!?](?=\s|$)|:(?=\s|$))|(?<= )[:;!?»%](?=\s|$)|«(?!\u00a0)")


def letter(name: str, language: str) -> tuple[str, str, str]:
    """The subject, the text, and the words of the page."""
    made = booking_reports.ALL[name]()
    written = compose(replace(made, language=language), reports.SENDER, reports.READERS, "<a@example.com>", reports.AT)
    message = message_from_bytes(written.message, policy=default)
    assert isinstance(message, EmailMessage)
    pages = []
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        pages.append(str(body.get_content()).replace("\r\n", "\n"))
    return written.subject, pages[0], " ".join(Page(pages[1]).words)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("name", booking_reports.ALL)
def test_both_pages_say_the_same_and_the_text_is_narrow(name: str, language: str) -> None:
    _, text, page = letter(name, language)
    quiet = {"·", "→", "✓", "!", "✕", "="}
    assert {word for word in page.casefold().split() if word not in quiet} <= set(text.casefold().split())
    assert not [line for line in text.splitlines() if len(line) > 76 and " run812" not in line and "/export/" not in line]


@pytest.mark.parametrize("name", booking_reports.ALL)
def test_french_keeps_its_signs_beside_their_words(name: str) -> None:
    subject, text, _ = letter(name, "fr")
    assert not _SPACELESS.findall(subject)
    assert not [line for line in text.splitlines() if _SPACELESS.search(line)]


def test_nothing_imported_is_never_told_as_a_success() -> None:
    subject, text, _ = letter("all_parked", "en")
    assert "postes: Waiting (0 of 3 rows imported, 3 waiting)" in subject
    assert text.startswith("WAITING\n")
    assert "IMPORTED" not in text
    assert "En attente (lignes importées\u00a0: 0 sur 3, en attente\u00a0: 3)" in letter("all_parked", "fr")[0]


def test_subjects_count_what_is_gone() -> None:
    assert letter("absent", "en")[0].endswith("changed, 15 records gone)")
    assert letter("one_absent", "en")[0].endswith("changed, 1 record gone)")
    assert letter("one_absent", "fr")[0].endswith(", enregistrements disparus\u00a0: 1)")
    assert "gone" not in letter("held_absent", "en")[0]


def test_what_nobody_sends_has_to_be_entered() -> None:
    assert "enter it in the application" in letter("one_parked", "en")[1]
    assert "This is for your information" in letter("all_parked", "en")[1]


@pytest.mark.parametrize(
    ("language", "whole", "file", "after", "run"),
    [
        ("en", "Had waited", "In the file", "after waiting", "the file was read by run 790"),
        ("fr", "Ayant attendu", "Dans le fichier", "après attente", "le fichier a été lu par le traitement n° 790"),
        ("es", "Habían esperado", "En el archivo", "tras la espera", "el archivo lo leyó el proceso n.º 790"),
    ],
)
def test_rows_that_had_waited_are_not_told_as_the_file(language: str, whole: str, file: str, after: str, run: str) -> None:
    for name in ("went_in", "one_went_in", "given_up"):
        subject, text, page = letter(name, language)
        assert subject.endswith(f", {after})")
        for body in (text, page):
            plain = " ".join(body.split())
            assert plain.count(whole) == 2, "of the rows, and of their sums"
            assert run in plain
            assert file not in plain
    assert whole not in letter("some_parked", language)[1]


def test_a_subject_counts_the_rows_that_wait() -> None:
    assert "Imported (1,191 of 1,206 rows imported, 15 waiting)" in letter("some_parked", "en")[0]


def test_a_refused_file_tells_nothing_as_done() -> None:
    _, text, _ = letter("not_as_approved", "en")
    assert "nothing of it was imported" in text
    assert "were cleared" not in text


def test_what_was_cleared_is_a_change() -> None:
    _, text, _ = letter("approved", "en")
    assert "nothing had to be" not in text
    assert "893 records that the file no longer holds were" in " ".join(text.split())


def test_one_row_is_told_as_one() -> None:
    for name in ("one_parked", "one_went_in"):
        assert not re.search(r"\bthey\b|\b1 (rows|records)\b", letter(name, "en")[1])
