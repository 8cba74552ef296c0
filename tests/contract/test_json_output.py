"""What ``--json`` prints is part of the contract (PRODUCT §12): every key and the kind of its value, of real commands."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.drift.schemas import unfit
from tests.e2e.offices import FILE, TENANT, Office, check_output, office
from tests.servers.ftpd import ftpd
from tests.unit.formats.packed.archives import zipped

from nightclerk.cli import COMMANDS
from nightclerk.core.printed import OUTPUTS, output_schema

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
AMOUNT = re.compile(r"-?\d+\.\d{4}")
SHA = re.compile(r"[0-9a-f]{64}")
FORMAT = {
    "kind": "delimited",
    "encoding": str,
    "delimiter": str,
    "quote": (str, None),
    "header_row": (int, None),
    "sheet": (str, None),
    "evidence": (str, None),
    "samples": list,
}
COUNTS = dict.fromkeys(("rows", "created", "updated", "unchanged", "rejected", "parked", "held", "skipped"), int)
ISSUE = {"line": int, "column": (str, None), "field": (str, None), "code": str, "value": (str, None), "message": str}
RUN = {
    "run": int,
    "drop": int,
    "tenant": "acme",
    "feed": (str, None),
    "file": str,
    "sha256": SHA,
    "started_at": MOMENT,
    "ended_at": MOMENT,
    "ending": str,
    "format": FORMAT,
    "counts": COUNTS,
    "totals": {"balance": {"EUR": {"file": AMOUNT, "booked": AMOUNT, "rejected": AMOUNT}}},
    "issues": [ISSUE],
    "effects": dict,
    "config_hash": SHA,
}
#: Beyond the contract's own keys, and as fixed as they are.
MORE = {"archived_as": (str, None), "corrects": (int, None), "notes": [str], "unreadable": dict}
REFUSED = {"code": str, "line": (int, None), "message": str}


def check(found: Any, wanted: Any, place: str = "$") -> None:
    """Fails where the data is not of this shape: exactly these keys, in lists every item."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict), place
        assert set(found) == set(wanted), place
        for key, inner in wanted.items():
            check(found[key], inner, f"{place}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), place
        for number, item in enumerate(found):
            check(item, wanted[0], f"{place}[{number}]")
    elif isinstance(wanted, tuple):
        if found is not None:
            check(found, wanted[0], place)
    elif isinstance(wanted, type):
        assert type(found) is wanted, f"{place} is {found!r}"
    elif isinstance(wanted, re.Pattern):
        assert isinstance(found, str), f"{place} is {found!r}"
        assert wanted.fullmatch(found), f"{place} is {found!r}"
    else:
        assert found == wanted, place


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("acme"))
    made.write("clients.csv", FILE)
    return made


def test_import_run_and_runs(acme: Office) -> None:
    imported = acme.data("import", "acme", "clients.csv")
    check(imported, RUN | MORE)
    assert imported["counts"] == dict.fromkeys(COUNTS, 0) | {"rows": 3, "created": 1, "rejected": 2}
    assert imported["totals"] == {"balance": {"EUR": {"file": "6.7500", "booked": "1.5000", "rejected": "5.2500"}}}
    assert [(issue["line"], issue["code"]) for issue in imported["issues"]] == [(3, "not_an_email"), (4, "required")]
    assert acme.data("run", str(imported["run"])) == imported
    runs = acme.data("runs")
    check(runs, [RUN | MORE])
    assert runs[0] == imported | {"issues": []}  # a list would grow without end; ``run`` has them
    check(acme.data("rejected", str(imported["run"])), [ISSUE])


def test_round(acme: Office) -> None:
    assert acme.data("round") == []
    acme.write("drops/acme/clients_2.csv", FILE.replace("A;Anna", "C;Cora"))
    (done,) = acme.data("round")
    check(done, RUN | MORE)
    acme.write("drops/acme/clients_3.csv", "Code;Nom\nA;B\n")
    (refused,) = acme.data("round", status=1)
    check(refused, {**RUN, **MORE, "refused": REFUSED, "format": (FORMAT, None), "totals": {}})
    assert refused["refused"]["code"] == "column_missing"
    assert refused["ending"] == "refused"
    acme.write("drops/acme/photo.jpg", "no feed knows this")
    (unknown,) = acme.data("round", status=1)
    check(unknown, {**RUN, **MORE, "feed": None, "sha256": None, "format": None, "totals": {}, "config_hash": None})
    assert unknown["ending"] == "unrecognised"


HELD = {
    "until": MOMENT,
    "reasons": [{"code": str, "message": str, "figures": dict}],
    "counts": COUNTS,
    "totals": dict,
    "sample": [{"key": dict, "before": (dict, None), "after": dict}],
    "effects": dict,
}
DECISION = {"action": str, "at": MOMENT, "by": str, "words": (str, None)}


def test_approve_and_refuse(tmp_path: Path) -> None:
    made = office(tmp_path)
    tenant = tmp_path / "config" / "tenants" / "acme.yaml"
    tenant.write_text(tenant.read_text().replace("mapping:", "blank: clear\n    hold: {cleared: {rows: 0}}\n    mapping:"))
    made.write("clients.csv", FILE)
    made.data("import", "acme", "clients.csv")
    for command, more in (("refuse", ("--because", "Export it again.")), ("approve", ())):
        made.write("clients_2.csv", "Code;Name;Email;Solde\nA;Anna;;\n")
        held = made.data("import", "acme", "clients_2.csv", status=1)
        check(held, {**RUN, **MORE, "held": HELD, "totals": {}})
        assert (held["ending"], held["counts"]["held"], held["held"]["reasons"][0]["code"]) == ("held", 1, "cleared")
        (status,) = made.data("status")
        assert [(one["run"], one["in_part"], one["reasons"]) for one in status["held"]] == [(held["run"], False, ["cleared"])]
        ended = made.data(command, str(held["run"]), *more)
        shape = {**RUN, **MORE, "held": HELD, "decision": DECISION, "totals": dict}
        if command == "refuse":
            shape |= {"refused": REFUSED}
        check(ended, shape)
        assert ended["run"] == held["run"]
        assert ended["decision"]["words"] == (more[1] if more else None)
        assert made.data("run", str(held["run"])) == ended
    assert ended["ending"] == "imported"
    again = made.run("approve", str(held["run"]), "--json")
    assert (again.returncode, "was decided before" in again.stderr) == (2, True)


def test_a_part_that_is_refused_is_told_as_refused(tmp_path: Path) -> None:
    made = office(tmp_path)
    tenant = tmp_path / "config" / "tenants" / "acme.yaml"
    held = "blank: clear\n    hold: {cleared: {rows: 0}, hold_part: true}\n    mapping:"
    tenant.write_text(tenant.read_text().replace("mapping:", held))
    made.write("clients.csv", FILE)
    made.data("import", "acme", "clients.csv")
    made.write("clients_2.csv", "Code;Name;Email;Solde\nA;Anna;;\nZ;Zoe;zoe@example.com;1\n")
    run = made.data("import", "acme", "clients_2.csv", status=1)
    (status,) = made.data("status")
    assert [(one["rows"], one["in_part"]) for one in status["held"]] == [(1, True)]
    assert "is held (cleared), 1 row of it, and waits" in made.run("status").stdout
    refused = made.run("refuse", str(run["run"]))
    assert refused.stdout.endswith("\nRefused: none of the rows that were held is booked.\n")


STATUS = {
    "tenant": "acme",
    "file_wrong": False,
    "name": "Acme",
    "feeds": ["clients"],
    "last_run": None,
    "waiting_files": [],
    "held": list,
    "under_way": [],
    "waiting_letters": 0,
    "parked_rows": 0,
    "next_look": None,
    "waits_until": None,
    "left_alone_until": None,
    "trouble": None,
}


def test_status_of_a_tenant_that_is_new(tmp_path: Path) -> None:
    check(office(tmp_path).data("status"), [STATUS])


def test_status_of_a_tenant_in_trouble(tmp_path: Path) -> None:
    other = office(tmp_path)
    opens = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=2)
    quiet = f"['{opens:%H:%M}', '{opens + timedelta(hours=1):%H:%M}']"
    times = f"schedule: {{at: ['21:00']}}\nprocess: {{between: {quiet}}}\nreport:"
    other.write("config/tenants/acme.yaml", TENANT.replace("report:", times, 1))
    other.write("drops/acme/clients_1.csv", FILE)
    (imported,) = other.data("round", "--now")
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as database:
        database.execute("ALTER TABLE customers DROP COLUMN email")
    other.write("drops/acme/clients_2.csv", FILE.replace("Anna", "Anne"))
    other.write("drops/acme/clients_3.csv", "Code")
    other.data("round", "--now", status=2)
    (tenant,) = other.data("status")
    waiting = {"file": "clients_3.csv", "size": 4, "since": MOMENT}
    check(
        tenant,
        STATUS
        | {
            "last_run": RUN | MORE,
            "waiting_files": [waiting],
            "under_way": [{"drop": int, "file": "clients_2.csv", "state": "open", "since": MOMENT, "attempt": 1}],
            "waiting_letters": int,
            "parked_rows": int,
            "next_look": MOMENT,
            "waits_until": MOMENT,
            "trouble": {"message": re.compile(r"The table customers .* has no column email.*"), "since": MOMENT},
        },
    )
    assert len(tenant["waiting_files"]) == len(tenant["under_way"]) == 1
    assert tenant["last_run"]["run"] == imported["run"]
    assert tenant["waiting_letters"] >= 1


def test_status_of_a_tenant_whose_server_refuses_us(tmp_path: Path) -> None:
    other = office(tmp_path)
    other.write("password", "wrong").chmod(0o600)
    with ftpd() as server:
        login = f"host: {server.host}, port: {server.port}, username: {server.user}, password: {{file: password}}"
        source = f"source: {{kind: ftp, insecure: true, {login}, folder: {server.folder}}}"
        other.write("config/tenants/acme.yaml", TENANT.replace("source: {kind: folder, path: drops/acme}", source))
        other.data("round", status=2)
    message = re.compile(r".* refused the login .*")
    check(other.data("status"), [STATUS | {"left_alone_until": MOMENT, "trouble": {"message": message, "since": MOMENT}}])


def test_status_does_not_lose_a_tenant_whose_file_is_wrong(tmp_path: Path) -> None:
    """A daemon serves it by its last good version meanwhile, and ops look here for what became of it."""
    other = office(tmp_path)
    other.write("drops/acme/clients.csv", FILE)
    other.run("round")
    other.write("config/tenants/acme.yaml", TENANT.replace("name: Acme", "nane: Acme"))
    (tenant,) = other.data("status")
    assert (tenant["tenant"], tenant["file_wrong"], tenant["feeds"]) == ("acme", True, [])
    assert tenant["last_run"]["file"] == "clients.csv"
    assert "acme: its file is wrong, as nightclerk check acme says." in other.run("status").stdout


def test_inspect(acme: Office) -> None:
    found = acme.data("inspect", "clients.csv")
    check(
        found,
        {
            "format": FORMAT | {"readings": {"Solde": {"decimal": str}}},
            "columns": [str],
            "rows": 3,
            "left_out": [{"line": int, "reason": str}],
            "types": dict.fromkeys(("Code", "Name", "Email", "Solde"), str),
            "totals": {"Solde": "6.75"},
            "doubts": [{"code": str, "column": (str, None), "message": str}],
        },
    )
    acme.write("books.zip", "").write_bytes(zipped({"clients.csv": b"Code;Name\r\n1;Ann\r\n", "b.txt": b""}))
    packed = acme.data("inspect", "books.zip", "--member", "clients*")["format"]
    check(packed, {**FORMAT, "member": "clients.csv"})
    acme.write("empty.csv", "")
    check(acme.data("inspect", "empty.csv", status=1), {"refused": REFUSED})


def test_lint(acme: Office) -> None:
    found = acme.data("lint", "clients.csv", status=1)
    column = {
        "column": str, "type": str, "mostly": (str, None), "filled": int, "different": (int, None), "longest": int,
        "example": (str, None),
    }  # fmt: skip
    finding = {
        "code": str, "level": re.compile("wrong|doubtful"), "column": (str, None), "count": int, "lines": [int],
        "example": (str, None), "message": str,
    }  # fmt: skip
    key = {"columns": ["Code"], "by": "header"}
    more = {"format": FORMAT, "rows": 3, "left_out": 0, "notes": [str]}
    check(found, {**more, "key": dict, "columns": [column], "findings": [finding]})
    assert found["key"] == key
    assert [(one["code"], one["lines"]) for one in found["findings"]] == [("bad_email", [3])]
    acme.write("empty.csv", "")
    check(acme.data("lint", "empty.csv", status=1), {"refused": REFUSED})


def test_suggest(acme: Office) -> None:
    field = {"columns": [str], "constant": (str, bool, None), "doubts": [str]}
    feed = {
        "feed": "clients", "files": "clients.csv", "members": None, "sheet": None, "entity": "customer", "preset": None,
        "mapping": dict.fromkeys(("code", "name", "email", "currency", "balance"), field), "ignored": [str], "missing": [str],
        "doubts": [str],
    }  # fmt: skip
    wanted = {
        "tenant": "acme",
        "language": str,
        "yaml": re.compile("# yaml-language-server.*", re.DOTALL),
        "feeds": [feed],
        "left_aside": [str],
    }
    check(acme.data("suggest", "clients.csv", "--tenant", "acme"), wanted)


def test_check(acme: Office, tmp_path: Path) -> None:
    assert acme.data("check") == {"problems": []}
    other = office(tmp_path, tables=False)
    other.write("config/tenants/beta.yaml", "tenant: beta\nnane: Beta\n")
    problems = other.data("check", status=2)
    check(problems, {"problems": [{"file": str, "line": int, "column": int, "path": str, "message": str}]})
    assert {"file": "config/tenants/beta.yaml", "line": 2, "column": 1, "path": "nane"}.items() <= problems["problems"][
        -1
    ].items()


def test_post(acme: Office) -> None:
    check(
        acme.data("post", "--list", "--all"),
        [
            {
                "letter": int,
                "drop": (int, None),
                "message_id": str,
                "tenant": (str, None),
                "kind": str,
                "subject": str,
                "written_at": MOMENT,
                "recipients": [{"address": str, "state": str, "attempts": int, "next_at": (MOMENT, None), "words": (str, None)}],
            }
        ],
    )


def test_post_show(acme: Office) -> None:
    acme.run("import", "acme", "clients.csv")
    letter = acme.data("post", "--list", "--all")[0]["letter"]
    shown = acme.data("post", "--show", str(letter))
    check(shown, {"letter": letter} | dict.fromkeys(("from", "to", "date", "subject", "attached", "text", "html"), str))


def test_preview(acme: Office) -> None:
    acme.write("clients_3.csv", FILE.replace("A;Anna", "A;Anne"))
    found = acme.data("preview", "acme", "clients_3.csv")
    change = {"key": dict, "before": (dict, None), "after": dict}
    check(found, {**RUN, **MORE, "run": None, "drop": None, "sample": [change]})
    assert [one["key"] for one in found["sample"]] == [{"code": "A"}]


def test_doctor(acme: Office) -> None:
    check(acme.data("doctor"), {"findings": [{"level": str, "part": str, "message": str, "command": (str, None)}]})


def test_the_schema_of_the_output_is_what_programs_are_told(acme: Office) -> None:
    """``schema output`` says of each command's output what the models say; every output in these tests went past the models."""
    printed = acme.run("schema", "output")
    assert json.loads(printed.stdout) == output_schema()
    schema = output_schema()
    run = acme.data("import", "acme", "clients.csv")
    for command, data in {"runs": [run], "run": run, "check": {"problems": []}, "post --list": []}.items():
        whole = {**schema["$defs"][command], "$defs": schema["$defs"]}
        assert unfit(data, whole) == []
    whole = {**schema["$defs"]["run"], "$defs": schema["$defs"]}
    for wrong in ({**run, "more": 1}, {**run, "ending": "lost"}, {key: run[key] for key in run if key != "counts"}):
        assert unfit(wrong, whole)
        with pytest.raises(ValueError, match="validation error"):
            check_output("run", wrong)
    assert "default" not in schema["$defs"]["Run"]["properties"]["refused"]


def test_every_command_that_prints_data_is_in_the_schema() -> None:
    without = {"schema", "serve", "tables"}  # a schema is JSON itself; the daemon logs; ``tables create`` is in it
    assert {command.split()[0] for command in OUTPUTS} | without >= set(COMMANDS)
    assert {command.split()[0] for command in OUTPUTS} <= set(COMMANDS)
