"""The README's tenant and its commands work as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXPORT = "Code client;Raison sociale;Courriel\r\n0042;Établissements Lefèvre;compta@lefevre.example\r\n".encode("cp1252")


def test_the_tenant_in_ten_lines(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## A tenant in ten lines") :]
    tenant = re.search(r"```yaml\n(tenant: acme.*?)```", section, re.DOTALL)
    assert tenant is not None
    first, second = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:2]
    assert len(tenant[1].splitlines()) == 10
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
    }

    def shell(lines: str, folder: Path) -> str:
        done = subprocess.run(
            ["bash", "-euc", lines], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    shell("\n".join(line for line in first.splitlines() if "activate" not in line), tmp_path)
    books = home / "books"
    (books / "config/tenants/acme.yaml").write_text(tenant[1], encoding="utf-8")
    (books / "clients_20261121.csv").write_bytes(EXPORT)
    (books / "drops/acme/clients_20261122.csv").write_bytes(EXPORT.replace(b"0042", b"0043"))
    told = {line.split()[1]: shell(line, books) for line in second.splitlines() if "serve" not in line and "round" not in line}
    assert told["check"] == "1 tenant, 1 feed: no problems.\n"
    assert "1 rows: 1 created" in told["import"] or "1 row: 1 created" in told["import"]
    assert "acme" in told["status"]
