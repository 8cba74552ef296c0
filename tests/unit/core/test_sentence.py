"""A sentence is English text that knows what it was made of, through every place that keeps it, and nothing else gets in."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.letters import reports

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import Refused
from nightclerk.core.run import run_from_data, run_to_data
from nightclerk.core.sentence import Sentence, joined, sentence_from_data, sentence_to_data, size_in_words
from nightclerk.core.sentences import about_cell, about_losers
from nightclerk.filing.issues_file import IssuesFile, Rejected, read_issues
from nightclerk.formats.pipe import Nonsense, Pipe, encoded
from nightclerk.ledger.tables import Said

EVERY_KIND = Sentence.counted(
    "%(n)s row: %(size_bytes)s, %(share)s %%, %(headers)s, %(told)s",
    "%(n)s rows: %(size_bytes)s, %(share)s %%, %(headers)s, %(told)s",
    1204,
    size_bytes=1_500_000,
    share=Decimal("2.50"),
    headers=("Été", 'a "b"'),
    told=Sentence("line %(line)s", line="12345"),
)


def alike(one: str, other: str) -> bool:
    return isinstance(other, Sentence) and isinstance(one, Sentence) and sentence_to_data(one) == sentence_to_data(other)


def test_in_english_it_is_text() -> None:
    assert EVERY_KIND == '1,204 rows: 1.5 MB, 2.50 %, "Été", "a "b"", line 12345'
    assert Sentence.counted("%(n)s row", "%(n)s rows", 1) == "1 row"
    assert json.dumps({"message": EVERY_KIND}) == json.dumps({"message": str(EVERY_KIND)})
    assert Sentence.verbatim("5 % of %(x)s") == "5 % of %(x)s"
    assert joined(Sentence("A."), Sentence("B."), Sentence("C.")) == "A. B. C."
    assert [size_in_words(size) for size in (0, 999, 1500, 999_949, 999_950, 512 * 10**6, 2 * 10**9, 5 * 10**12)] == [
        "0 bytes", "999 bytes", "1.5 kB", "999.9 kB", "1 MB", "512 MB", "2 GB", "5,000 GB",
    ]  # fmt: skip


@pytest.mark.parametrize("made", [EVERY_KIND, Sentence("Plain."), Sentence.verbatim("100 % %(x)s"), *about_losers([3, 9])])
def test_it_stays_itself_wherever_it_is_kept(made: Sentence, tmp_path: Path) -> None:
    assert alike(sentence_from_data(json.loads(json.dumps(sentence_to_data(made)))), made)
    assert alike(copy.deepcopy(made), made)
    run = reports.run(sentence=made, notes=(made,), groups=reports.groups())
    back = run_from_data(json.loads(json.dumps(run_to_data(run))))
    assert back == run
    assert all(alike(*pair) for pair in ((back.sentence, made), (back.notes[0], made)) if pair[0] is not None)
    assert alike(back.groups[0].examples[0][2], run.groups[0].examples[0][2])
    file = IssuesFile(tmp_path / "run1.issues.jsonl")
    file.add([Rejected(RejectedRow(2, ("x",)), (Issue(2, "c", made),))])
    file.finish()
    (read,) = read_issues(tmp_path / "run1.issues.jsonl")
    assert alike(read.issues[0].message, made)
    kept = Said()
    assert alike(kept.process_result_value(kept.process_bind_param(made, None), None) or "", made)


def test_what_an_older_version_kept_as_text_is_read_as_text() -> None:
    data = run_to_data(reports.run(sentence=Sentence("x"), notes=(Sentence("y"),)))
    run = run_from_data({**data, "sentence": "Refused: 5 % of it.", "notes": ["An old note."]})
    assert (run.sentence, run.notes) == ("Refused: 5 % of it.", ("An old note.",))
    assert isinstance(run.sentence, Sentence)
    assert Said().process_result_value("It was taken before a.csv, which keeps changing.", None) == (
        "It was taken before a.csv, which keeps changing."
    )


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        [],
        [{}],
        [{}, "a", "b", "c"],
        [{}, "%(missing)s"],
        [{"n": "1"}, "one", "many"],
        [{"n": True}, "one", "many"],
        [{"x": "y"}, "%(x)999999999s"],
        [{"x": "y"}, "%s"],
        [{"x": "y"}, "%(x)"],
        [{"x": {"said": 5}}, "%(x)s"],
        [{"x": {"decimal": "1e999999"}}, "%(x)s"],
        [{"x": {"other": "1"}}, "%(x)s"],
        [{"x": [1, 2]}, "%(x)s"],
        [{"x": 1.5}, "%(x)s"],
        [{"x": None}, "%(x)s"],
    ],
)
def test_nothing_else_becomes_a_sentence(data: Any) -> None:
    with pytest.raises(ValueError, match="sentence"):
        sentence_from_data(data)


def test_what_a_child_sends_is_a_sentence_or_nonsense() -> None:
    import socket

    ours, theirs = socket.socketpair()
    with ours, theirs:
        one, other = Pipe(ours), Pipe(theirs)
        one.send(Refused("no_header", EVERY_KIND, 1))
        assert alike(other.receive(Refused).message, EVERY_KIND)
        frame = encoded(Refused("no_header", Sentence("%(x)s", x="y")))
        broken = frame.replace(b"%(x)s", b"%(z)s")
        assert len(broken) == len(frame)
        one.send_encoded(broken)
        with pytest.raises(Nonsense):
            other.receive(Refused)


def test_a_cell_is_cut_and_what_it_hides_is_shown() -> None:
    told = about_cell(3, "A\n", "x" * 500 + "\x00", '"%(value)s" cannot be read.', {})
    assert len(told) < 260
    assert "A␊" not in told  # headers are stripped
    assert about_cell(3, None, "a\x00\u202e", '"%(value)s" cannot be read.', {}) == 'Line 3: "a␀·" cannot be read.'
