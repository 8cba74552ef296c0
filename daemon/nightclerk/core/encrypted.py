"""Whether a file is encrypted with OpenPGP: by its name, and by its first bytes."""

from __future__ import annotations

import re

#: What the names of encrypted files end in. ``.asc`` is armor: the message as lines of text.
ENDINGS = (".pgp", ".gpg", ".asc")
#: Bytes that are enough to tell.
HEAD = 4096
_ARMOR = re.compile(rb"\s*-----BEGIN PGP MESSAGE-----[ \t\r]*\n")
_END_OF_ARMOR = b"-----END PGP MESSAGE-----"
#: Numbers of packets that an encrypted message begins with → the versions they have. Text has no such byte there.
_SESSION_KEYS = {1: b"\x02\x03\x06", 3: b"\x04\x05\x06"}
#: Numbers of packets with encrypted data: with nothing in front of them they are of no use here, but encrypted all the same.
_DATA = (9, 18, 20)
_MARKER = b"PGP"


def named_encrypted(name: str) -> bool:
    """Given a file's name, or a pattern of names; returns whether it says that the file is encrypted."""
    return name.lower().endswith(ENDINGS)


def name_inside(name: str) -> str:
    """Given a file's name, or a pattern of names; returns it without the ending that says that it is encrypted."""
    return name[: -len(ENDINGS[0])] if named_encrypted(name) else name


def is_encrypted(head: bytes) -> bool:
    """Given a file's first bytes (``HEAD`` of them, or all); returns whether an encrypted message begins there.

    A message begins with the key that its content is encrypted with, in a packet whose end is known: what follows it must be
    such a packet again, or the content. So neither text of any encoding nor a table is taken for one.
    """
    if _ARMOR.match(head.removeprefix(b"\xef\xbb\xbf")):
        return True
    end = _end_of_key(head)
    after = _packet(head, end) if end is not None and end < len(head) else None
    return after is not None and after[0] in (*_SESSION_KEYS, *_DATA)


def may_be_encrypted(head: bytes) -> bool:
    """Given the first bytes of a file whose name says that it is encrypted; returns whether anything in them says so too: a key
    as a message begins with, if nothing behind it is sound, or armor behind other lines."""
    return b"-----BEGIN PGP" in head or _end_of_key(head) is not None


def has_checksum(tail: bytes) -> bool:
    """Given a message's last bytes (``HEAD`` of them, or all); returns whether a checksum ends it, if it is written as text.
    Those that are written as bytes need none."""
    text, end, _ = tail.rpartition(_END_OF_ARMOR)
    return not end or text.rstrip().rpartition(b"\n")[2].startswith(b"=")


def _end_of_key(head: bytes) -> int | None:
    """Returns where the packet ends with the key that the content is encrypted with; None where no message begins with one."""
    packet = _packet(head, 0)
    if packet is not None and packet[0] == 10 and head[packet[1] : packet[2]] == _MARKER:
        packet = _packet(head, packet[2])
    if packet is None:
        return None
    number, begin, end = packet
    return end if number in _SESSION_KEYS and head[begin : begin + 1] in _versions(number) else None


def _versions(number: int) -> list[bytes]:
    return [bytes([version]) for version in _SESSION_KEYS[number]]


def _packet(head: bytes, at: int) -> tuple[int, int, int] | None:
    """Returns the number of the packet that begins there, and where its body begins and ends (for data in parts, its first
    part); None where none begins."""
    tag, *rest = head[at : at + 6] or b"\0"
    if not tag & 0x80 or len(rest) < 1:
        return None
    if not tag & 0x40:  # the old way: the length takes 1, 2 or 4 bytes, or reaches to the file's end
        size = (1, 2, 4, 0)[tag & 3]
        length = int.from_bytes(bytes(rest[:size]), "big") if size else len(head)
        return (tag >> 2) & 15, at + 1 + size, at + 1 + size + length
    first = rest[0]
    if first < 192:
        return tag & 63, at + 2, at + 2 + first
    if first < 224 and len(rest) > 1:
        return tag & 63, at + 3, at + 3 + ((first - 192) << 8) + rest[1] + 192
    if first == 255:
        return tag & 63, at + 6, at + 6 + int.from_bytes(bytes(rest[1:5]), "big")
    return tag & 63, at + 2, at + 2 + (1 << (first & 31))
