"""``nightclerk rejected``: a run's rejected rows as a file, beside the sender's own."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import openpyxl
from tests.e2e.offices import FILE, office
from tests.unit.formats.workbook.files import by_xlsxwriter

WORKBOOKS = """\
  - feed: fiches
    files: "fiches*.xlsx"
    entity: customer
    mapping: {code: Code, name: Name, email: Email}
"""


def test_rejected_rows_are_written_beside_the_senders_file_and_never_over_another(tmp_path: Path) -> None:
    acme = office(tmp_path)
    tenant = tmp_path / "config/tenants/acme.yaml"
    tenant.write_text(tenant.read_text() + WORKBOOKS)
    acme.write("clients.csv", FILE)
    (tmp_path / "fiches.xlsx").write_bytes(by_xlsxwriter({"S": [["Code", "Name", "Email"], ["7", "Ann", "ann@"], ["8", "Bob"]]}))
    assert acme.run("import", "acme", "clients.csv").returncode == 0
    assert acme.run("import", "acme", "fiches.xlsx").returncode == 0

    text = acme.run("rejected", "1")
    assert (text.returncode, text.stdout) == (0, "clients.rejected.csv: 2 rejected rows of run 1\n")
    assert (tmp_path / "clients.csv").read_text() == FILE
    book = acme.run("rejected", "2")
    assert (book.returncode, book.stdout) == (0, "fiches.rejected.xlsx: 1 rejected row of run 2\n")
    written = (tmp_path / "fiches.rejected.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]
    assert (sheet.title, sheet["A2"].value, sheet["C2"].comment.text) == (
        "S", "7", 'Line 2, column Email: "ann@" is not an email address.',
    )  # fmt: skip

    again = acme.run("rejected", "2")
    assert (again.returncode, again.stderr) == (
        2, "fiches.rejected.xlsx cannot be written: File exists. Name another file with --to.\n",
    )  # fmt: skip
    command = [sys.executable, "-m", "nightclerk", "rejected", "2", "--output", "-"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60).stdout == written
    ours, terminal = pty.openpty()
    try:
        shown = subprocess.run(command, cwd=tmp_path, stdout=terminal, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    finally:
        os.close(terminal)
        os.close(ours)
    assert (shown.returncode, shown.stderr) == (
        2, "A workbook cannot be shown on a terminal. Name a file with --to, or send the output into one.\n",
    )  # fmt: skip
