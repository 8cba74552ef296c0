"""The way back from a table to a feed's cells: what is written is read as the same values, or it is told."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from nightclerk.core.absent import Absences
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell, FoundReading
from nightclerk.core.reversal import WayBack, keeps_blank, needed_fields
from nightclerk.core.table import TextTable
from nightclerk.core.verdict import judge_rows, plan_reading

THING = Entity.model_validate(
    {
        "entity": "thing",
        "table": "things",
        "key": ["code"],
        "fields": {
            "code": {"type": "text"},
            "name": {"type": "text", "required": True},
            "label": {"type": "text"},
            "active": {"type": "boolean"},
            "kind": {"type": "text"},
            "balance": {"type": "money", "currency": "currency"},
            "rate": {"type": "decimal"},
            "days": {"type": "integer"},
            "since": {"type": "date"},
            "seen": {"type": "datetime"},
            "currency": {"type": "currency"},
            "country": {"type": "country"},
            "email": {"type": "email"},
        },
    }
)


def feed_of(mapping: dict[str, Any], **more: Any) -> Feed:
    return Feed.model_validate(
        {"feed": "things", "files": "*.csv", "entity": "thing", "mapping": {"code": "Code", "name": "Name", **mapping}, **more}
    )


def way_back(mapping: dict[str, Any], columns: dict[str, list[Cell]], **more: Any) -> tuple[dict[str, list[str]], list[Any]]:
    """Returns the cells by header, and for each loss its field, rows and whether it is left out."""
    feed = feed_of(mapping, **more)
    back = WayBack(feed, THING, tuple(feed.mapping), "Europe/Paris", "fr")
    rows = len(next(iter(columns.values())))
    whole: dict[str, list[Cell]] = {"code": [f"c{at}" for at in range(rows)], "name": ["N"] * rows, **columns}
    cells, lost = back.cells(whole)
    found = {header: cells.get_column(str(at)).to_list() for at, header in enumerate(back.headers)}
    return found, [(loss.field, loss.rows, loss.left_out) for loss in lost]


@pytest.mark.parametrize(
    "rule, field, cells, written",
    [
        ({"from": "X", "values": {"A": True, "B": False, "C": True}}, "active", [True, False, None], {"X": ["A", "B", ""]}),
        ({"from": "X", "values": {"": "none", "-": None, "a": "A"}}, "kind", ["none", "A"], {"X": ["", "a"]}),
        ("X", "active", [True, False, None], {"X": ["oui", "non", ""]}),
        ({"from": ["X", "Y"], "join": "-"}, "label", ["1-2", "1-2-3", "1", "-1", None], None),
        ({"first_of": ["Brand", "Name"]}, "label", ["N", "Other"], {"Brand": ["", "Other"]}),
        ({"from": "X", "decimal": ","}, "balance", ["1234.5000", "0.1250", "-1.0000"], {"X": ["1234,50", "0,1250", "-1,00"]}),
        ({"from": "X", "dates": "%d %b %y"}, "since", ["2026-08-09", "1970-01-01"], {"X": ["09 Aug 26", "01 Jan 70"]}),
        ({"from": "X", "dates": ["excel"]}, "since", ["2026-11-21"], {"X": ["46347"]}),
        ({"from": "X", "dates": "%d/%m/%Y %H:%M"}, "seen", ["2026-07-01 10:30:00"], {"X": ["01/07/2026 12:30"]}),
        ({"from": "X", "extract": "FR[0-9]{2}"}, "label", ["FR12"], {"X": ["FR12"]}),
    ],
)  # fmt: skip
def test_rules_are_turned_round(rule: Any, field: str, cells: list[Cell], written: dict[str, list[str]] | None) -> None:
    found, lost = way_back({field: rule}, {field: cells})
    assert lost == []
    if written is not None:
        assert {header: found[header] for header in written} == written


def seen_again(rule: dict[str, Any], **more: Any) -> tuple[list[str], list[Any]]:
    """Both moments of a doubled hour, and one after it, written and read once more."""
    moments: list[Cell] = ["2026-10-25 00:30:00", "2026-10-25 01:30:00", "2026-10-25 02:30:00"]
    found, lost = way_back({"seen": {"from": "X", **rule}}, {"seen": moments}, **more)
    return found["X"], lost


def test_both_moments_of_a_doubled_hour_come_back_or_are_told() -> None:
    local, offset = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M%z"
    twice, third = "2026-10-25 02:30", "2026-10-25 03:30"
    assert seen_again({"dates": local}) == (["", "", third], [("seen", 2, True)])
    assert seen_again({"dates": local}, blank="clear") == ([twice, twice, third], [("seen", 2, False)])
    assert seen_again({"dates": local, "doubled_hour": "first"}) == ([twice, "", third], [("seen", 1, True)])
    assert seen_again({"dates": local}, doubled_hour="second") == (["", twice, third], [("seen", 1, True)])
    assert seen_again({"dates": [local, offset]}) == (["2026-10-25 00:30+00:00", "2026-10-25 01:30+00:00", third], [])
    assert seen_again({"dates": [local, offset]}, doubled_hour="second") == (["2026-10-25 00:30+00:00", twice, third], [])
    assert seen_again({"dates": [offset, local]})[1] == []
    serials, lost = seen_again({"dates": ["excel", offset], "doubled_hour": "first"})
    assert (serials[0][:10], serials[1], lost) == ("46320.1041", "2026-10-25 01:30+00:00", [])


def test_what_was_found_of_a_column_is_how_it_is_written() -> None:
    feed = feed_of({"seen": {"from": "X", "dates": "auto"}, "since": {"from": "Y", "dates": "auto"}, "rate": "Z"}, decimal="auto")
    columns: dict[str, list[Cell]] = {"code": ["a"], "name": ["N"], "seen": ["2026-10-25 08:30:00"], "since": ["2026-11-21"]}
    told = [
        FoundReading("seen", "X", dates=("%d/%m/%Y", "%d/%m/%Y %H:%M")),
        FoundReading("rate", "Z", decimal=",", thousands="."),
    ]
    for known, texts in (
        (told, ["25/10/2026 09:30", "2026-11-21", "12,50"]),
        ([], ["2026-10-25 09:30:00", "2026-11-21", "12.50"]),
    ):
        back = WayBack(feed, THING, tuple(feed.mapping), "Europe/Paris", "fr", known)
        cells, lost = back.cells({**columns, "rate": ["12.5000"]})
        found = {header: cells.item(0, at) for at, header in enumerate(back.headers)}
        assert ([found["X"], found["Y"], found["Z"]], lost) == (texts, [])


def test_parts_that_are_joined_go_back_into_their_columns() -> None:
    found, lost = way_back({"label": {"from": ["X", "Y"], "join": "-"}}, {"label": ["1-2", "1-2-3", "1", "-1", None]})
    assert (found["X"], found["Y"], lost) == (["1", "1", "1", "-1", ""], ["2", "2-3", "", "", ""], [])
    shared = {"kind": "X", "label": {"from": ["X", "Y"], "join": "-"}}
    found, lost = way_back(shared, {"kind": ["1", "1", "9"], "label": ["1-2", "1", "9-"]})
    assert (found["X"], found["Y"], lost) == (["1", "1", "9"], ["2", "", ""], [("label", 1, False)])


def test_what_does_not_come_back_is_left_out_where_an_empty_cell_keeps_it_and_told() -> None:
    odd = {"email": ["no address", "a@b.example"]}
    found, lost = way_back({"email": "Mail"}, odd)
    assert (found["Mail"], lost) == (["", "a@b.example"], [("email", 1, True)])
    assert way_back({"email": "Mail"}, odd, blank="clear")[1] == [("email", 1, False)]
    assert way_back({"email": "Mail"}, odd, conflict="never")[1] == [("email", 1, True)]
    assert way_back({"kind": {"from": "K", "values": {"a": "A"}}}, {"kind": ["B"]}, blank="clear")[1] == [("kind", 1, False)]
    assert way_back({"kind": {"constant": "A"}}, {"kind": ["A", "B", None]})[1] == [("kind", 2, False)]
    assert way_back({"label": "L"}, {"label": [" padded "]})[1] == [("label", 1, True)]
    assert way_back({"label": {"first_of": ["Brand", "Name"]}}, {"label": [None]})[1] == [("label", 1, False)]


def test_a_blank_that_an_empty_cell_would_not_leave_is_told() -> None:
    fields = THING.fields | {"kind": THING.fields["kind"].model_copy(update={"default": "usual"})}
    entity = THING.model_copy(update={"fields": fields})
    cells: dict[str, list[Cell]] = {"code": ["a", "b", "c"], "name": ["N"] * 3, "kind": [None, "usual", "other"]}
    for rule, lost in (
        ({"blank": "default"}, [("kind", 1, False)]),
        ({"blank": "default", "conflict": "fill_empty"}, [("kind", 1, False)]),
        ({"blank": "default", "conflict": "never"}, []),
        ({"blank": "keep"}, []),
        ({"blank": "clear"}, []),
    ):
        back = WayBack(feed_of({"kind": {"from": "K", **rule}}), entity, ("code", "name", "kind"), "UTC", "en")
        assert [(loss.field, loss.rows, loss.left_out) for loss in back.cells(cells)[1]] == lost


def test_what_the_encoding_cannot_hold_does_not_come_back() -> None:
    feed = feed_of({"label": "L"})
    back = WayBack(feed, THING, tuple(feed.mapping), "UTC", "en", (), "cp1252")
    cells, lost = back.cells({"code": ["a", "b"], "name": ["Élan", "Łódź"], "label": ["Ж", "œ"]})
    assert sorted((loss.field, loss.row, loss.left_out) for loss in lost) == [("label", 0, True), ("name", 1, False)]
    assert cells.get_column("2").to_list() == ["", "œ"]


def test_what_every_row_brings_by_itself_has_no_column_and_rows_that_are_gone_are_told() -> None:
    entity = THING.model_copy(
        update={"absent": Absences.model_validate({"deactivate": {"gone": {"active": False}, "back": {"active": True}}})}
    )
    back = WayBack(feed_of({}, absent="deactivate"), entity, ("code", "name"), "Europe/Paris", "fr")
    assert back.headers == ("Code", "Name")
    assert back.fields == ("code", "name", "active")
    cells, lost = back.cells({"code": ["c0", "c1"], "name": ["N", "N"], "active": [True, False]})
    assert cells.row(1) == ("c1", "N")
    assert [(loss.field, loss.rows, loss.row, loss.left_out) for loss in lost] == [("active", 1, 1, False)]


def test_fields_that_a_file_needs() -> None:
    feed = feed_of({"label": "L", "email": {"from": "M", "blank": "clear"}, "kind": {"constant": "x"}})
    assert needed_fields(feed, THING) == ("code", "name", "email")
    assert [keeps_blank(feed, THING, name) for name in ("name", "label", "email")] == [False, True, False]


texts = st.none() | st.text(max_size=8) | st.sampled_from(["A", "=1+1", "-", "x-y", " a", "1", "'=", "a\nb", 'q"', "Total", "#"])
VALUES: dict[str, st.SearchStrategy[Cell]] = {
    "label": texts,
    "kind": st.none() | st.sampled_from(["a", "b", "other"]),
    "active": st.none() | st.booleans(),
    "balance": st.none() | st.decimals(-(10**13), 10**13, places=4).map(lambda number: f"{number:.4f}" if number else "0.0000"),
    "rate": st.none() | st.decimals(-99, 99, places=4).map(lambda number: f"{number:.4f}" if number else "0.0000"),
    "days": st.none() | st.integers(-(2**63), 2**63 - 1),
    "since": st.none() | st.dates().map(str),
    "seen": st.none()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat(" "))
    | st.sampled_from(["2026-10-25 00:30:00", "2026-10-25 01:30:00"]),
    "currency": st.none() | st.sampled_from(["EUR", "USD"]),
    "country": st.none() | st.sampled_from(["FR", "BE"]),
    "email": st.none() | st.sampled_from(["a@b.example", "no address"]),
}
RULES: dict[str, list[Any]] = {
    "label": ["L", {"first_of": ["L", "Name"]}, {"from": ["L", "M"], "join": "-"},
              {"from": ["Name", "M"], "join": "/"},
              {"from": "L", "case": "upper"}, {"from": "L", "pad": {"to": 3}},
              {"from": "L", "extract": "[a-z]+"}, {"constant": "A"}],
    "kind": ["K", {"from": "K", "values": {"1": "a", "2": "b", "3": "a"}}, {"from": "K", "values": {"": "a", "0": None}}, "L"],
    "active": ["Act", {"from": "Act", "values": {"0": True, "1": False}}, {"from": "Act", "values": {"X": True, "": False}}],
    "balance": ["B", {"from": "B", "decimal": ",", "thousands": "."}, {"from": "B", "decimal": "auto"}],
    "rate": ["R", {"from": "R", "round": True}, {"from": "R", "grouping": "indian", "thousands": ","}],
    "days": ["D", {"from": "D", "thousands": " "}],
    "since": ["S", {"from": "S", "dates": "%d/%m/%y"}, {"from": "S", "dates": "auto"}, {"from": "S", "dates": ["excel"]},
              {"from": "S", "dates": "%B %d, %Y"}],
    "seen": ["T", {"from": "T", "dates": "%Y-%m-%d %H:%M:%S"}, {"from": "T", "dates": "%Y-%m-%dT%H:%M:%S%z"},
             {"from": "T", "dates": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%z"], "doubled_hour": "second"},
             {"from": "T", "dates": ["excel"], "doubled_hour": "first"}],
    "currency": ["Cur", {"constant": "EUR"}],
    "country": ["Land"],
    "email": ["Mail"],
}  # fmt: skip


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    names = draw(st.lists(st.sampled_from(sorted(RULES)), unique=True, min_size=1))
    policies = {"blank": draw(st.sampled_from(["keep", "clear"])), "conflict": draw(st.sampled_from(["overwrite", "fill_empty"]))}
    return feed_of({name: draw(st.sampled_from(RULES[name])) for name in names}, **policies)


@settings(max_examples=examples(60), deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_in_a_table_reads_back_as_it_is_or_is_told(data: st.DataObject) -> None:
    """The last word is the reading of a file: a row in which nothing is told as lost is read as the same values, or as blanks
    that keep them."""
    feed = data.draw(feeds())
    back = WayBack(feed, THING, tuple(feed.mapping), "Europe/Paris", "fr")
    rows = data.draw(st.integers(1, 4))
    columns: dict[str, list[Cell]] = {"code": [f"c{at}" for at in range(rows)], "name": ["N"] * rows}
    for name in back.fields[2:]:
        columns[name] = data.draw(st.lists(VALUES[name], min_size=rows, max_size=rows))
    cells, lost = back.cells(columns)
    refused = {loss.field for loss in lost if not loss.left_out}
    settled = back.feed
    plan = plan_reading(settled, THING, back.headers, "Europe/Paris", "fr")
    judged = judge_rows(TextTable(pl.Series("line", range(rows), dtype=pl.Int64), cells), plan)
    assert refused or not judged.issues
    read = dict(zip(judged.lines, judged.values.to_dicts(), strict=True))
    for at in range(rows) if not refused else ():
        for name in back.fields:
            got, stands = read[at][name], columns[name][at]
            filled = feed.conflict == "fill_empty" and stands is not None and name != "code"
            kept = keeps_blank(feed, THING, name) and got is None
            assert got == stands or kept or filled, (name, stands, got)
