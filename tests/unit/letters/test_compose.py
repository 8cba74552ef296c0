"""The whole letter: its envelope, its two pages that say the same, and nothing from a file that becomes more than text."""

from __future__ import annotations

import html.parser
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.letters import reports

from nightclerk.core.report import Letter, RejectFile, Report
from nightclerk.core.reporting import ADDRESS
from nightclerk.letters.compose import compose, compose_notice, new_message_id

ID = new_message_id("3f0c9f3e-812", "example.com")


def written(report: Report) -> Letter:
    return compose(report, reports.SENDER, reports.READERS, ID, reports.AT)


def opened(letter: Letter) -> EmailMessage:
    message = message_from_bytes(letter.message, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(letter: Letter) -> str:
    body = opened(letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def page_of(letter: Letter) -> str:
    body = opened(letter).get_body(("html",))
    assert body is not None
    return str(body.get_content())


class Page(html.parser.HTMLParser):
    """Tags with the names of their attributes, in order; and the text a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.addresses += [str(value) for name, value in attrs if name in {"href", "src", "background", "action"}]
        if tag in {"style", "title"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words += data.split()


# The envelope ---------------------------------------------------------------------------------------------------------


def test_the_envelope_says_who_what_when_and_that_no_person_wrote_it() -> None:
    letter = written(reports.with_rejects())
    message = opened(letter)
    assert str(message["From"]) == "Nightclerk <nightclerk@example.com>"
    assert str(message["To"]) == "compta@lumiere.example, ops@lumiere.example"
    assert message["Subject"] == letter.subject
    assert parsedate_to_datetime(message["Date"]) == reports.AT
    assert message["Message-ID"] == letter.message_id == ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Nightclerk-Tenant"] == "credit-lumiere"
    assert message["X-Nightclerk-Run"] == "812"
    assert message["X-Nightclerk-Ending"] == "imported_with_rejects"
    assert (letter.kind, letter.recipients) == ("report", reports.READERS)


def test_a_letter_is_text_and_html_side_by_side_and_then_the_attached_file_as_it_was() -> None:
    message = opened(written(reports.with_rejects()))
    assert message.get_content_type() == "multipart/mixed"
    both, attached = message.iter_parts()
    assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]
    assert attached.get_content_type() == "text/csv"
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "clients_20261121.rejected.csv"
    assert attached.get_payload(decode=True) == reports.reject_file().content


@pytest.mark.parametrize("name", reports.ALL)
def test_the_bytes_are_always_the_same_and_fit_every_mail_server(name: str) -> None:
    letter = written(reports.ALL[name]())
    assert letter == written(reports.ALL[name]())
    assert letter.message.isascii()
    lines = letter.message.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert len(page_of(letter)) < 102_400  # where the largest mail provider cuts a letter off


def test_the_message_id_is_fixed_by_the_key_and_the_domain() -> None:
    assert new_message_id("a", "example.com") == new_message_id("a", "example.com")
    assert new_message_id("a", "example.com") != new_message_id("b", "example.com")
    assert re.fullmatch(r"<nightclerk\.[0-9a-f]{32}@example\.com>", new_message_id("a\r\n\udce9", "example.com"))
    assert new_message_id("a", "müller.example").endswith("@xn--mller-kva.example>")
    for domain in ("", "exa mple", "a>\r\nX: y", ".com", "b" * 70, "a..b"):
        assert new_message_id("a", domain).endswith("@nightclerk.invalid>")


def test_senders_and_readers_of_all_kinds_fit_the_envelope() -> None:
    long = tuple(f"reader{n}@{'x' * 60}.example" for n in range(40))
    message = opened(compose(reports.imported(), "Zoë, Inc. <z@example.com>", long, ID, reports.AT))
    assert message["From"].addresses[0].display_name == "Zoë, Inc."
    assert tuple(address.addr_spec for address in message["To"].addresses) == long
    odd = compose(reports.imported(), "nightclerk@localhost", ("jörg@acme.example",), ID, reports.AT)
    assert opened(odd)["From"].addresses[0].addr_spec == "nightclerk@localhost"
    assert odd.recipients == ("jörg@acme.example",)


@given(st.lists(st.from_regex(ADDRESS, fullmatch=True), max_size=3))
@settings(max_examples=examples(25), deadline=None)
def test_no_address_that_the_settings_let_through_stops_a_letter(readers: list[str]) -> None:
    letter = compose(reports.empty(), reports.SENDER, ("anne@müller.example", *readers), ID, reports.AT)
    assert letter.recipients == ("anne@müller.example", *readers)
    assert "anne@xn--mller-kva.example" in letter.message.decode("ascii")
    assert message_from_bytes(letter.message, policy=default)["Subject"] == letter.subject


# Two pages that say the same ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", reports.ALL)
def test_the_text_says_every_word_of_the_page(name: str) -> None:
    letter = written(reports.ALL[name]())
    said = set(text_of(letter).casefold().split())
    page = Page(page_of(letter))
    quiet = {"·", "→", "✓", "!", "✕", "="}
    assert {word for word in (word.casefold() for word in page.words) if word not in quiet} <= said


@pytest.mark.parametrize("name", reports.ALL)
def test_the_page_fetches_nothing_runs_nothing_and_keeps_its_styles_on_the_elements(name: str) -> None:
    page = Page(page_of(written(reports.ALL[name]())))
    assert not page.addresses
    assert not {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "form", "a", "object", "svg", "base"}
    assert not [tag for tag, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert sum(tag == "style" for tag, _ in page.tags) == 1
    assert sum("style" in attributes for _, attributes in page.tags) > 15


def test_the_page_knows_dark_screens_and_narrow_ones() -> None:
    page = page_of(written(reports.imported()))
    assert "prefers-color-scheme: dark" in page
    assert "max-width: 480px" in page
    assert '<meta name="color-scheme" content="light dark">' in page


@pytest.mark.parametrize("name", [name for name in reports.ALL if name != "hostile"])
def test_the_text_is_narrow(name: str) -> None:
    for line in text_of(written(reports.ALL[name]())).splitlines():
        assert len(line) <= 76 or " " not in line.strip().removeprefix("Where it lies now").strip()


# Hostile names and values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", reports.HOSTILE)
def test_hostile_names_and_values_stay_text(text: str) -> None:
    _stays_text(text)


@given(st.text(st.characters(), min_size=1, max_size=300))
@example("\u00a0")
@settings(max_examples=examples(20), deadline=None)
def test_any_name_and_value_stays_text(text: str) -> None:
    _stays_text(text)


def _stays_text(text: str) -> None:
    letter, harmless = written(reports.hostile(text)), written(reports.hostile("x"))
    message = opened(letter)
    assert message.keys() == opened(harmless).keys()
    assert [part.get_content_type() for part in message.walk()] == [part.get_content_type() for part in opened(harmless).walk()]
    assert Page(page_of(letter)).tags == Page(page_of(harmless)).tags
    assert len(text_of(letter)) < 100_000
    for line in (letter.subject, *text_of(letter).splitlines()):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
    name = str(next(iter(message.iter_attachments())).get_filename())
    assert not re.search(r'[/\\\x00-\x1f"<>|:*?]', name.replace("?", ""))
    assert not name.startswith(".")


def test_a_value_cannot_bring_a_header_of_its_own() -> None:
    report = reports.hostile("a\r\nBcc: everybody@example.com\r\n\r\nbody")
    message = opened(written(replace(report, tenant="acme\r\nBcc: everybody@example.com")))
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]


# Values that must not be shown ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["with_rejects", "several", "too_many_rejected"])
def test_no_cell_value_and_no_attachment_where_values_must_not_be_shown(name: str) -> None:
    open_one = written(reports.ALL[name]())
    letter = written(replace(reports.ALL[name](), show_values=False))
    assert "jean@" in text_of(open_one)
    for page in (text_of(letter), page_of(letter)):
        for value in ("jean@", "à demander", "1.2.3", "C0042", "1,284,310.55", "3,208.45", "USD", "15.125"):
            assert value not in page
    assert not list(opened(letter).iter_attachments())
    assert "attached" not in text_of(letter).lower()
    assert "For example line 17 and 212." in " ".join(text_of(letter).split())


def test_a_trial_names_no_keys_where_values_must_not_be_shown() -> None:
    trial = reports.report(reports.run(effects={"only": ["C0042", "C0043"]}))
    assert "C0042" in text_of(written(trial))
    hidden = text_of(written(replace(trial, show_values=False)))
    assert "C0042" not in hidden
    assert "A trial with 2 keys only." in hidden


# Letters to ops -------------------------------------------------------------------------------------------------------


def notice(
    sentence: str = "The host key of sftp.acme.example has changed.", command: str | None = "nightclerk trust acme"
) -> Letter:
    details = (("Pinned", "SHA256:abc"), ("Shown", "SHA256:def"))
    return compose_notice("acme", sentence, command, reports.SENDER, ("ops@example.com",), ID, reports.AT, details=details)


def test_a_notice_says_what_to_act_on_and_the_exact_command() -> None:
    letter = notice()
    assert letter.kind == "operators"
    assert letter.subject == "Nightclerk needs you · acme: The host key of sftp.acme.example has changed."
    text = text_of(letter)
    assert "\n  nightclerk trust acme\n" in text
    for said in ("The host key of sftp.acme.example has changed.", "SHA256:abc", "SHA256:def"):
        assert said in text
        assert said in page_of(letter)
    assert opened(letter)["Auto-Submitted"] == "auto-generated"


def test_a_notice_without_tenant_and_command_is_whole() -> None:
    letter = compose_notice("", "The disk is full.", None, reports.SENDER, ("ops@example.com",), ID, reports.AT)
    assert letter.subject == "Nightclerk needs you: The disk is full."
    assert "command" not in text_of(letter)
    assert opened(letter)["X-Nightclerk-Tenant"] is None


def test_good_news_does_not_look_like_a_call() -> None:
    words = "The configuration is right again, and all of it is in use."
    letter = compose_notice("", words, None, reports.SENDER, ("ops@example.com",), ID, reports.AT, good_news=True)
    assert letter.subject == f"Nightclerk: all right again: {words}"
    assert text_of(letter).startswith("NIGHTCLERK: ALL RIGHT AGAIN")
    for said in (text_of(letter), page_of(letter)):
        assert "needs you" not in said.lower()
    assert "✓" in page_of(letter)
    assert "✓" not in page_of(notice())


@pytest.mark.parametrize("text", reports.HOSTILE)
def test_a_notice_takes_hostile_words_as_words(text: str) -> None:
    letter = notice(text, text)
    assert Page(page_of(letter)).tags == Page(page_of(notice("x", "x"))).tags
    assert opened(letter).keys() == opened(notice()).keys()


# Attachments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\xff\x00\r\n.\r\n--=_x", "Fehler März".encode("utf-16")])
@pytest.mark.parametrize("name", ["Fehler März.csv", "../../etc/passwd.csv", "a.xlsx", "..."])
def test_attached_bytes_arrive_as_they_are_under_a_plain_name(content: bytes, name: str) -> None:
    report = reports.with_rejects(reject_files=(RejectFile(name, content, 1), RejectFile(name, b"second", 1)))
    first, second = opened(written(report)).iter_attachments()
    assert first.get_payload(decode=True) == content
    assert second.get_payload(decode=True) == b"second"
    assert "/" not in str(first.get_filename())
    if "März" in name:
        assert first.get_filename() == name
