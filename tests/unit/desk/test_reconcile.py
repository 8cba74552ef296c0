"""``desk.reconcile``: a file held against the tables; the command's own test looks at the words and the files (tests/e2e)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from tests.e2e.offices import FILE, TENANT, check_output
from tests.unit.desk.test_preview import Desk, Fence, desk, reader

from nightclerk.cli.reconciled import show
from nightclerk.core.booking import plan_booking
from nightclerk.core.errors import OperatorError
from nightclerk.core.reading import Block
from nightclerk.core.reconciliation import SumsBeside, sums_beside
from nightclerk.core.run import ControlTotal
from nightclerk.desk.reconcile import Asked, as_cell, reconcile_data, reconciled
from nightclerk.desk.reconcile_files import write_csv, write_workbook
from nightclerk.sources.handed import Handed

__all__ = ["desk", "reader"]  # the fixtures

HEADER = "Code;Name;Email;Solde\n"
SAME = HEADER + "A;Anna;anna@a.example;1,50\nB;Bert;;2,25\n"


@pytest.fixture
def booked(desk: Desk) -> Desk:
    fill(desk)
    return desk


def fill(desk: Desk) -> None:
    """Books two customers, as their file says it."""
    feed = desk.configuration.tenants["acme"].feeds[0]
    booking = desk.target.begin(plan_booking("acme", feed, desk.configuration.entities["customer"]), "run 1", 1)
    booking.stage(Block(2, [2, 3], [["A", "B"], ["Anna", "Bert"], ["anna@a.example", None], ["1.5000", "2.2500"]]))
    booking.compare()
    booking.book({})


def asked(desk: Desk, text: str) -> Asked:
    path = desk.folder / "clients.csv"
    path.write_text(text)
    return Asked("acme", "clients", path, Handed(path))


def data_of(desk: Desk, text: str, most: int | None = None) -> dict[str, Any]:
    with reconciled(desk.ahead, desk.configuration, asked(desk, text)) as found:
        data = reconcile_data(found, most)
        assert data["agrees"] is found.agrees
    check_output("reconcile", data)
    return data


def words_of(desk: Desk, text: str, most: int = 20) -> list[str]:
    with reconciled(desk.ahead, desk.configuration, asked(desk, text)) as found:
        command = click.Command("show", callback=lambda: show(found, most))
        lines = CliRunner().invoke(command, catch_exceptions=False).output.splitlines()
    return [" ".join(line.split()) for line in lines]


def test_what_agrees_is_told_first(booked: Desk) -> None:
    data = data_of(booked, SAME)
    assert (data["agrees"], data["counts"]["same"], data["fields"]) == (True, 2, {})
    assert words_of(booked, SAME)[0] == "clients.csv of acme/clients agrees with the tables"


def test_a_file_that_does_not_read_is_told_as_such(booked: Desk) -> None:
    data = data_of(booked, "Code;Nom\nA;B\n")
    assert (data["agrees"], data["ending"], data["refused"]["code"]) == (False, "refused", "column_missing")
    assert "counts" not in data
    assert words_of(booked, "Code;Nom\nA;B\n")[0] == "clients.csv of acme/clients could not be compared with the tables"


def test_a_file_that_would_be_refused_as_a_whole_is_compared_all_the_same(tmp_path: Path, reader: Fence) -> None:
    desk = Desk(tmp_path, reader, tenant=TENANT.replace("mapping:", "tolerate: {rejected: 10%}\n    mapping:"))
    fill(desk)
    other = HEADER + "A;Anne;anna@a.example;1,50\nB;Bert;no address;2,25\n"
    data = data_of(desk, other)
    assert (data["ending"], data["refused"]["code"]) == ("refused", "too_many_rejected")
    assert (data["counts"]["different"], data["counts"]["rejected"], data["counts"]["only_in_tables"]) == (1, 1, 0)
    assert data["sums"]["balance"]["EUR"] == {
        "file": "3.7500", "rejected": "2.2500", "skipped": "0.0000", "tables": "3.7500", "difference": "0.0000"
    }  # fmt: skip
    assert words_of(desk, other)[1].startswith("An import would refuse the file: 1 of 2 rows")


def test_duplicates_are_rejected_and_stand_in_the_file(booked: Desk) -> None:
    counts = data_of(booked, SAME + "A;Anna;anna@a.example;1,50\n")["counts"]
    assert (counts["rows"], counts["same"], counts["rejected"], counts["only_in_tables"]) == (3, 1, 2, 0)


def test_rows_that_give_way_are_no_difference(tmp_path: Path, reader: Fence) -> None:
    desk = Desk(tmp_path, reader, tenant=TENANT.replace("mapping:", "duplicates: last_wins\n    mapping:"))
    fill(desk)
    data = data_of(desk, SAME + "A;Anna;anna@a.example;1,50\n")
    assert (data["agrees"], data["counts"]["same"], data["counts"]["skipped"]) == (True, 2, 1)
    assert data["sums"]["balance"]["EUR"]["difference"] == "1.5000"


@pytest.mark.parametrize(("mode", "reason"), [("update_only", "unknown_key"), ("create_only", "known_key")])
def test_rows_that_the_mode_forbids_are_compared_and_say_why(tmp_path: Path, reader: Fence, mode: str, reason: str) -> None:
    fill(Desk(tmp_path, reader))
    desk = Desk(tmp_path, reader, tenant=TENANT.replace("mapping:", f"mode: {mode}\n    mapping:"))
    data = data_of(desk, HEADER + "A;Anne;anna@a.example;1,50\nC;Carl;;1\n")
    assert (data["counts"]["rejected"], data["counts"]["different"], data["counts"]["only_in_file"]) == (0, 1, 1)
    assert data["rejected"] == []
    told = {"update_only": data["only_in_file"], "create_only": data["different"]}[mode]
    assert [one["reason"] for one in told] == [reason]


def test_an_empty_file_leaves_everything_only_in_the_tables(booked: Desk) -> None:
    data = data_of(booked, HEADER, most=1)
    assert (data["ending"], data["counts"]["only_in_tables"]) == ("empty", 2)
    assert [one["values"]["code"] for one in data["only_in_tables"]] == ["A"]
    assert data["sums"]["balance"]["EUR"]["difference"] == "-3.7500"


def test_before_the_first_import_everything_is_only_in_the_file(desk: Desk) -> None:
    counts = data_of(desk, FILE)["counts"]
    assert (counts["only_in_file"], counts["only_in_tables"], counts["rejected"]) == (1, 0, 2)


def test_no_more_is_shown_than_was_asked_for(booked: Desk) -> None:
    other = HEADER + "A;Anne;x@a.example;9\n"
    assert "Values that differ: the first 2 of 3" in words_of(booked, other, 2)
    assert not any(line.startswith("Values that differ") for line in words_of(booked, other, 0))


def test_files_that_cannot_be_written_are_told(booked: Desk) -> None:
    (booked.folder / "taken").write_text("a file")
    with reconciled(booked.ahead, booked.configuration, asked(booked, SAME)) as found:
        assert found.compared is not None
        for write in (write_csv, write_workbook):
            with pytest.raises(OperatorError, match=r"taken/below cannot be written"):
                write(found.compared, booked.folder / "taken/below")


def test_scratch_files_are_gone_afterwards(booked: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    data_of(booked, FILE)
    assert list(scratch.iterdir()) == []


def test_sums_stand_beside_each_other_also_where_one_is_missing() -> None:
    file = {"balance": {"EUR": ControlTotal("10.0000", "7.0000", "3.0000"), "USD": ControlTotal("0.0000", "0.0000", "0.0000")}}
    assert sums_beside(file, {"balance": {"EUR": "7.0000", "CHF": "1.5000", "GBP": "0.0000"}, "paid": {"": "0.12345"}}) == {
        "balance": {
            "CHF": SumsBeside("0.0000", "0.0000", "0.0000", "1.5000", "-1.5000"),
            "EUR": SumsBeside("10.0000", "3.0000", "0.0000", "7.0000", "3.0000"),
            "USD": SumsBeside("0.0000", "0.0000", "0.0000", "0.0000", "0.0000"),
        },
        "paid": {"": SumsBeside("0.0000", "0.0000", "0.0000", "0.12345", "-0.12345")},
    }


def test_values_are_told_as_their_fields_hold_them() -> None:
    assert [as_cell("boolean", "true"), as_cell("boolean", "maybe"), as_cell("text", "true")] == [True, "maybe", "true"]
    assert [as_cell("integer", "-12"), as_cell("integer", "x"), as_cell("money", "1.0000")] == [-12, "x", "1.0000"]
    assert as_cell("integer", None) is None
