"""What the fork server loads before it forks is all that a child needs: what a child loads itself, it loads for every file."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_CHILD = """
import json, os, sys, tempfile
from nightclerk.formats import server
from nightclerk.core.reading import Job
from nightclerk.formats.opening import open_reader
from nightclerk.formats.packing import packed
server.warm()
before = set(sys.modules)
file, *scratch = (tempfile.TemporaryFile() for _ in range(4))
file.write(bytes.fromhex(sys.argv[1]))
file.flush()
job = Job(**json.loads(sys.argv[2]))
reader = open_reader(file.fileno(), *(one.fileno() for one in scratch), job)
rows = sum(block.rows for portion in reader.portions() for block in packed(portion, job.csv))
reader.finished()
print(json.dumps([rows, sorted(set(sys.modules) - before)]))
"""
_FEED = {"feed": "f", "files": "*", "entity": "client", "dates": "auto", "decimal": "auto", "mapping": {}}
_FIELDS = {"code": "text", "name": "text", "since": "date", "balance": "decimal"}
_TEXT = "code;name;since;balance\r\n1;Société Générale;31/12/2025;1 234,50\r\n2;Père;28/02/2026;2 345,75\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "cp850"])
def test_a_child_loads_nothing_more(encoding: str) -> None:
    feed = {**_FEED, "mapping": {name: name for name in _FIELDS}}
    fields = {name: {"type": kind} for name, kind in _FIELDS.items()}
    entity = {"entity": "client", "table": "clients", "key": ["code"], "fields": fields}
    job = {"language": "fr", "timezone": "UTC", "feed": json.dumps(feed), "entity": json.dumps(entity)}
    command = [sys.executable, "-c", _CHILD, _TEXT.encode(encoding).hex(), json.dumps(job)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == [2, []]
