"""The letters of a drop: one for all its runs, in its readers' language, and none where the tenant wants none."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from tests.flow.houses import Desk, desk
from tests.unit.letters import reports

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.report import Letter
from nightclerk.core.reporting import Reporting
from nightclerk.core.run import Run
from nightclerk.core.sentences import about_cell
from nightclerk.filing.issues_file import IssuesFile, Rejected
from nightclerk.work.reports import without_letter, write_letters

CLIENTS = b"Code;Nom;Courriel\r\nA1;Dupont;a@b.example\r\nA2;;c@d.example\r\n"


READERS = {"report": Reporting.model_validate({"to": "compta@acme.example"})}


def letters_of(at: Desk, folder: Path, *runs: Run, **tenant: Any) -> tuple[Letter, ...]:
    """What is written about these runs, whose issues files lie in the folder, where the tenant is changed like this."""
    changed = at.house.configuration.tenants["acme"].model_copy(update={"language": "en", **READERS, **tenant})
    return write_letters(at.house, reports.drop(), changed, runs, None, lambda number: folder / f"run{number}.issues.jsonl")


def opened(letter: Letter) -> EmailMessage:
    message = message_from_bytes(letter.message, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: Letter) -> str:
    body = opened(letter).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def page_of(letter: Letter) -> str:
    body = opened(letter).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def rejecting(folder: Path, number: int, feed: str) -> Run:
    """A run with one rejected row, whose issues file lies in the folder."""
    message = about_cell(3, "Courriel", "jean@", '"%(value)s" is not an email address.', {})
    file = IssuesFile(folder / f"run{number}.issues.jsonl")
    file.add(
        [Rejected(RejectedRow(3, ("C1", "Église", "jean@")), (Issue(3, "not_an_email", message, "Courriel", "email", "jean@"),))]
    )
    digest = file.finish()
    assert digest == hashlib.sha256((folder / f"run{number}.issues.jsonl").read_bytes()).hexdigest()
    with_rejects = reports.with_rejects().runs[0]
    columns = ("Code client", "Raison sociale", "Courriel")
    return replace(with_rejects, id=number, key=f"k{number}", feed=feed, issues=1, issues_sha256=digest, columns=columns)


def test_a_letter_and_its_attached_rows_are_in_the_tenants_language(tmp_path: Path) -> None:
    with desk(tmp_path / "house") as at:
        run = rejecting(tmp_path, 7, "clients")
        (letter,) = letters_of(at, tmp_path, run, language="fr")
    assert letter.subject == "Acme SARL · clients\u00a0: Importé avec rejets (lignes rejetées\u00a0: 18 sur 1\u202f204)"
    (attached,) = opened(letter).iter_attachments()
    header, row = csv.reader(io.StringIO(attached.get_payload(decode=True).decode("cp1252")), delimiter=";")
    told = dict(zip(header, row, strict=True))
    assert told["_message"] == "Ligne\u00a03, colonne Courriel\u00a0: «\u00a0jean@\u00a0» n'est pas une adresse électronique."
    assert (told["Raison sociale"], told["_code"], told["_run"]) == ("Église", "not_an_email", "7")


def test_one_letter_tells_of_all_runs_the_worst_first_and_attaches_a_file_for_each_with_rejects(tmp_path: Path) -> None:
    refused = replace(reports.refused().runs[0], id=3, key="k3", feed="contacts")
    runs = (
        replace(reports.run(), id=1, feed="groups"),
        rejecting(tmp_path, 2, "clients"),
        refused,
        rejecting(tmp_path, 4, "items"),
    )
    with desk(tmp_path / "house") as at:
        found = letters_of(at, tmp_path, *runs)
        (two,) = letters_of(at, tmp_path, *runs[:2])
    (letter,) = found
    assert letter.subject == "Acme SARL · contacts, clients, items and groups: Imported in part (3,576 of 3,612 rows imported)"
    told = text_of(letter)
    sections = ("contacts · REFUSED", "clients · IMPORTED WITH", "items · IMPORTED WITH", "groups · IMPORTED")
    assert [told.index(section) for section in sections] == sorted(told.index(section) for section in sections)
    names = [part.get_filename() for part in opened(letter).iter_attachments()]
    assert names == ["clients_20261121.clients.rejected.csv", "clients_20261121.items.rejected.csv"]
    assert two.subject == "Acme SARL · clients and groups: Imported with rejects (2,390 of 2,408 rows imported)"
    assert [part.get_filename() for part in opened(two).iter_attachments()] == ["clients_20261121.clients.rejected.csv"]
    assert two.message_id == letter.message_id  # the first run's key names the letter of the drop
    assert opened(letter)["X-Nightclerk-Run"] == "1, 2, 3, 4"


def test_no_cell_value_leaves_the_house_where_values_must_not_be_shown(tmp_path: Path) -> None:
    hidden = Reporting.model_validate({"to": "compta@acme.example", "show_values": False})
    refused = replace(reports.refused().runs[0], id=3, key="k3", feed="contacts")
    with desk(tmp_path / "house") as at:
        run = rejecting(tmp_path, 7, "clients")
        (letter,) = letters_of(at, tmp_path, run, refused, report=hidden)
    assert not list(opened(letter).iter_attachments())
    for value in ("jean@", "Église", "Nom", "1,284,310.55", "C0042"):  # "Nom" would be a cell if the header were missing
        assert value not in text_of(letter) + page_of(letter)
    assert 'The file has no column "Code client"' in text_of(letter)
    assert "Its columns are …." in text_of(letter)


def test_where_a_tenant_has_no_readers_ops_read_in_english(tmp_path: Path) -> None:
    with desk(tmp_path / "house") as at:
        (letter,) = letters_of(at, tmp_path, reports.run(), language="fr", report=Reporting())
    assert letter.recipients == ("ops@example.com",)
    assert "All 1,204 rows are imported." in text_of(letter)


@pytest.mark.parametrize("wish", ["always", "changes", "never"])
def test_a_letter_that_nobody_wants_is_not_written_and_the_run_says_so(tmp_path: Path, wish: str) -> None:
    with desk(tmp_path) as at:
        file = at.house.configuration.tenants["acme"]
        report = Reporting.model_validate({"to": "compta@acme.example", "on": {"empty": wish}})
        at.house.configuration.tenants["acme"] = file.model_copy(update={"report": report})
        at.sources["acme"].put("clients_1.csv", b"")
        at.take()
        (run,) = at.house.runs.history()
        letters = at.letters("report")
    assert run.ending == "empty"
    assert len(letters) == (wish == "always")
    told = [note for note in run.notes if "No letter was written" in note]
    assert len(told) == (wish != "always")


def test_a_drop_without_a_wish_against_it_keeps_its_runs_as_they_are(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        tenant = at.house.configuration.tenants["acme"]
        assert without_letter(tenant, (reports.run(),)) == (reports.run(),)
