"""What imports brought, as PostgreSQL's rows have it, and the numbers of tables and tenants."""

import pytest

from nightclerk.targets.imported import memory_of, packed, unpacked

ORDER = ("phone", "name", "city")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"phone": "12", "name": "Anna", "city": None}, "=12\x1e=Anna\x1e-"),
        ({"name": ""}, "\x1e=\x1e"),
        ({"phone": "=", "city": "-"}, "==\x1e\x1e=-"),
        ({}, "\x1e\x1e"),
    ],
)
def test_what_is_packed_is_unpacked_the_same(fields: dict[str, str | None], text: str) -> None:
    assert packed(fields, ORDER) == text
    assert unpacked(text, ORDER) == fields


def test_a_field_that_came_later_than_the_row_is_not_known() -> None:
    assert unpacked("=12", ORDER) == {"phone": "12"}


def test_a_value_keeps_to_its_own_field() -> None:
    assert unpacked(packed({"phone": "1\x1e=2", "name": "Anna"}, ORDER), ORDER) == {"phone": "1\x1a=2", "name": "Anna"}


def test_each_table_and_tenant_has_a_number_of_its_own_that_a_column_of_eight_bytes_takes() -> None:
    numbers = {memory_of(table, f"{tenant}") for table in ("customers", "products") for tenant in range(1_000)}
    assert len(numbers) == 2_000
    assert 0 <= min(numbers) <= max(numbers) < 1 << 63
    assert memory_of("a", "bc") != memory_of("ab", "c")
    assert memory_of("customers", "acme") == 6_676_661_454_158_273_365  # it stands in databases
