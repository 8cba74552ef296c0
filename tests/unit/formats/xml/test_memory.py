"""Reading XML takes no more memory for a large file than for a small one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

READ = """
import resource, sys, tempfile
import numpy
from nightclerk.core.reading import Job
from nightclerk.formats.xml.records import XmlRecords

with open(sys.argv[1], "rb") as file, tempfile.TemporaryFile() as scratch:
    records = XmlRecords(file.fileno(), scratch.fileno(), Job("pt", "UTC", rows="Customer"), None, None)
    rows = sum(len(rows.lines) for rows in records.rows())
    again = sum(len(rows.lines) for rows in records.again(numpy.array([12, 15])))
print(rows, again, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""
CUSTOMER = """ <Customer>
  <CustomerID>C{number:06}</CustomerID>
  <CompanyName>Empresa &amp; Filhos {number}</CompanyName>
  <BillingAddress>
   <City>Lisboa</City>
   <Country>PT</Country>
  </BillingAddress>
  <OpeningDebitBalance currency="EUR">{number}.50</OpeningDebitBalance>
 </Customer>
"""


def read(path: Path, rows: int) -> tuple[int, int, int]:
    """Writes so many rows, reads them in a process of its own; returns the rows, those read again, and its memory in MiB."""
    with path.open("w") as file:
        file.write("<AuditFile>\n<MasterFiles>\n")
        file.writelines(CUSTOMER.format(number=number) for number in range(rows))
        file.write("</MasterFiles>\n</AuditFile>\n")
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True, timeout=120)
    found, again, memory = map(int, done.stdout.split())
    return found, again, memory


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small, large = read(tmp_path / "small.xml", 5_000), read(tmp_path / "large.xml", 25_000)
    assert (small[0], large[0]) == (5_000, 25_000)
    assert small[1] == large[1] == 1  # one row starts in line 12, none in line 15
    assert large[2] < small[2] + 12
