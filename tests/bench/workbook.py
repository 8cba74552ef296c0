"""A workbook of 100,000 × 15 beside openpyxl's read-only mode, which only walks through the cells."""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import sys
from pathlib import Path

import xlsxwriter
from tests.bench import ours
from tests.bench.exports import FIRST, HEADERS, LAST, TOWNS, Export
from tests.bench.figures import PAIR_COLUMNS
from tests.bench.processes import Measured, watch
from tests.bench.reading import job_of, read, reader
from tests.bench.sides import InFolder
from tests.bench.stage import Stage

ROWS = 100_000
TIMES_FASTER, SECONDS, MEGABYTES = 6.0, 1.3, 200.0
_WALK = """
import json, sys, time
import openpyxl
began = time.monotonic()
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
cells = sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))
print(json.dumps({"seconds": time.monotonic() - began, "cells": cells}))
"""


def measure(stage: Stage) -> None:
    room, show = stage.room("workbook"), stage.figures
    large, small = (Export(room / f"{name}.xlsx", room, rows, 0, stage.seed) for name, rows in _sizes(stage))
    for file in (large, small):
        write(file.raw, file.rows, stage.seed)
    side = InFolder(room / "ours", ours.run, _prepare)
    side.build(None)
    show.title(f"XLSX, {large.rows:,} rows × 15 columns", "nightclerk", "openpyxl", *PAIR_COLUMNS)
    job = job_of(side.folder / "config")
    with reader(job, small.raw) as fence:
        results = [(read(fence, job, large.raw), _walk(room, large.raw)) for _ in range(stage.repeat)]
    show.pairs("reading, mapped and validated", results, "openpyxl", cpu=False)
    whole = side.measure(large)
    show.value("the whole import into SQLite", whole.seconds, "s", more=f"reader {whole.reader / 1e6:.0f} MB")
    times = statistics.median(theirs.seconds / mine.seconds for mine, theirs in results)
    show.beside("XLSX, times as fast as openpyxl", TIMES_FASTER, times, "×", least=True)
    show.beside("XLSX, mapped and validated", SECONDS, statistics.median(mine.seconds for mine, _ in results), "s")
    show.beside("XLSX, reader's memory", MEGABYTES, max(whole.reader, *(mine.reader for mine, _ in results)) / 1e6, "MB")


def write(path: Path, rows: int, seed: int) -> None:
    """Writes the export of customers as a workbook: amounts are numbers, dates are dates, codes are text."""
    chance = random.Random(seed)
    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("Clients")
        day, money = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "#,##0.00"})
        sheet.write_row(0, 0, HEADERS.split(";"))
        for number in range(1, rows + 1):
            who = f"{FIRST[chance.randrange(8)]} {LAST[chance.randrange(10)]} {number}"
            post, town = TOWNS[chance.randrange(5)]
            mail, street = f"contact{number}@client{number % 977}.example", f"{1 + number % 200} rue de la République"
            phone, active = f"+33 1 {number % 100:02} 22 33 44", "Oui" if chance.random() < 0.9 else "Non"
            for column, text in enumerate((f"{number:08}", who, who, mail, phone, street, post, town, "FR", "EUR", active)):
                sheet.write_string(number, column, text)
            sheet.write_number(number, 11, (30, 45, 60)[chance.randrange(3)])
            sheet.write_number(number, 12, chance.randrange(-(10**7), 10**9) / 100, money)
            sheet.write_number(number, 13, chance.randrange(0, 10**10) / 100, money)
            sheet.write_datetime(number, 14, dt.date(2000, 1, 1) + dt.timedelta(days=chance.randrange(9000)), day)


def _sizes(stage: Stage) -> tuple[tuple[str, int], ...]:
    return (("large", stage.part(ROWS)), ("small", 10))


def _prepare(folder: Path) -> None:
    ours.prepare(folder)
    tenant = folder / "config" / "tenants" / "bench.yaml"
    tenant.write_text(tenant.read_text().replace('"*.csv"', '"*.xlsx"'))


def _walk(room: Path, file: Path) -> Measured:
    script = room / "walk.py"
    script.write_text(_WALK)
    watch([sys.executable, str(script), str(file)], result := room / "walk.json")
    return Measured(json.loads(result.read_text())["seconds"])
