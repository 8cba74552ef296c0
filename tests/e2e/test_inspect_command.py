"""``nightclerk inspect`` as a person calls it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers import commands


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return commands.run(["inspect", *arguments], cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f'0{number};"Client, {number}";{number},50;x\r\n' for number in range(20))
    content = "Titre\r\nCode;Name\x1b[31m;Amount;" + "Very long header " * 5 + "\r\n" + rows + "1;2\r\n\r\n"
    (tmp_path / "good.csv").write_text(content, encoding="utf-8", newline="")
    (tmp_path / "bad.csv").write_text('a,b\n1,"2\n', encoding="utf-8")
    (tmp_path / "odd.txt").write_text("é|b\n'x'\t1|2\n", encoding="utf-8")
    return tmp_path


def test_people_read_a_table_of_at_most_a_hundred_columns(folder: Path) -> None:
    found = run("good.csv", cwd=folder)
    assert (found.returncode, found.stderr) == (0, "")
    lines = found.stdout.splitlines()
    assert lines[0] == 'delimited, utf-8, fields between ; quoted by ", lines end with CR LF, header in record 2'
    assert lines[1] == "21 rows, 4 columns"
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in found.stdout
    assert any(line.split()[:3] == ["Amount", "decimal", "20"] and line.endswith("200.00") for line in lines)
    for part in (
        "above the header: line 1",
        "blank row: line 24",
        "leading_zeros  Code:",
        "1 damaged row (too few fields). Line 23:",
    ):
        assert part in found.stdout


def test_json_is_the_contract(folder: Path) -> None:
    found = run("good.csv", "--json", cwd=folder)
    data = json.loads(found.stdout)
    assert found.returncode == 0
    assert list(data) == ["format", "columns", "rows", "left_out", "types", "totals", "doubts"]
    assert list(data["format"]) == [
        "kind",
        "encoding",
        "delimiter",
        "quote",
        "header_row",
        "sheet",
        "evidence",
        "samples",
        "readings",
    ]
    assert data["format"]["readings"] == {"Amount": {"decimal": ","}}
    assert (data["rows"], data["totals"]) == (21, {"Amount": "200.00"})
    assert {"code": "damaged_rows", "column": None} in [{"code": one["code"], "column": one["column"]} for one in data["doubts"]]


def test_a_refused_file_is_status_1(folder: Path) -> None:
    told = run("bad.csv", cwd=folder)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.endswith(" (line 2)\n")
    as_json = run("bad.csv", "--json", cwd=folder)
    assert as_json.returncode == 1
    assert json.loads(as_json.stdout)["refused"]["code"] == "unbalanced_quote"
    assert run("bad.csv", "--to", "csv", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.csv",), "nowhere.csv cannot be opened"),
        ((".",), "is not a file"),
        (("good.csv", "--encoding", "klingon"), "no encoding"),
        (("good.csv", "--delimiter", "ab"), "a delimiter is one ASCII character"),
        (("good.csv", "--delimiter", "'", "--quote", "'"), "must differ"),
        (("good.csv", "--quote", "x"), "'x' is not one of"),
        (("good.csv", "--header-row", "0"), "counted from 1"),
        (("good.csv", "--to", "csv", "--json"), "give one of them"),
        (("good.csv", "--to", "xml"), "'xml' is not one of"),
        ((), "Missing argument"),
    ],
)
def test_wrong_use_is_status_2(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    found = run(*arguments, cwd=folder)
    assert (found.returncode, found.stdout) == (2, "")
    assert told in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("tab", ["\\t", "tab", "\t"])
def test_the_format_can_be_given(folder: Path, tab: str) -> None:
    arguments = ("odd.txt", "--delimiter", tab, "--quote", "'", "--header-row", "none", "--encoding", "latin-1", "--json")
    data = json.loads(run(*arguments, cwd=folder).stdout)
    assert data["format"] == {
        "kind": "delimited", "encoding": "iso8859-1", "delimiter": "\t", "quote": "'", "header_row": None, "sheet": None,
        "evidence": None, "samples": [],
    }  # fmt: skip
    barred = json.loads(run("odd.txt", "--delimiter", "|", "--quote", "none", "--header-row", "1", "--json", cwd=folder).stdout)
    assert (barred["columns"], barred["rows"], barred["format"]["quote"]) == (["é", "b"], 1, None)


def test_records_go_to_standard_output_and_damage_to_standard_error(folder: Path) -> None:
    with (folder / "out.csv").open("wb") as output:
        subprocess.run(
            [sys.executable, "-m", "nightclerk", "inspect", "good.csv", "--to", "csv"], stdout=output, cwd=folder, check=True
        )
    with (folder / "out.csv").open(encoding="utf-8", newline="") as written:
        rows = list(csv.DictReader(written))
    assert len(rows) == 20
    assert (rows[3]["_line"], rows[3]["Code"], rows[3]["Amount"]) == ("6", "03", "3,50")
    found = run("good.csv", "--to", "jsonl", cwd=folder)
    assert json.loads(found.stdout.splitlines()[0])["_line"] == 3
    assert "Left out: 1 damaged row" in found.stderr
