"""Where a tenant's rows are booked: what a tenant's settings mean, and which destinations are one."""

from __future__ import annotations

import pytest

from nightclerk.core.database import Database
from nightclerk.core.destination import Destination, destination_from_text, destination_of, destination_to_text, schema_named

COMMON = Database.model_validate("postgresql://app@db/app")
OWN = Database.model_validate({"url": "mariadb://app@db/acme", "password": {"env": "P"}, "lock_wait": "5s"})


def test_a_tenant_without_settings_books_into_the_database_of_all() -> None:
    assert destination_of(COMMON, None, None) == Destination(COMMON)


def test_a_tenants_own_database_goes_before_the_one_of_all() -> None:
    assert destination_of(COMMON, OWN, None) == Destination(OWN)
    assert destination_of(COMMON, None, "acme") == Destination(COMMON, "acme")
    assert destination_of(COMMON, None, "acme").place == "app on db, schema acme"


def test_a_schema_of_mariadb_is_a_database() -> None:
    found = destination_of(OWN, None, "beta")
    assert (str(found.database.url), found.schema) == ("mariadb://app@db/beta", None)
    assert (found.database.password, found.database.lock_wait) == (OWN.password, OWN.lock_wait)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sqlite:////srv/app.db", "sqlite:////srv/../srv/./app.db"),
        ("postgresql://a@db/app", "postgresql://b@DB:5432/app?sslmode=require"),
        ("postgresql://a@localhost/app", "postgresql://a@127.0.0.1/app"),
        ("postgresql://a@localhost/app", "postgresql:///app?host=/run/postgresql"),
        ("mariadb://a@db/app", "mysql://a@db:3306/app"),
    ],
)
def test_two_spellings_of_one_database_are_one(one: str, other: str) -> None:
    first, second = (Destination(Database.model_validate(url)) for url in (one, other))
    assert first.whereabouts == second.whereabouts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sqlite:////srv/app.db", "sqlite:////srv/App.db"),
        ("postgresql://a@db/app", "postgresql://a@db/other"),
        ("postgresql://a@db/app", "postgresql://a@db:5433/app"),
        ("postgresql://a@db/app", "mariadb://a@db:5432/app"),
    ],
)
def test_two_databases_are_two(one: str, other: str) -> None:
    first, second = (Destination(Database.model_validate(url)) for url in (one, other))
    assert first.whereabouts != second.whereabouts


def test_a_schema_is_a_place_of_its_own_and_public_is_the_usual_one() -> None:
    assert Destination(COMMON, "acme").whereabouts != Destination(COMMON, "beta").whereabouts
    assert Destination(COMMON, "public").whereabouts == Destination(COMMON).whereabouts
    assert Destination(COMMON, "Acme").whereabouts != Destination(COMMON, "acme").whereabouts


@pytest.mark.parametrize("destination", [Destination(COMMON, "acme"), Destination(OWN)])
def test_a_destination_survives_being_written_down(destination: Destination) -> None:
    assert destination_from_text(destination_to_text(destination)) == destination


def test_a_password_in_the_address_is_not_written_down() -> None:
    openly = Destination(Database.model_validate("postgresql://app:hunter2@db/app"))
    assert "hunter2" not in destination_to_text(openly)
    assert destination_from_text(destination_to_text(openly)).whereabouts == openly.whereabouts


@pytest.mark.parametrize("name", ["pg_temp", "PG_x", "information_schema", "a.b", "", 'a"b', "1a"])
def test_a_name_that_is_no_schema_for_tables_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"schema|is not a name"):
        schema_named(name)
