"""Files of a small corpus with bytes changed, for the fuzzers: put in, replaced, taken out, doubled, or cut off."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

CORPUS = {path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "corpus").iterdir())}
#: Bytes that mean something to one reader or another.
TELLING = [
    b'"',
    b"'",
    b"\\",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\x1f",
    b"\xff",
    b"\xc3",
    b"PK\x03\x04",
    b"<",
    b"]]>",
]


def named(*endings: str) -> list[str]:
    return [name for name in CORPUS if name.endswith(endings)]


def changed(chance: random.Random, content: bytes) -> bytes:
    """Given a file; returns it with up to a dozen changes, most archives packed anew."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        return _packed_anew(chance, content)
    return _with_changes(chance, content)


def _packed_anew(chance: random.Random, content: bytes) -> bytes:
    """Changes one part of an archive and packs all of them again, so that no check sum gives the change away."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as anew:
        hit = chance.choice(archive.namelist())
        for name in archive.namelist():
            part = archive.read(name)
            anew.writestr(name, _with_changes(chance, part) if name == hit else part)
    return made.getvalue()


def _with_changes(chance: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randrange(13)):
        at, length = chance.randrange(len(data) + 1), chance.randrange(40)
        piece = chance.choice(TELLING) if chance.random() < 0.6 else chance.randbytes(chance.randrange(1, 7))
        match chance.randrange(5):
            case 0:
                data[at:at] = piece
            case 1:
                data[at : at + len(piece)] = piece
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length] * chance.randrange(1, 20)
            case _ if length == 7:
                del data[at:]
    return bytes(data)
