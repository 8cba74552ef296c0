"""Repeated keys, found part by part."""

from __future__ import annotations

import tempfile

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from nightclerk.formats.key_index import KeyIndex


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.text(alphabet="abc", max_size=3), max_size=60), st.integers(1, 7))
def test_every_repeated_key_is_a_suspect(keys: list[str], part: int) -> None:
    with tempfile.TemporaryFile() as scratch:
        index = KeyIndex(scratch.fileno(), seed=7, part=part)
        for first in range(0, len(keys), 5):
            some = keys[first : first + 5]
            lines = pl.Series("line", range(first + 2, first + 2 + len(some)), dtype=pl.Int64)
            index.add(pl.DataFrame({"line": lines, "key": pl.Series(some, dtype=pl.String)}))
        suspects = index.suspects().tolist()
    assert suspects == [number + 2 for number, key in enumerate(keys) if keys.count(key) > 1]


@pytest.mark.parametrize("part", [1 << 20, 1000])
def test_many_keys(part: int) -> None:
    with tempfile.TemporaryFile() as scratch:
        index = KeyIndex(scratch.fileno(), seed=1, part=part)
        keys = pl.select(pl.int_range(20_000).alias("line"), (pl.int_range(20_000) % 19_999).cast(pl.String).alias("key"))
        index.add(keys)
        assert index.suspects().tolist() == [0, 19_999]
