"""How files quote: by the rules, or by a habit that is declared or found, and then held to."""

from __future__ import annotations

import pytest
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError

HEAD = '"code";"name";"city"\r\n'
PLAIN = "".join(f'"C{number}";"Name {number}";"Lyon"\r\n' for number in range(20))
BACKSLASH = HEAD + r'"A";"Bob \"The Builder\" Smith";"C:\\temp\\"' + "\r\n" + r'"B";"24\"";"a;b"' + "\r\n" + PLAIN
BARE = HEAD + '"A";"Bob "The Builder" Smith";"x"\r\n"B";"24" pipe";"a;b"\r\n"C";"";"two\r\nlines "here""\r\n' + PLAIN


@pytest.mark.parametrize("declared", [{}, {"inner_quotes": "backslash"}])
@pytest.mark.parametrize("size", [5, 1 << 20])
def test_quotes_behind_a_backslash(declared: dict[str, str], size: int) -> None:
    found = read(BACKSLASH.encode(), job(size, delimiter=";", **declared), late=[2])
    assert found.rows[2] == ("A", 'Bob "The Builder" Smith', "C:\\temp\\")
    assert found.rows[3] == ("B", '24"', "a;b")
    assert (len(found.rows), found.codes, found.late[0].values) == (22, [], found.rows[2])
    assert [note.startswith("Quotes inside the fields stand behind a backslash") for note in found.opened.notes] == [True] * (
        not declared
    )


@pytest.mark.parametrize("declared", [{}, {"inner_quotes": "bare"}])
@pytest.mark.parametrize("size", [5, 1 << 20])
def test_quotes_written_as_they_are(declared: dict[str, str], size: int) -> None:
    found = read(BARE.encode(), job(size, delimiter=";", **declared))
    assert found.rows[2] == ("A", 'Bob "The Builder" Smith', "x")
    assert found.rows[3] == ("B", '24" pipe', "a;b")
    assert found.rows[4] == ("C", "", 'two\r\nlines "here"')
    assert (len(found.rows), found.codes) == (23, [])
    assert [note.startswith("Quotes inside the fields are written as they are") for note in found.opened.notes] == [True] * (
        not declared
    )


def test_a_row_that_keeps_to_another_habit_is_told() -> None:
    late = "".join(f'"C{number}";"Name";"Lyon"\r\n' for number in range(20_000))
    found = read((BARE + late + '"D";"Bob ""B"" Smith";"x"\r\n').encode(), job())
    assert found.codes == [(20_026, "stray_quote")]
    found = read((BACKSLASH + late + '"D";"Bob "B" Smith";"x"\r\n').encode(), job())
    assert found.codes == [(20_024, "text_after_quote")]
    found = read((HEAD + late + r'"D";"Bob \"B\" Smith";"x"' + "\r\n").encode(), job())
    assert found.codes == [(20_002, "text_after_quote")]


def test_one_damaged_row_is_no_habit() -> None:
    found = read((HEAD + '"A";"Bob "B";"x"\r\n' + PLAIN).encode(), job())
    assert (found.codes, found.opened.notes) == ([(2, "text_after_quote")], ())


def test_backslashes_of_files_that_do_not_escape_stand_as_they_are() -> None:
    found = read((HEAD + '"A";"C:\\";"D:\\\\x\\"\r\n' + PLAIN).encode(), job())
    assert (found.rows[2], found.codes) == (("A", "C:\\", "D:\\\\x\\"), [])


def test_where_all_words_are_in_quotes_a_lone_quote_is_damage() -> None:
    for broken in (b'"A";Bob";"x"\r\n', b'"A";B"ob;"x"\r\n'):
        found = read(HEAD.encode() + broken + PLAIN.encode(), job())
        assert found.codes == [(2, "stray_quote")]
    numbers = "".join(f'"C{number}";{number};"Lyon"\r\n' for number in range(20))
    assert read((HEAD + numbers + 'A";3;"Lyon"\r\n').encode(), job()).codes == [(22, "stray_quote")]


def test_where_quotes_are_doubled_a_lone_quote_is_damage() -> None:
    found = read(b'code;name\r\nA;"24"" pipe"\r\nB;x\r\nC;24" pipe\r\nD;19"\r\n' + b"D;y\r\n" * 9000 + b'E;24" pipe\r\n', job())
    assert found.codes == []  # two habits from the start
    found = read(b'code;name\r\nA;"24"" pipe"\r\nB;x\r\n' + b"D;y\r\n" * 90_000 + b'E;24" pipe\r\n', job())
    assert found.codes == [(90_004, "stray_quote")]


def test_a_measure_in_inches_is_text_where_nothing_speaks_against_it() -> None:
    found = read(b'code;name\r\nA;24" pipe\r\nB;19"\r\n', job())
    assert list(found.rows.values()) == [("A", '24" pipe'), ("B", '19"')]


def test_single_quotes_are_found() -> None:
    data = "'code';'name'\r\n" + "".join(f"'C{number}';'Rue de l''Est; {number}'\r\n" for number in range(9))
    found = read(data.encode(), job())
    assert (found.opened.format.quote, found.rows[2]) == ("'", ("C0", "Rue de l'Est; 0"))
    assert found.opened.notes[0].startswith("The fields are in single quotes")
    plain = read(b"code;name\r\n" + b"'t Hoen;d'Arc\r\n" * 9, job())
    assert (plain.opened.format.quote, plain.rows[2]) == ('"', ("'t Hoen", "d'Arc"))


@pytest.mark.parametrize("apostrophe", ["'", "''"])
def test_single_quotes_are_found_among_apostrophes(apostrophe: str) -> None:
    """As they stand in names and measures, doubled or as they are, and in fields that are not in quotes."""
    names = ["Kids' Hat", "O'Hara, Dublin", '24" pipe', "plain, too"] * 5 + ["the girls', all"]
    rows = "".join(f"C{number},Men's,'{name.replace(chr(39), apostrophe)}','x'\r\n" for number, name in enumerate(names))
    found = read(f"code,kind,name,note\r\n{rows}".encode(), job())
    assert (found.opened.format.quote, found.opened.format.header_row) == ("'", 1)
    kept = [row for row in found.rows.values() if row[1] == "Men's" and row[2] in names]
    assert len(kept) == len(found.rows) == (21 if apostrophe == "''" else 20)
    assert [line for line, _ in found.codes] == ([] if apostrophe == "''" else [22])


def test_a_file_that_quotes_nothing() -> None:
    data = b'code;name\r\nA;"Smith" & Co\r\nB;"The" shop\r\nC;x\r\n'
    found = read(data, job())
    assert (found.opened.format.quote, found.rows[2]) == (None, ("A", '"Smith" & Co'))
    assert found.opened.notes[0].startswith("No field is in quotes")
    assert [code for _, code in read(data, job(quote='"')).codes] == ["text_after_quote"] * 2


@pytest.mark.parametrize("delimiter", ["~", "^", "\x1f", "\x1e", "\x01", "#", ":"])
def test_rare_delimiters(delimiter: str) -> None:
    data = "".join(delimiter.join(cells) + "\r\n" for cells in [("code", "name", "city")] + [("A", '"x"', "Lyon")] * 9)
    found = read(data.encode(), job())
    assert (found.opened.format.delimiter, found.rows[2]) == (delimiter, ("A", "x", "Lyon"))


@pytest.mark.parametrize("size", [5, 1 << 20])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_behind_spaces(quote: str, size: int) -> None:
    rows = ['"A", "Rue d\\Est, 5", "Lyon"', '"B", "said ""yes"", twice", ""', '"C", """No""", "two\r\nlines, ""x"", y"']
    more = ['"D", 5, "a"', '"E", "broken" x, "Lyon"', '"F", "x", "y"', ""]
    data = "\r\n".join(['"code", "name", "city"', *rows, *more]).replace('"', quote)
    found = read(data.encode(), job(size, quote=quote))
    assert [tuple(cell.strip().replace(quote, '"') for cell in row) for row in found.rows.values()] == [
        ("A", "Rue d\\Est, 5", "Lyon"), ("B", 'said "yes", twice', ""), ("C", '"No"', 'two\r\nlines, "x", y'), ("D", "5", "a"),
        ("F", "x", "y"),
    ]  # fmt: skip
    assert (found.opened.columns, found.codes) == (("code", "name", "city"), [(7, "text_after_quote")])
    assert found.opened.notes[0].startswith("The quotes of the fields stand behind spaces")


def test_a_space_before_a_quote_is_text_where_it_is_no_habit() -> None:
    found = read((HEAD + '"A";"x; ""y""";"Lyon"\r\n' + PLAIN + '"B"; "x";"Lyon"\r\n').encode(), job())
    assert (found.rows[2][1], found.codes) == ('x; "y"', [(23, "stray_quote")])


def test_times_of_day_divide_nothing() -> None:
    assert read(b"opened\r\n10:30\r\n11:45\r\n", job()).rows == {2: ("10:30",), 3: ("11:45",)}


def test_a_quote_that_is_the_delimiter_is_refused() -> None:
    with pytest.raises(ValueError, match="they must differ"):
        read(b"a", job(delimiter="'", quote="'"))
    with pytest.raises(SenderError):
        read(b"", job(inner_quotes="bare"))
