"""A file in UTF-8 with a damaged byte is not read as cp1252, which would garble every other accent in silence."""

from __future__ import annotations

import pytest
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError

ROWS = "Code;Nom\r\n1;Société Générale\r\n2;Crédit Lumière\r\n3;Café\r\n"


def test_one_wrong_byte_among_sound_ones_refuses_the_file() -> None:
    with pytest.raises(SenderError, match=r"not written in UTF-8: byte \d+, in line 4, is 0xE9") as refused:
        read(ROWS.encode().replace("Café".encode(), "Café".encode("cp1252")), job())
    assert refused.value.code == "wrong_encoding"


@pytest.mark.parametrize("text", [ROWS, "Code;Nom\r\n1;CAFÉ» Ã© é è à\r\n"])
def test_real_cp1252_still_reads(text: str) -> None:
    found = read(text.encode("cp1252"), job())
    assert found.opened.format.encoding == "cp1252"
