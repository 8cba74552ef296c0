"""Names made from data: SQL identifiers, archive names. A name from outside is data; a path is made of our own ids."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import PurePosixPath

from nightclerk.core.wording import quoted


def identifier(value: str) -> str:
    """Given a name from the configuration; returns it if it may name a table, column, tenant or feed; raises ValueError."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value):
        raise ValueError(f"{quoted(value)} is not a name; use letters, digits and _, beginning with a letter, at most 63")
    return value


def slug(value: str) -> str:
    """Given a tenant's or feed's name; returns it if it is lower-case letters, digits, - and _; raises ValueError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        raise ValueError(
            f"{quoted(value)} is not a name here; use lower-case letters, digits, - and _, beginning with a letter or digit"
        )
    return value


def shown(name: str, most: int = 200) -> str:
    """Given a file name as the source spells it (undecodable bytes as surrogates); returns it fit for people, logs and mails.

    Control characters, direction overrides and undecodable bytes become ``?``; at most ``most`` characters.
    """
    kept = "".join("?" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in name)
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def name_and_address(sender: str) -> tuple[str, str]:
    """Given ``Name <address>`` or a bare address; returns the name, without quotes and maybe empty, and the address."""
    name, bracket, address = sender.strip().removesuffix(">").rpartition("<")
    return (name.strip().strip('"').strip(), address.strip()) if bracket else ("", sender.strip())


def wire_address(address: str) -> str:
    """Given a mail address; returns it with its domain as mail servers know it (IDNA); raises UnicodeError if there is none."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def archive_name(name: str, at: datetime, run: int) -> str:
    """Given a drop's name, the moment (any zone) and the run's id; returns a file name that cannot collide.

    ``clients_20261121.csv`` becomes ``clients_20261121.20261121T020312Z.run812.csv``. The stem is sanitised
    to letters, digits, ``. _ -`` and cut to 100 characters; the ending keeps at most two parts of at most 10 characters.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    path = PurePosixPath(plain.replace("/", "_").replace("\\", "_") or "file")
    suffixes = [s for s in path.suffixes if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", s)][-2:]
    if suffixes and suffixes[-1].lower() not in {".gz", ".zip", ".pgp", ".gpg", ".asc"}:
        suffixes = suffixes[-1:]
    ending = "".join(suffixes) if path.name.endswith("".join(suffixes)) else ""
    stem = path.name[: len(path.name) - len(ending)] if ending else path.name
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._")[:100] or "file"
    return f"{stem}.{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.run{run}{ending}"
