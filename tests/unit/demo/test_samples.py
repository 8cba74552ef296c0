"""Which samples there are, what is held against their runs, and where the demonstration may leave secrets."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference
from nightclerk.demo.copying import Secrets
from nightclerk.demo.samples import before, find_project, samples

PROJECT = Path(__file__).parents[3]


def test_the_clone_is_found_from_anywhere(tmp_path: Path) -> None:
    assert find_project(tmp_path / "config") == PROJECT
    assert find_project(PROJECT / "config") == PROJECT


def test_a_project_of_ones_own_comes_first(tmp_path: Path) -> None:
    (tmp_path / "config" / "tenants").mkdir(parents=True)
    (tmp_path / "sample_drops").mkdir()
    assert find_project(tmp_path / "config") == tmp_path
    with pytest.raises(OperatorError, match=r"generate\.py"):
        samples(tmp_path)


def test_every_sample_stands_where_it_is_said_to() -> None:
    found = samples(PROJECT)
    tenants = {"atlas-supply", "brightwave", "cobranzas-sur", "credit-lumiere", "plomberie-boreal"}
    assert {sample.tenant for sample in found} == tenants
    assert all(sample.file.is_file() for sample in found)
    (workbook,) = (sample for sample in found if sample.tenant == "plomberie-boreal")
    assert [run.feed for run in workbook.runs] == ["clients", "produits"]
    assert [(stood.tenant, stood.entity) for stood in before(PROJECT)] == [
        ("brightwave", "gl_account"),
        ("cobranzas-sur", "customer"),
        ("plomberie-boreal", "customer"),
        ("plomberie-boreal", "gl_account"),
    ]


def test_each_difference_has_its_sentence() -> None:
    sample = samples(PROJECT)[0]
    told = json.loads((sample.file.parent / "expected" / f"{sample.file.name}.json").read_text(encoding="utf-8"))
    (expected,) = sample.runs
    assert expected.differences(told) == []
    wrong = told | {"ending": "refused", "counts": told["counts"] | {"created": 1}}
    assert expected.differences(wrong) == [
        "customers_20261120.csv (customers) ended as refused, not as imported_with_rejects.",
        "customers_20261120.csv (customers): created is 1, not 24953.",
    ]
    assert expected.differences(None) == ["customers_20261120.csv (customers) has no run."]


def test_secrets_are_left_where_the_daemon_looks_and_nowhere_else(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "credentials")
    secrets.leave(SecretReference(credential="acme-key"), "one")
    secrets.leave(SecretReference(env="ACME_PASSWORD"), "two")
    assert secrets.environment == {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"), "ACME_PASSWORD": "two"}
    assert (tmp_path / "credentials" / "acme-key").read_text() == "one"
    assert stat.S_IMODE((tmp_path / "credentials" / "acme-key").stat().st_mode) == 0o600
    with pytest.raises(OperatorError, match="cannot write"):
        secrets.leave(SecretReference(file=tmp_path / "elsewhere"), "three")
    assert not (tmp_path / "elsewhere").exists()
