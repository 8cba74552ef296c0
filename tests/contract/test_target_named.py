"""Where rows are named by others: keys of every kind, in the types that databases have for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.contract.targets import bench_of

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell
from nightclerk.core.undo import NamedBy
from nightclerk.targets.database import dialect_for
from nightclerk.targets.undo_named import named_rows

KEYS: list[tuple[FieldType, str, Cell, Cell]] = [
    ("text", "VARCHAR(20)", "a", "A"),
    ("integer", "BIGINT", 7, 8),
    ("decimal", "DECIMAL(18,4)", "12.5000", "1.0000"),
    ("date", "DATE", "2026-01-02", "2026-01-03"),
    ("datetime", "TIMESTAMP NULL", "2026-01-02 03:04:05", "2026-01-03 00:00:00"),
]


@pytest.mark.parametrize(("kind", "declared", "named", "other"), KEYS, ids=[key[0] for key in KEYS])
@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.server("postgres")),
        pytest.param("mariadb", marks=pytest.mark.server("mariadb")),
    ],
)
def test_a_key_of_any_kind_is_found_where_it_is_named(
    database: str, kind: FieldType, declared: str, named: Cell, other: Cell, tmp_path: Path
) -> None:
    bench = bench_of(database, tmp_path)
    bench.target.close()
    engine = dialect_for(bench.url, None, 1.0, 10.0, None).engine()  # type: ignore[attr-defined]
    quoted = str(named) if isinstance(named, int) else f"'{named}'"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE TABLE orders (tenant VARCHAR(20), customer {declared})"))
        connection.execute(text(f"INSERT INTO orders VALUES ('acme', {quoted}), ('acme', NULL)".replace(":", "\\:")))
        place = NamedBy("orders", "customer", "tenant")
        assert named_rows(connection, [place], "acme", kind, {2: named, 3: other}) == {2}
        assert named_rows(connection, [place], "beta", kind, {2: named}) == set()
        assert named_rows(connection, [NamedBy("bills", "customer", "tenant")], "acme", kind, {2: named}) == set()
        assert named_rows(connection, [NamedBy("orders", "payer", "tenant")], "acme", kind, {2: named}) == set()
    engine.dispose()
