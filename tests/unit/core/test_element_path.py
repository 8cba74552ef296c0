"""Paths of elements: as a mapping writes them, and where they lead."""

from __future__ import annotations

import pytest

from nightclerk.core.element_path import Steps, ends_with, field_path, plain_name, row_path, steps_of, written_from

ROW = ("Invoices", "Invoice")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Number", ("Invoices", "Invoice", "Number")),
        (" Head/Number ", ("Invoices", "Invoice", "Head", "Number")),
        ("./cbc:Head/cbc:Number", ("Invoices", "Invoice", "Head", "Number")),
        ("@id", ("Invoices", "Invoice", "@id")),
        ("Sum/@x:currency", ("Invoices", "Invoice", "Sum", "@currency")),
        (".", ("Invoices", "Invoice")),
        ("../Customer/Name", ("Invoices", "Customer", "Name")),
        ("/Invoices/@version", ("Invoices", "@version")),
        ("Numéro/Straße", ("Invoices", "Invoice", "Numéro", "Straße")),
        ("../../../Customer", None), ("", None), ("A//B", None), ("/", None), ("A/../B", None), ("@a/B", None),
        ("A[1]", None), ("*", None), ("A B", None), ("a:", None),
    ],
)  # fmt: skip
def test_where_a_path_leads(written: str, place: Steps | None) -> None:
    assert steps_of(written, ROW) == place


@pytest.mark.parametrize("written", ["Number", "Head/Number", "@id", "Sum/@currency", ".", "../Customer/Name", "../@version"])
def test_a_place_is_written_as_it_is_read(written: str) -> None:
    place = steps_of(written, ROW)
    assert place is not None
    assert written_from(ROW, place) == written


def test_which_elements_are_rows() -> None:
    assert ends_with(("a", "b", "c"), "c")
    assert ends_with(("a", "b", "c"), "x:b/c")
    assert ends_with(("a", "b", "c"), "/a/b/c")
    assert not ends_with(("a", "b", "c"), "/b/c")
    assert not ends_with(("a", "b", "c"), "b")
    assert not ends_with(("c",), "b/c")


def test_prefixes_are_left_out() -> None:
    assert [plain_name(name) for name in ("a", "x:a", "@a", "@x:a")] == ["a", "a", "@a", "@a"]


@pytest.mark.parametrize("written", ["", "/", "a/", "a//b", "@a", "a/@b", "..", "../a", ".", "a b", "//a"])
def test_what_is_no_path_of_rows(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no path of element names; write the name of the element that is a row"):
        row_path(written)


def test_what_is_no_path_of_a_field() -> None:
    assert field_path("../../A/@b") == "../../A/@b"
    with pytest.raises(ValueError, match=r'"A\[1\]" is no path of element names; write it from the row element'):
        field_path("A[1]")
