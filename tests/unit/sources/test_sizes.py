"""The refusal of a file that is too large names two sizes that differ, in every language."""

from __future__ import annotations

import pytest

from nightclerk.letters.language import SPOKEN, language_for
from nightclerk.sources.sizes import too_large

LIMIT = 512 * 10**6


@pytest.mark.parametrize("tag", SPOKEN)
@pytest.mark.parametrize("over", [1, 999, 49_999, 50_000, 262_144, 500_000, 1_000_000, 488_000_000, 10**12])
def test_the_two_sizes_never_read_alike(tag: str, over: int) -> None:
    language = language_for(tag, "UTC")
    for limit in (LIMIT, 10**9, 999_999, 64_000):
        told = too_large("f.csv", limit + over, limit).sentence
        values = told.values
        shown = ("size_bytes", "most_bytes") if "size_bytes)s" in told.template else ("size", "most")
        size, most = (language.size(int(str(values[one]))) if one.endswith("_bytes") else language.number(int(str(values[one])))
                      for one in shown)  # fmt: skip
        assert size != most
        assert size in language.say(told)
        assert most in language.say(told)


@pytest.mark.parametrize(
    ("tag", "size", "most"),
    [
        ("en", "512.3\N{NO-BREAK SPACE}MB", "512\N{NO-BREAK SPACE}MB"),
        ("fr", "512,3\N{NO-BREAK SPACE}Mo", "512\N{NO-BREAK SPACE}Mo"),
        ("es", "512,3\N{NO-BREAK SPACE}MB", "512\N{NO-BREAK SPACE}MB"),
    ],
)
def test_a_little_too_large(tag: str, size: str, most: str) -> None:
    told = too_large("f.csv", 512_262_144, LIMIT).sentence
    assert "it has 512.3 MB or more, and files of at most 512 MB are taken" in told
    said = language_for(tag, "UTC").say(told)
    assert size in said
    assert most in said
