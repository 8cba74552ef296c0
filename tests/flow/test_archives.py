"""Archives on their way: one drop with several tables, one letter, and rejected rows that come back without the archive."""

from __future__ import annotations

import email
import email.policy
import gzip
import hashlib
import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from tests.flow.houses import Desk, desk
from tests.flow.test_corrections import corrected
from tests.flow.test_several_feeds import endings, standing
from tests.unit.formats.packed.archives import zipped
from tests.unit.formats.workbook.files import by_openpyxl

from nightclerk.core.errors import OperatorError
from nightclerk.work.hand_in import hand_in

FEED = """  - feed: {feed}
    files: "{files}"
{members}    entity: {entity}
    tolerate: {{rejected: 80%}}
    mapping: {{{mapping}}}
"""
CUSTOMER = "code: Code, name: Nom, print_as: Nom, email: Courriel"
PRODUCT = (
    "code: Art, name: Nom, gl_debit_account: {constant: '1100', unknown_reference: create}, "
    "gl_credit_account: {constant: '4100', unknown_reference: create}"
)


def feed(name: str, members: str | None, entity: str, mapping: str, files: str = "livres_*.zip") -> str:
    line = "" if members is None else f'    members: "{members}"\n'
    return FEED.format(feed=name, files=files, members=line, entity=entity, mapping=mapping)


FEEDS = feed("fiches", "clients*.csv", "customer", CUSTOMER) + feed("articles", "produits.csv", "product", PRODUCT)
CLIENTS = "Code;Nom;Courriel\r\n1;Ann;a@a.example\r\n2;Bob;bob@\r\n3;Zoé;z@z.example\r\n".encode("cp1252")
PRODUITS = b"Art;Nom\r\nP1;Coude\r\nP2;\r\n"
BOTH = zipped({"export/clients_1.csv": CLIENTS, "export/produits.csv": PRODUITS, "lisez-moi.txt": b"Bonjour"})


def attached(at: Desk) -> list[tuple[str, bytes]]:
    """The files of all letters so far, byte for byte."""
    rows = at.house.outbox.due(at.clock.now() + timedelta(days=999), most=1000)
    messages = [email.message_from_bytes(row.message, policy=email.policy.default) for row in rows]
    return [
        (str(part.get_filename()), part.get_payload(decode=True))
        for message in messages
        for part in message.iter_attachments()  # type: ignore[attr-defined]  # the policy makes it an EmailMessage
    ]


def formats(at: Desk) -> dict[str | None, str | None]:
    return {run.feed: run.format.member if run.format is not None else None for run in at.house.runs.history()}


def test_one_archive_with_two_tables_is_one_drop_with_one_letter(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEEDS) as at:
        at.sources["acme"].put("livres_1.zip", BOTH)
        at.take()
        assert endings(at) == [("articles", "imported_with_rejects", None), ("fiches", "imported_with_rejects", None)]
        assert formats(at) == {"fiches": "export/clients_1.csv", "articles": "export/produits.csv"}
        assert (standing(tmp_path, "customers"), standing(tmp_path, "products")) == ([("1",), ("3",)], [("P1",)])
        (letter,) = at.letters("report")
        assert "export/clients_1.csv" in letter
        assert "export/produits.csv" in letter
        assert sorted(name for name, _ in attached(at)) == [
            "livres_1.zip.articles.rejected.csv", "livres_1.zip.fiches.rejected.csv",
        ]  # fmt: skip
        (kept,) = (tmp_path / "var" / "archive").rglob("*.zip")
        assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(BOTH).digest()
        assert [path.partition("/")[0] for path in at.sources["acme"].files] == ["processed"]


def test_rejected_rows_of_a_member_come_back_without_the_archive(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEEDS) as at:
        at.sources["acme"].put("livres_1.zip", BOTH)
        at.take()
        sent = dict(attached(at))
        first = {run.feed: run.id for run in at.house.runs.history()}
        content = sent["livres_1.zip.fiches.rejected.csv"]
        at.sources["acme"].put("livres_1.zip.fiches.rejected (1).csv", content.replace(b";bob@;", b";bob@b.example;"))
        at.take()
        last = at.house.runs.history()[0]
        assert (last.feed, last.ending, last.corrects, last.format and last.format.member) == (
            "fiches", "imported", first["fiches"], None,
        )  # fmt: skip
        assert len(at.house.runs.history()) == 3
        assert [row[0] for row in standing(tmp_path, "customers")] == ["1", "2", "3"]


def test_what_is_still_wrong_comes_back_once_more_and_only_to_its_own_feed(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEEDS) as at:
        at.sources["acme"].put("livres_1.zip", BOTH)
        at.take()
        name, content = next((name, content) for name, content in attached(at) if "fiches" in name)
        at.sources["acme"].put(name, content)
        at.take()
        assert [(run.feed, run.ending) for run in at.house.runs.history()[:1]] == [("fiches", "refused")]  # all of it is wrong
        assert {name for name, _ in attached(at)} >= {name}
        at.sources["acme"].put("livres_2.zip", content.replace(b";bob@;", b";bob@b.example;"))  # renamed, to what both feeds read
        at.take()
        assert {run.feed: (run.ending, run.code) for run in at.house.runs.history()[:2]} == {
            "fiches": ("imported", None), "articles": ("refused", "column_missing"),
        }  # fmt: skip


def test_a_workbook_in_an_archive_goes_back_as_a_workbook(tmp_path: Path) -> None:
    sheet = [["Code", "Nom", "Courriel"], ["1", "Ann", "a@a.example"], ["2", "Bob", "bob@"]]
    with desk(tmp_path, feeds=feed("fiches", "*.xlsx", "customer", CUSTOMER)) as at:
        at.sources["acme"].put("livres_1.zip", zipped({"clients.xlsx": by_openpyxl({"S": sheet})}))
        at.take()
        ((name, content),) = attached(at)
        assert name == "livres_1.zip.rejected.xlsx"
        assert openpyxl.load_workbook(io.BytesIO(content))["S"]["C2"].value == "bob@"
        at.sources["acme"].put(name, corrected(content, {"C2": "bob@b.example"}))
        at.take()
        assert [(run.ending, run.corrects is not None) for run in at.house.runs.history()[:1]] == [("imported", True)]
        assert standing(tmp_path, "customers") == [("1",), ("2",)]


def test_a_gz_is_its_table(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("fiches", None, "customer", CUSTOMER, files="fiches_*.csv*")) as at:
        at.sources["acme"].put("fiches_1.csv.gz", gzip.compress(CLIENTS))
        at.take()
        ((name, content),) = attached(at)
        assert name == "fiches_1.csv.gz.rejected.csv"
        assert formats(at) == {"fiches": ""}
        at.sources["acme"].put(name, content.replace(b";bob@;", b";bob@b.example;"))
        at.take()
        assert [row[0] for row in standing(tmp_path, "customers")] == ["1", "2", "3"]


def test_archives_that_are_not_as_agreed_are_refused_by_feed(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEEDS) as at:
        for name, content in (
            ("livres_1.zip", zipped({"clients_1.csv": b"Code;Nom;Courriel\r\n7;Di;\r\n"})),
            ("livres_2.zip", BOTH[: len(BOTH) // 2]),
            ("livres_3.zip", b"Code;Nom;Courriel;Art\r\n8;Ed;;P8\r\n"),
        ):
            at.sources["acme"].put(name, content)
            at.take()
            at.round(minutes=1)
        assert sorted((run.file, run.feed, run.ending, run.code) for run in at.house.runs.history()) == [
            ("livres_1.zip", "articles", "refused", "no_member"),
            ("livres_1.zip", "fiches", "imported", None),
            ("livres_2.zip", "articles", "refused", "incomplete"),
            ("livres_2.zip", "fiches", "refused", "incomplete"),
            ("livres_3.zip", "articles", "refused", "wrong_kind"),
            ("livres_3.zip", "fiches", "refused", "wrong_kind"),
        ]
        assert standing(tmp_path, "customers") == [("7",)]


def test_two_feeds_that_could_read_one_member_are_both_refused(tmp_path: Path) -> None:
    wide = feed("articles", "*.csv", "product", PRODUCT, files="livres*_1.zip")
    with desk(tmp_path, feeds=feed("fiches", "clients*.csv", "customer", CUSTOMER) + wide) as at:
        at.sources["acme"].put("livres_1.zip", BOTH)
        at.take()
        assert endings(at) == [("articles", "refused", "claimed_twice"), ("fiches", "refused", "claimed_twice")]
        file = tmp_path / "livres_1.zip"
        file.write_bytes(BOTH)
        with pytest.raises(OperatorError, match="More than one feed"):
            hand_in(at.house, "acme", file, None, None)
