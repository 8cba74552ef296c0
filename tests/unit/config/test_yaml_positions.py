# ruff: noqa: E501 - the sentences stand here exactly as they are printed
"""YAML as plain data with places; whatever the bytes, an answer and never an exception."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.config.yaml_positions import DEEPEST, LARGEST_FILE, MOST_NODES, read


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("0", 0), ("-5", -5), ("365", 365), ("1.50", Decimal("1.50")), ("-0.1", Decimal("-0.1")),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("tRue", "tRue"),
        ("0815", "0815"), ("00000007", "00000007"), ("-0", "-0"), ("+33", "+33"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("0o17", "0o17"),
        ("1E464", "1E464"), ("1e3", "1e3"), (".5", ".5"), ("5.", "5."), (".inf", ".inf"), (".nan", ".nan"), ("12:30", "12:30"),
        ("2026-11-21", "2026-11-21"), ("NA", "NA"), ("9" * 19, "9" * 19), ("9" * 5000, "9" * 5000),
        ('"5"', "5"), ("'true'", "true"), ('""', ""), ("200011-", "200011-"), ("=", "="),
    ],
)  # fmt: skip
def test_scalars_are_what_they_look_like_and_codes_stay_text(written: str, value: object) -> None:
    document = read(f"key: {written}".encode())
    assert document.faults == []
    found = document.data["key"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_the_text_that_is_written() -> None:
    assert read(b"{0: a, true: b, no: c, 1.50: d, '': e, ~: f}").data == {
        "0": "a", "true": "b", "no": "c", "1.50": "d", "": "e", "~": "f",
    }  # fmt: skip


def test_every_key_and_value_has_its_place_counted_in_characters_from_one() -> None:
    document = read("# Größe\na: 1\nb:\n  - é: {x: y}\n  - 2\n".encode())
    assert document.values[()] == (2, 1)
    assert document.keys[("b",)] == (3, 1)
    assert document.values[("b",)] == (4, 3)
    assert document.keys[("b", 0, "é", "x")] == (4, 9)
    assert document.values[("b", 0, "é", "x")] == (4, 12)
    assert document.values[("b", 1)] == (5, 5)


def test_a_place_that_does_not_exist_is_the_nearest_around_it() -> None:
    document = read(b"a:\n  b: 1\n")
    assert document.place(("a", "b", 0, "x")) == (2, 6)
    assert document.place(("a", "missing")) == (2, 3)
    assert document.place(("a", "b"), of_key=True) == (2, 3)
    assert document.place(("zzz",)) == (1, 1)


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    document = read(b"\xef\xbb\xbfa: 1\n")
    assert document.data == {"a": 1}
    assert document.keys[("a",)] == (1, 1)


def test_an_anchor_is_repeated_with_the_places_of_its_definition() -> None:
    document = read(b"a: &x {k: [1, 2]}\nb: *x\n")
    assert document.data == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}}
    assert document.values[("b", "k", 1)] == document.values[("a", "k", 1)] == (1, 15)


UNREADABLE = [
    (b"", "1:1 the file is empty."),
    (b"# nothing but a comment\n", "1:1 the file is empty."),
    (b"\n---\n", "3:1 the file is empty."),
    (b"a:\n\tb: 1", "2:1 a tab stands where only spaces may; indent with spaces."),
    (b"a: 'x\nb: 1\n", "1:4 the quote that opens here is never closed."),
    (b"a: b: c", "1:5 a colon stands where none can be; put the text in quotes, or check the indentation."),
    (b"a: 1\n  b: 2", "2:4 a colon stands where none can be; put the text in quotes, or check the indentation."),
    (b"a: [1, 2\nb: 3\n", '2:2 a comma or a closing "]" is missing (it begins at line 1).'),
    (b"{a: 1\n", '2:1 a comma or a closing "}" is missing (it begins at line 1).'),
    (b'a: "\\q"', "1:5 no such escape in double quotes; use single quotes, or write \\\\ for a backslash."),
    (b"a: @x", '1:4 no value can begin with "@"; put the text in quotes.'),
    (b"a: *secret", "1:4 no anchor of this name stands above; a text that begins with * must be in quotes."),
    (b"a: &x [*x]", "1:8 this stands inside the very thing that it repeats; write it out instead."),
    (b"- a\nb: 1", "2:1 this does not belong to what stands above it (it begins at line 1); check the indentation, quotes and brackets."),
    (b"a: 1\nb\nc: 2\n", "2:1 a colon is missing after this key, or this line is not indented enough."),
    (b"a: 1\n---\nb: 2\n", "2:1 a second document begins here; write one document in a file."),
    (b"a: 1\nb: caf\xe9\n", "2:7 the file is not UTF-8 here; save it as UTF-8."),
    ("a: 1".encode("utf-16"), "1:1 the file is not UTF-8 here; save it as UTF-8."),
    (b"a: 1\nb: x\x07\n", "2:5 an invisible control character stands here; take it out."),
    (b"a: " + b"[" * 100_000, f"1:{3 + DEEPEST} the file nests deeper than {DEEPEST} levels; nothing here needs that."),
    (b"{a: " * 100_000, f"1:{1 + 4 * DEEPEST} the file nests deeper than {DEEPEST} levels; nothing here needs that."),
    (b"#" * (LARGEST_FILE + 1), "1:1 the file is larger than 1 MB; nothing that people write for Nightclerk is that large."),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), UNREADABLE, ids=[str(n) for n in range(len(UNREADABLE))])
def test_what_cannot_be_read_is_told_with_its_place(content: bytes, expected: str) -> None:
    document = read(content)
    assert document.unreadable
    assert document.data is None
    assert [f"{fault.line}:{fault.column} {fault.message}" for fault in document.faults] == [expected]


@pytest.mark.parametrize(
    ("content", "data", "expected"),
    [
        (b"a: 1\nb: 2\na: 3\n", {"a": 1, "b": 2}, ['3:1 the key "a" stands twice here; the first is in line 1.']),
        (b"a: !!str 5\n", {"a": 5}, ["1:4 tags (the word with !) are not used here; put texts in quotes instead."]),
        (b"a: !!python/object/apply:os.system [x]\n", {"a": ["x"]}, ["1:4 tags (the word with !) are not used here; put texts in quotes instead."]),
        (b"a: &x {k: 1}\nb: {<<: *x}\n", {"a": {"k": 1}, "b": {}}, ["2:5 merge keys (<<) are not used here; write the keys out."]),
        (b"? [1]\n: 2\n", {}, ["1:3 a key must be a text; write it before the colon."]),
        (b"?\n: x\n? a\n: 1\n", {"a": 1}, ["1:2 a key must be a text; write it before the colon."]),
        (b'a: "x\\0y"\n', {"a": "x\0y"}, ["1:4 the text holds a NUL character; take it out."]),
        (b"a: {x: 1, x: 2}\nb: !t 1\n", {"a": {"x": 1}, "b": 1}, [
            '1:11 the key "x" stands twice here; the first is in line 1.',
            "2:4 tags (the word with !) are not used here; put texts in quotes instead.",
        ]),
    ],
)  # fmt: skip
def test_what_can_be_read_all_the_same_is_told_together(content: bytes, data: object, expected: list[str]) -> None:
    document = read(content)
    assert document.data == data
    assert [f"{fault.line}:{fault.column} {fault.message}" for fault in document.faults] == expected


def test_an_alias_bomb_ends_at_its_budget_at_once() -> None:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12)]
    begun = time.process_time()
    document = read(b"\n".join(lines))
    assert time.process_time() - begun < 3
    assert document.unreadable
    assert [fault.message for fault in document.faults] == ["the anchors unfold to far too much; write it out instead."]
    assert len(document.values) <= MOST_NODES


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise(content: bytes) -> None:
    document = read(content)
    assert document.faults or not document.unreadable
    assert all(fault.line >= 1 and fault.column >= 1 and fault.message.endswith(".") for fault in document.faults)


@given(st.text(alphabet="ab: -[]{},&*!|>'\"%@`#\n\t\\0?~<", max_size=60))
def test_no_text_made_of_signs_raises(text: str) -> None:
    document = read(text.encode())
    assert not (document.unreadable and not document.faults)
