"""The migrations make the tables that the code expects, and an unknown future is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from nightclerk.core.errors import OperatorError
from nightclerk.ledger import upgrade
from nightclerk.ledger.engine import open_ledger
from nightclerk.ledger.tables import metadata


def test_migrations_and_tables_agree(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    with ledger.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    ledger.close()
    assert [d for d in differences if upgrade.VERSION_TABLE not in str(d)] == []


def test_head_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == upgrade.HEAD


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    open_ledger(url).close()
    changed = sa.create_engine(url)
    with changed.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {upgrade.VERSION_TABLE} SET version_num = '9999'")
    changed.dispose()
    with pytest.raises(OperatorError, match="newer Nightclerk"):
        open_ledger(url)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(OperatorError, match="no usable database"):
        open_ledger(f"sqlite:///{tmp_path}/ledger.db")


def test_an_installation_keeps_its_id(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    first = open_ledger(url)
    name = first.installation()
    first.close()
    second = open_ledger(url)
    assert second.installation() == name
    second.close()
