"""How sentences about configuration and commands are worded: quoting, "did you mean", lists."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

#: So many are named where none is near.
_SHOWN = 8


def quoted(value: object) -> str:
    """Given any text; returns it in double quotes on one line, fit for a terminal and a mail, cut to 60 characters."""
    kept = "".join("?" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in str(value))
    return f'"{kept}"' if len(kept) <= 60 else f'"{kept[:59]}…"'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Given a word that nobody knows and those that exist; returns ``; did you mean "x"?``, or ``.`` where none is near."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean {quoted(by_folded[near[0]])}?" if near else "."


def did_you_mean_one_of(word: str, known: Iterable[str]) -> str:
    """As ``did_you_mean``; where none is near, it names those that exist: ``. There are a, b and c.``"""
    names = sorted(known)
    guess = did_you_mean(word, names)
    if guess != "." or not names:
        return guess
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    there = ", ".join(names[:_SHOWN]) + more if more else listed(names, "and")
    return f". There {'is' if len(names) == 1 else 'are'} {there}."


def listed(words: Iterable[str], last: str = "or") -> str:
    """Given words; returns them as a sentence counts them: ``a, b or c``."""
    all_words = list(words)
    if len(all_words) < 2:
        return "".join(all_words)
    return f"{', '.join(all_words[:-1])} {last} {all_words[-1]}"


def sentence(text: str) -> str:
    """Given what is wrong; returns it with a full stop, unless it ends with one or with a question."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
