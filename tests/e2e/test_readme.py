"""The README's tenant and its commands work as they stand there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.e2e.pages import Reader, blocks_of

README = Path(__file__).parents[2] / "README.md"
EXPORT = "Code client;Raison sociale;Courriel\r\n0042;Établissements Lefèvre;compta@lefevre.example\r\n".encode("cp1252")


def test_the_tenant_in_ten_lines(tmp_path: Path) -> None:
    begin, tenant, commands = (one for one in blocks_of(README.read_text("utf-8")) if one.section == "A tenant in ten lines")
    assert len(tenant.text.splitlines()) == 10
    reader = Reader(tmp_path)
    reader.run(begin)
    reader.write(tenant)
    assert reader.folder == tmp_path / "books"
    (reader.folder / "clients_20261121.csv").write_bytes(EXPORT)
    (reader.folder / "drops/acme/clients_20261122.csv").write_bytes(EXPORT.replace(b"0042", b"0043"))
    # The daemon and a round wait half a minute for the second look; they stand in docs/getting-started.md as well.
    lines = [line for line in commands.text.splitlines(keepends=True) if line.split()[1] not in {"serve", "round"}]
    told = {line.split()[1]: reader.run(replace(commands, text=line)) for line in lines}
    assert told["check"] == "1 tenant, 1 feed: no problems.\n"
    assert "would end as: imported" in told["preview"]
    assert "1 row: 1 created" in told["import"].replace("1 rows", "1 row")
    assert "acme" in told["status"]
