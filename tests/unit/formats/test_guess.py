"""What is said of an encoding that is guessed, and why one is not."""

from __future__ import annotations

import random

import pytest
from tests.unit.formats.sentences_of import TEXTS, export
from tests.unit.formats.test_code_pages import found_in

from nightclerk.core.errors import SenderError

HEADER = "Code;Name\r\n"


def refused(data: bytes, language: str, remembered: str | None = None) -> SenderError:
    with pytest.raises(SenderError) as error:
        found_in(data, language, remembered)
    return error.value


def test_a_guess_comes_with_its_evidence() -> None:
    text, read = found_in((HEADER + "1;Société Générale\r\n2;Hôtel de la Forêt\r\n").encode("cp850"), "fr")
    assert (text.written, text.evidence.by, text.evidence.alike) == ("cp850", "guess", ("cp850", "cp858", "cp437"))
    assert text.evidence.samples == ("Société", "Générale")
    assert text.evidence.told == (
        'The file is not UTF-8; of the encodings of its language, its words make sense in DOS 850, as in "Société", "Générale".'
    )
    assert "Forêt" in read


@pytest.mark.parametrize(
    ("data", "by"),
    [(b"a;b\r\n1;2\r\n", "ascii"), ("a;b\r\n1;é\r\n".encode(), "utf-8"), ("\ufeffa;b\r\n1;é\r\n".encode(), "mark")],
)
def test_what_is_no_guess_has_none(data: bytes, by: str) -> None:
    text, _ = found_in(data, "fr")
    assert (text.written, text.evidence.by, text.evidence.told, text.evidence.samples) == ("utf-8", by, None, ())


def test_two_readings_that_make_sense_are_both_named() -> None:
    error = refused((HEADER + "1;koľko\r\n").encode("cp1250"), "sk")
    assert error.code == "encoding_ambiguous"
    assert 'two ways: "kožko" in ISO 8859-2, or "koľko" in Windows-1250.' in error.sentence
    assert error.sentence.values["setting"] == (" The feed's format names it: `encoding: iso8859-2` or `encoding: cp1250`.")


def test_the_last_file_decides_where_words_leave_a_doubt() -> None:
    data = (HEADER + "1;koľko\r\n").encode("cp1250")
    for remembered, word in (("cp1250", "koľko"), ("iso8859-2", "kožko")):
        text, read = found_in(data, "sk", remembered)
        assert (text.written, word in read) == (remembered, True)
        assert "as the last file did" in (text.evidence.told or "")
    assert refused(data, "sk", "cp852").code == "encoding_ambiguous"  # which is none of the two


def test_words_of_another_language_are_refused() -> None:
    error = refused("Код;Имя\r\n1;Нижний Новгород\r\n2;Екатеринбург\r\n".encode("cp1251"), "fr")
    assert error.code in {"wrong_encoding", "encoding_ambiguous"}


@pytest.mark.parametrize("other", ["cp850", "mac-roman", "utf-8"])
def test_a_line_in_another_encoding_refuses_the_file_at_that_line(other: str) -> None:
    rows = [f"{number};Société Générale à Besançon\r\n" for number in range(1, 200)]
    lines = [(HEADER + "1;Crédit Lumière\r\n").encode("cp1252"), *(row.encode("cp1252") for row in rows)]
    lines[120] = "120;Bâtiment préfabriqué\r\n".encode(other)
    error = refused(b"".join(lines), "fr")
    assert (error.code, error.line) == ("wrong_encoding", 122)
    assert "written in Windows-1252, but line 122 is not" in error.sentence


def test_a_byte_that_no_code_page_has_is_named() -> None:
    data = (HEADER + "1;Société Générale\r\n2;Crédit Lumière\r\n").encode("cp1252") + b"3;x\x81y\r\n"
    error = refused(data, "fr")
    assert (error.code, error.line) == ("not_text", 4)
    assert "is 0x81, which is no character there" in error.sentence


@pytest.mark.parametrize("language", ["de", "ru", "el", "tr", "cs", "he"])
@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("lines", [1, 300])
def test_utf16_without_a_mark(language: str, name: str, lines: int) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    written = export(language if language in TEXTS else "ru", lines, random.Random(seed))
    text, read = found_in(written.encode(name), language)
    assert (text.written, text.bom, text.evidence.by, read) == (name, False, "guess", written)


def test_half_a_character_of_utf16_is_refused_at_its_line() -> None:
    error = refused((HEADER + "1;a\r\n" * 30).encode("utf-16-le") + b"x\0\x00\xd8y\0", "de")
    assert (error.code, error.line) == ("not_text", 32)


def test_nul_bytes_that_are_no_utf16_are_refused() -> None:
    assert refused((HEADER + "1;a\r\n" * 30).encode("utf-32-le"), "de").code == "not_text"


def test_a_language_without_code_pages_says_what_to_do() -> None:
    error = refused("名;前\r\n1;東京\r\n".encode("cp932"), "hi")
    assert (error.code, error.line) == ("not_text", 1)
