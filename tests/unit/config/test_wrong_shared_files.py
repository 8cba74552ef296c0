# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a wrong ``nightclerk.yaml`` or entity: place, path and sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import loaded

DAEMONS = [
    ("database: mssql://u:hunter2@h/db\n", [
        "1:11  database: databases of the kind mssql are not supported; use sqlite, postgresql, mariadb or mysql, as in postgresql://nightclerk@db.example.com/app.",
    ]),
    ("database: postgres://u:hunter2@h/db\n", ['1:11  database: no kind of database "postgres"; did you mean "postgresql"?']),
    ("database: postgresql+psycopg2://u:hunter2@h/db\n", [
        "1:11  database: Nightclerk speaks to PostgreSQL by its own driver; write postgresql://, as in postgresql://nightclerk@db.example.com/app.",
    ]),
    ("database: postgresql://u:hunter2@h\n", [
        "1:11  database: the database's name is missing; write it behind the host, as in postgresql://nightclerk@db.example.com/app.",
    ]),
    ("database: postgresql://u:hunter2@h@ter/db\n", [
        "1:11  database: this is no PostgreSQL address; write postgresql://USER@HOST:PORT/DATABASE, with the signs @ : / ? # % in any "
        "of these written as %40 %3A %2F %3F %23 %25.",
    ]),
    ("database: {url: 'postgresql://u@h/db?sslmod=require'}\n", [
        '1:17  database.url: no setting "sslmod" for PostgreSQL; did you mean "sslmode"?',
    ]),
    ("database: postgresql://u@h/db?sslmode=verify_full\n", [
        "1:11  database: sslmode must be disable, allow, prefer, require, verify-ca or verify-full, not \"verify_full\"; did you mean \"verify-full\"?",
    ]),
    ("database: postgresql://u@h/db?qqq=hunter2\n", ['1:11  database: no setting "qqq" for PostgreSQL; take it out.']),
    ("database: postgresql://u@h:0/db\n", ["1:11  database: port must be a whole number from 1 to 65535."]),
    ("database: postgresql://u@h/db?host=/run\n", ["1:11  database: the host is written twice: before the database's name and behind it."]),
    ("database: postgresql://u@h/db?hunter2\n", [
        "1:11  database: what follows ? must be settings, as in ?sslmode=verify-full&connect_timeout=5.",
    ]),
    ("database: {url: postgresql://u@h/db, password: hunter2}\n", [
        "1:48  database.password: a secret is never written here; give {env: NAME}, {file: PATH} or {credential: NAME}.",
    ]),
    ("database: {url: 'postgresql://u:hunter2@h/db', password: {env: P}}\n", [
        "1:17  database.url: this holds a password although password says where it is kept; take it out.",
    ]),
    ("database: {'postgresql://u:hunter2@h/db'}\n", [
        "1:11  database.url: this key is missing; write it as in url: postgresql://nightclerk@db.example.com/app.",
        "1:12  database: an address is no key; write it behind its key, as in url: sqlite:///var/app.db.",
    ]),
    ("database: {url: sqlite:///a.db, password: {env: P}}\n", [
        "1:43  database.password: an SQLite file knows no password; take this out.",
    ]),
    ("database: [a]\n", ["1:11  database: this must be a database's address, as in sqlite:///var/app.db or postgresql://nightclerk@db.example.com/app."]),
    ("database: hunter2\n", ["1:11  database: this is no database address; write it as in sqlite:///var/app.db or postgresql://nightclerk@db.example.com/app."]),
    ("database: sqlite://\n", ["1:11  database: sqlite:/// is followed by a file and nothing else, as in sqlite:///var/app.db."]),
    ("database: 'sqlite:///:memory:'\n", ["1:11  database: sqlite:/// is followed by a file and nothing else, as in sqlite:///var/app.db."]),
    ("database: sqlite:///a.db?mode=ro\n", ["1:11  database: sqlite:/// is followed by a file and nothing else, as in sqlite:///var/app.db."]),
    ("database: sqlite:///a.db\nledger: sqlite:///a.db\n", ["2:9  ledger: the ledger is a file of its own; name another one than for database."]),
    ("legder: x\n", [
        "1:1  database: this key is missing; write it as in database: sqlite:///var/app.db.",
        '1:1  legder: no key "legder" here; did you mean "ledger"?',
    ]),
    ("database: sqlite:///a.db\nworkers: 0\n", ["2:10  workers: this must be at least 1."]),
    ("database: sqlite:///a.db\nlimits: {memory: lots, file_size: 0}\n", [
        '2:18  limits.memory: "lots" is not a size; write a number with KB, MB or GB, as in 512MB.',
        "2:35  limits.file_size: this must be more than nothing.",
    ]),
    ("database: sqlite:///a.db\nmail: {host: h, from: nobody}\n", ["2:23  mail.from: this must be one address, as in Nightclerk <nightclerk@example.com>."]),
    ("database: sqlite:///a.db\nmail: {host: 'smtp://u:hunter2@h', from: a@b}\n", [
        "2:14  mail.host: this is the server's name alone, as in sftp.acme.example, without :// and without a login.",
    ]),
    ("database: sqlite:///a.db\nmail:\n#  host: h\n", ["2:6  mail: nothing is written here; write a value, or take this line out."]),
    ("database: sqlite:///a.db\nmail: {host: h, from: a@b, username: u}\n", ["2:38  mail.username: give username and password together."]),
    ("database: sqlite:///a.db\nmail: {host: h, from: a@b, username: u, password: {env: P}, security: none}\n", [
        "2:71  mail.security: a password must not cross a network unprotected; use starttls or tls.",
    ]),
    ("database: sqlite:///a.db\nmail: {host: h, from: a@b, username: u, password: hunter2}\n", [
        "2:51  mail.password: a secret is never written here; give {env: NAME}, {file: PATH} or {credential: NAME}.",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DAEMONS, ids=[str(n) for n in range(len(DAEMONS))])
def test_what_is_wrong_in_the_daemons_file(tmp_path: Path, text: str, expected: list[str]) -> None:
    configuration, lines = loaded(tmp_path, {}, daemon=text)
    assert configuration is None
    assert lines == [f"nightclerk.yaml:{line}" for line in expected]
    assert not any("hunter2" in line for line in lines)


FIELD = "entity: customer\ntable: t\nkey: [code]\nfields:\n  code: {type: text}\n  x: "
ENTITIES = [
    (FIELD + "{type: string}\n", [
        '6:13  fields.x.type: this must be text, integer, decimal, money, date, datetime, boolean, email, url, currency, country, '
        'list or reference, not "string".',
    ]),
    (FIELD + "text\n", ['6:6  fields.x: this must be a group of keys, not "text", as in {type: text}.']),
    (FIELD + "{type: text, requird: true}\n", ['6:19  fields.x.requird: no key "requird" here; did you mean "required"?']),
    (FIELD + "{type: text, max_length: -1}\n", ["6:31  fields.x.max_length: this must be at least 1."]),
    (FIELD + "{type: date, max_length: 5}\n", ["6:31  fields.x.max_length: max_length is for text, email and url; this field is date."]),
    (FIELD + "{type: text, min: 5}\n", ["6:24  fields.x.min: min is for integer, decimal and money; this field is text."]),
    (FIELD + "{type: integer, min: 5, max: 1}\n", ["6:27  fields.x.min: min 5 is greater than max 1."]),
    (FIELD + "{type: integer, default: x}\n", ["6:31  fields.x.default: 'x' is not a whole number."]),
    (FIELD + "{type: text, required: true, owner: application}\n", [
        "6:29  fields.x.required: an import never writes a field of the application, so it cannot be required.",
    ]),
    (FIELD + "{type: money, currency: code}\n", ["6:30  fields.x.currency: the field code is text, not currency."]),
    (FIELD + "{type: money, currency: XYZ}\n", [
        '6:30  fields.x.currency: "XYZ" is neither a field of entity customer nor a currency code such as EUR.',
    ]),
    (FIELD + "{type: text, column: CODE}\n", ['6:6  fields.x: the column "CODE" holds code already; databases ignore letters\' case.']),
    (FIELD + "{type: text, column: a b}\n", [
        '6:27  fields.x.column: "a b" is not a name; use letters, digits and _, beginning with a letter, at most 63.',
    ]),
    (FIELD + "{type: text}\n  a-b: {type: text}\n", [
        '7:3  fields.a-b: "a-b" is not a name; use letters, digits and _, beginning with a letter, at most 63.',
    ]),
    ("entity: customer\ntable: nightclerk_runs\nkey: [cod, code, code, lent]\nfields:\n  code: {type: text}\n  lent: {type: text, owner: application}\n", [
        "2:8  table: tables that begin with nightclerk_ are Nightclerk's own; name another table.",
        '3:7  key[0]: no field "cod" in entity customer; did you mean "code"?',
        "3:18  key[2]: code stands twice in the key.",
        "3:24  key[3]: lent belongs to the application, so it cannot be part of the key.",
    ]),
    ("entity: client\ntable: t\nkey: [code]\nfields:\n  code: {type: text}\n", [
        '1:9  entity: the file is named "customer.yaml"; name it "client.yaml", or change this.',
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ENTITIES, ids=[str(n) for n in range(len(ENTITIES))])
def test_what_is_wrong_in_an_entity(tmp_path: Path, text: str, expected: list[str]) -> None:
    configuration, lines = loaded(tmp_path, {}, entity=text)
    assert configuration is not None
    assert configuration.entities == {}
    assert lines == [f"entities/customer.yaml:{line}" for line in expected]
