"""The spool, the archive, the issues file and the holder, on a real disk."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from nightclerk.core.drop import Drop, Fate, Listing, Released, Sighting
from nightclerk.core.errors import SenderError, WeatherError
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.sentence import Sentence
from nightclerk.filing.archive import Archive
from nightclerk.filing.durable import explained
from nightclerk.filing.holder import Holder, OnlyOne, residence
from nightclerk.filing.issues_file import IssuesFile, Rejected, read_issues
from nightclerk.filing.spool import Spool

NOW = datetime(2026, 11, 21, 2, 3, 12, tzinfo=UTC)
DROP = Drop(7, "acme", Sighting("clients.csv", 5, 1), NOW, attempt=1)


class OneFile:
    """A source with one file that says what it is told to say."""

    def __init__(self, content: bytes, afterwards: Sighting | None) -> None:
        self.content = content
        self.afterwards = afterwards

    def look(self) -> Listing:
        return Listing(())

    def again(self, sighting: Sighting) -> Sighting | None:
        return self.afterwards

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        return into.write(self.content)

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        return "left"

    def close(self) -> None: ...


def test_what_arrives_stands_under_its_hash(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = spool.receive(OneFile(b"hello", DROP.sighting), DROP, 100)
    assert spooled is not None
    assert spooled.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert spool.find(DROP) == spooled
    assert spooled.path.read_bytes() == b"hello"
    spool.forget(DROP)
    assert spool.find(DROP) is None


def test_a_file_that_changed_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.receive(OneFile(b"hello", replace(DROP.sighting, size=6)), DROP, 100) is None
    assert spool.receive(OneFile(b"hello", None), DROP, 100) is None
    assert spool.find(DROP) is None


def test_a_file_that_arrives_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SenderError, match="5 bytes but delivers 4"):
        Spool(tmp_path).receive(OneFile(b"hell", DROP.sighting), DROP, 100)


class Vanishing(OneFile):
    """A source whose file is gone when it is fetched, or whose server is."""

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        raise WeatherError("no such file")


def test_a_file_taken_away_before_it_was_fetched_is_no_weather(tmp_path: Path) -> None:
    assert Spool(tmp_path).receive(Vanishing(b"", None), DROP, 100) is None
    with pytest.raises(WeatherError):
        Spool(tmp_path).receive(Vanishing(b"", DROP.sighting), DROP, 100)


def test_putting_away_may_be_repeated(tmp_path: Path) -> None:
    spool, archive = Spool(tmp_path), Archive(tmp_path)
    spooled = spool.receive(OneFile(b"hello", DROP.sighting), DROP, 100)
    issues = spool.folder(DROP) / "run3.issues.jsonl"
    issues.write_text("{}\n")
    for _ in range(2):
        archive.put_away(DROP, "clients.x.csv", spooled, {3: issues})
    assert archive.place(DROP, "clients.x.csv") == tmp_path / "archive/acme/2026/11/21/clients.x.csv"
    assert archive.place(DROP, "clients.x.csv").read_bytes() == b"hello"
    assert archive.issues_place(DROP, "clients.x.csv", 3).read_text() == "{}\n"


def test_late_issues_are_sorted_in_and_put_together(tmp_path: Path) -> None:
    def row(line: int, code: str) -> Rejected:
        return Rejected(RejectedRow(line, (f"cell {line}", "é\udce9")), (Issue(line, code, f"Line {line}."),))

    path = tmp_path / "run1.issues.jsonl"
    file = IssuesFile(path)
    file.add([row(2, "required"), row(9, "required")])
    file.add_late([row(4, "duplicate_key"), row(9, "duplicate_key")])
    file.add_late([row(3, "unknown_key")])
    digest = file.finish()
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    found = [(one.row.line, [issue.code for issue in one.issues]) for one in read_issues(path)]
    assert found == [
        (2, ["required"]),
        (3, ["unknown_key"]),
        (4, ["duplicate_key"]),
        (9, ["required", "duplicate_key"]),
    ]
    assert next(read_issues(path)).row.cells == ("cell 2", "é\udce9")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_an_issues_file_that_is_finished_stays_as_it_is(tmp_path: Path) -> None:
    rejected = Rejected(RejectedRow(2, ("x",)), (Issue(2, "required", Sentence("Line 2.")),))
    path = tmp_path / "run1.issues.jsonl"
    file = IssuesFile(path)
    file.add([rejected])
    file.add_late([rejected])
    digest = file.finish()
    assert file.finish() == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    for add in (file.add, file.add_late):
        with pytest.raises(ValueError, match="finished"):
            add([rejected])
    assert file.finish() == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_holder_is_alive_as_long_as_its_process(tmp_path: Path) -> None:
    mine = Holder(tmp_path)
    program = (
        "import sys, pathlib; from nightclerk.filing.holder import Holder; "
        "h = Holder(pathlib.Path(sys.argv[1])); print(h.name, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert mine.alive(name)
        other.kill()
        other.wait()
        assert not mine.alive(name)
    assert mine.alive(mine.name)
    assert not mine.alive("../../etc/passwd")
    mine.close()
    mine.close()


def test_only_one_has_the_lock(tmp_path: Path) -> None:
    first, second = OnlyOne(tmp_path, "postman"), OnlyOne(tmp_path, "postman")
    assert first.try_take()
    assert not second.try_take()
    first.let_go()
    assert second.try_take()
    second.let_go()


def test_files_of_dead_processes_are_swept_and_those_of_living_ones_are_not(tmp_path: Path) -> None:
    living = Holder(tmp_path)
    (tmp_path / "holders" / "0123456789abcdef.lock").touch()
    old, young = tmp_path / "holders" / ".old", tmp_path / "holders" / ".young"
    old.touch()
    young.touch()
    os.utime(old, (1, 1))
    mine = Holder(tmp_path)
    left = {path.name for path in (tmp_path / "holders").iterdir()}
    assert left == {f"{living.name}.lock", f"{mine.name}.lock", ".young"}
    assert mine.alive(living.name)
    living.close()
    mine.close()


def test_the_spool_tells_and_sweeps_what_is_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.kept() == ()
    spool.receive(OneFile(b"hello", DROP.sighting), DROP, 100)
    spool.folder(replace(DROP, id=8))
    assert spool.kept() == (7, 8)
    spool.sweep({8, 9})
    assert spool.kept() == (7,)


def test_our_own_disk_is_explained() -> None:
    assert isinstance(explained(OSError(28, "No space left on device"), Path("var")), WeatherError)
    assert "read and write" in str(explained(PermissionError(13, "Permission denied", "var/spool"), Path("var")))


def test_a_residence_is_the_folder_on_this_machine_however_it_is_spelled(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to("state")
    assert residence(tmp_path / "state") == residence(tmp_path / "link") == residence(tmp_path / "other" / ".." / "state")
    assert residence(tmp_path / "state") != residence(tmp_path / "other")
