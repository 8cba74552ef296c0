"""A small workbook whose every cell is one long text, which is more than memory holds: read until it is too much."""

from __future__ import annotations

import tempfile

import pytest
from tests.unit.formats.reading import job
from tests.unit.formats.workbook.files import sheet_xml

from nightclerk.core.errors import SenderError
from nightclerk.formats.opening import open_reader

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def test_a_long_text_in_every_cell_is_bounded() -> None:
    strings = f"<si><t>{'long ' * 200_000}</t></si>"
    rows = HEAD + "".join(
        f'<row r="{at}">' + "".join(f'<c r="{letter}{at}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ") + "</row>"
        for at in range(2, 3000)
    )  # fmt: skip
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as keys:
        file.write(sheet_xml(rows, strings=strings))
        file.flush()
        reader = open_reader(file.fileno(), keys.fileno(), keys.fileno(), keys.fileno(), job())
        with pytest.raises(SenderError) as told:
            _ = [0 for portion in reader.portions() if portion.values.estimated_size() > 64 << 20]
        assert told.value.code == "expands_too_much"
