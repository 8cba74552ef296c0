"""``check --connect``: how a tenant's OpenPGP keys stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.servers.gnupg import Correspondence, correspondence
from tests.unit.desk.test_reach import configured, reached

from nightclerk.config.load import load
from nightclerk.core.errors import OperatorError
from nightclerk.core.openpgp import Encryption
from nightclerk.core.openpgp_key import OpenPgpKey
from nightclerk.desk.finding import Finding, Pages
from nightclerk.desk.openpgp_keys import openpgp_keys
from nightclerk.desk.parallel import ask_all

NOW = datetime.now(UTC)


class Told:
    """Says of keys what it was told."""

    def __init__(self, *keys: OpenPgpKey) -> None:
        self.keys = keys

    def examine(self, by: Encryption, seconds: float) -> tuple[OpenPgpKey, ...]:
        assert by.key.file is not None
        assert seconds > 0
        if not self.keys:
            raise OperatorError("openpgp.passphrase does not open the private key; give the one that the key was made with.")
        return self.keys


def key(own: bool = True, days: int | None = None, revoked: bool = False) -> OpenPgpKey:
    return OpenPgpKey("F" * 40, "Ann <a@example.com>", own, None if days is None else NOW + timedelta(days=days), revoked)


@pytest.mark.parametrize(
    ("found", "level", "path", "said"),
    [
        (key(), "fine", (), "acme: the key FFFF"),
        (key(own=False, days=90), "fine", (), "signs files"),
        (key(days=-1), "doubtful", ("openpgp", "key"), "senders can encrypt no more files for it"),
        (key(days=10), "doubtful", ("openpgp", "key"), "expires on"),
        (key(own=False, days=-1), "wrong", ("openpgp", "signed_by"), "what it signs is refused"),
        (key(revoked=True), "wrong", ("openpgp", "key"), "was revoked"),
        (None, "wrong", ("openpgp", "passphrase"), "does not open the private key"),
    ],
)
def test_each_key_is_told_at_its_place(
    tmp_path: Path, found: OpenPgpKey | None, level: str, path: tuple[str, ...], said: str
) -> None:
    tenant = (
        configured(tmp_path)
        .tenants["acme"]
        .model_copy(update={"openpgp": Encryption.model_validate({"key": {"file": "/k"}, "passphrase": {"file": "/p"}})})
    )
    ((finding,),) = ask_all([openpgp_keys(tenant, Told(*[found] if found else []), 5)], 5)
    assert (finding.level, finding.path, said in finding.sentence) == (level, path, True), finding


def _with_keys(folder: Path, settings: str) -> list[Finding]:
    file = folder / "config/tenants/acme.yaml"
    file.write_text(f"{file.read_text()}\nopenpgp: {settings}\n")
    configuration, problems = load(folder / "config")
    assert configuration is not None
    assert problems == []
    return [finding for finding in reached(configuration) if finding.system in ("openpgp", "secret")]


@pytest.mark.server("gpg")
def test_real_keys_open_a_message_of_their_own(tmp_path: Path) -> None:
    with correspondence() as people:
        _real_keys(tmp_path, people)


def _real_keys(tmp_path: Path, people: Correspondence) -> None:
    configured(tmp_path / "good")
    people.private("clerk", tmp_path / "good")
    people.public("sender", tmp_path / "good")
    found = _with_keys(tmp_path / "good", "{key: {file: clerk.private.asc}, signed_by: sender.public.asc}")
    assert [finding.level for finding in found] == ["fine", "fine"]
    configured(tmp_path / "late")
    people.private("late", tmp_path / "late")
    (finding,) = _with_keys(tmp_path / "late", "{key: {file: late.private.asc}}")
    assert finding.level == "doubtful"
    (problem,) = Pages(tmp_path / "late/config").problems([finding])
    assert (problem.warning, problem.path) == (True, "openpgp.key")
    configured(tmp_path / "bare")
    people.public("clerk", tmp_path / "bare").chmod(0o600)
    (finding,) = _with_keys(tmp_path / "bare", "{key: {file: clerk.public.asc}}")
    assert (finding.level, finding.path) == ("wrong", ("openpgp", "key"))
    configured(tmp_path / "none")
    (finding,) = _with_keys(tmp_path / "none", "{key: {file: nowhere.asc}}")
    assert (finding.level, finding.path) == ("wrong", ("openpgp", "key"))
