from __future__ import annotations

import tracemalloc
from datetime import date, datetime, timedelta
from decimal import Context, Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from nightclerk.core.profile import ColumnProfile, Profile

EXACT = Context(prec=200)


def profile_of(*columns: list[str], block: int = 1000) -> tuple[ColumnProfile, ...]:
    """Takes columns in, in blocks of so many rows; the first row starts in line 2."""
    profile = Profile(len(columns))
    for first in range(0, len(columns[0]), block):
        cells = [column[first : first + block] for column in columns]
        profile.add(list(range(first + 2, first + 2 + len(cells[0]))), cells)
    return profile.columns()


def one(cells: list[str], block: int = 1000) -> ColumnProfile:
    return profile_of(cells, block=block)[0]


# Sums


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Decimal, int]:
    """An amount and how many decimals are written."""
    decimals = draw(st.integers(0, 12))
    digits = draw(st.integers(-(10**14), 10**14))
    return Decimal(digits).scaleb(-decimals, EXACT), decimals


def written(amount: Decimal, decimals: int, mark: str, thousands: str, dress: str) -> str:
    plain = f"{abs(amount):,.{decimals}f}"
    text = plain.replace(",", "\0").replace(".", mark).replace("\0", thousands)
    if amount < 0:
        return {"before": f"-{text}", "after": f"{text}-", "around": f"({text})", "euro": f"-{text} €", "dollar": f"(${text})"}[
            dress
        ]
    return {"euro": f"{text} EUR", "dollar": f"${text}"}.get(dress, text)


@settings(max_examples=examples(90), deadline=None)
@given(
    st.lists(amounts(), min_size=1, max_size=30),
    st.sampled_from([(".", ","), (".", ""), (".", "'"), (",", "."), (",", " "), (",", "\u202f"), (",", "")]),
    st.sampled_from(["before", "after", "around", "euro", "dollar"]),
    st.integers(1, 30),
)
def test_a_sum_is_exact_in_the_columns_own_writing(
    numbers: list[tuple[Decimal, int]], marks: tuple[str, str], dress: str, block: int
) -> None:
    found = one([written(amount, decimals, *marks, dress) for amount, decimals in numbers], block)
    expected = Decimal(0)
    for amount, _ in numbers:
        expected = EXACT.add(expected, amount)
    assume(found.kind != "date")  # eight digits may all be days
    assert found.kind in {"integer", "decimal"}
    if found.undecided is not None:
        assert found.total is None
        assert found.undecided.sums[".,".index(marks[0])] == expected
    else:
        assert found.total == expected


def test_sums_beyond_any_float_and_any_integer_of_64_bits() -> None:
    nines = "9" * 18
    assert one([nines] * 30).total == 30 * Decimal(nines)
    assert one(["0.1"] * 10 + ["44944.560000000000641"]).total == Decimal("44945.560000000000641")
    assert one(["12345678901234567890.5", "0.25"]).total == Decimal("12345678901234567890.75")


def test_a_number_longer_than_any_amount_is_text() -> None:
    assert one(["1" * 34, "2"]).kind == "text"


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["1.234,56", "7"], "1241.56"),
        (["1,234.56", "7"], "1241.56"),
        (["1 234", "-1 000"], "234"),
        (["1,234,567", "1"], "1234568"),
        (["1'234.50", "(34.50)"], "1200.00"),
        (["$13.50", "$-3.50", "USD 2"], "12.00"),
        ([".5", "1."], "1.5"),
        (["0.125", "0.250"], "0.375"),
        (["-5", "+5"], "0"),
        (["0.00", "0.00"], "0.00"),
    ],
)
def test_amounts_as_they_are_written(cells: list[str], total: str) -> None:
    found = one(cells).total
    assert found is not None
    assert f"{found:f}" == total


def test_an_amount_that_reads_in_two_ways_is_never_guessed() -> None:
    found = one(["1,234", "12", "5,678"])
    assert (found.kind, found.total) == ("decimal", None)
    assert found.undecided is not None
    assert found.undecided.at == (2, "1,234")
    assert found.undecided.readings == ("1234", "1.234")
    assert found.undecided.sums == (Decimal(6924), Decimal("18.912"))


@pytest.mark.parametrize(("proof", "total"), [("1,234.5", "6171234.5"), ("1234,5", "7404.5")])
def test_one_cell_proves_the_writing_of_all_even_far_below(proof: str, total: str) -> None:
    found = one(["1,234"] * 5000 + [proof], block=700)
    assert (found.kind, found.total, found.undecided) == ("decimal", Decimal(total), None)


# Types

DAYS = st.dates(date(1970, 1, 1), date(2068, 12, 31))
COLUMNS = {
    "integer": st.integers(-(10**12), 10**12).filter(lambda n: abs(n) < 10**7).map(str),
    "decimal": st.decimals(-(10**9), 10**9, places=2).map(str),
    "date": DAYS.map(lambda day: day.strftime("%d.%m.%Y")),
    "datetime": st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2068-12-31")).map(
        lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    ),
    "email": st.integers(0, 10**6).map(lambda n: f"contact{n}@client{n % 97}.example"),
    "url": st.integers(0, 10**6).map(lambda n: f"https://www.client{n}.example/x?y={n}"),
    "text": st.text("abcdefghijkl é-/", min_size=3, max_size=20).map(lambda text: f"z {text}"),
}


@settings(max_examples=examples(25), deadline=None)
@given(st.data(), st.sampled_from(sorted(COLUMNS)), st.integers(1, 50), st.booleans())
def test_a_column_of_one_kind_is_told_as_that(data: st.DataObject, kind: str, block: int, padded: bool) -> None:
    cells = data.draw(st.lists(COLUMNS[kind], min_size=1, max_size=60))
    shown = [f"  {cell} \u00a0" if padded else cell for cell in cells] + ["", " "]
    found = one(shown, block)
    assert found.kind == kind
    assert (found.filled, found.longest) == (len(cells), max(len(cell.strip()) for cell in cells))
    assert found.example == (2, cells[0].strip())
    assert found.mixed is None


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["", " ", "\u00a0"], "empty"),
        (["Oui", "Non", "oui"], "boolean"),
        (["TRUE", "TRUE"], "boolean"),
        (["S", "N"], "boolean"),
        (["S", "S"], "text"),
        (["X", ""], "text"),
        (["0", "1", "1"], "integer"),
        (["0"], "integer"),
        (["00000007", "12"], "text"),
        (["0012,50", "3,00"], "decimal"),
        (["1E464", "1E5"], "text"),
        (["NA", "null"], "text"),
        (["200011-", "1-"], "integer"),
        (["20260101", "20261231"], "date"),
        (["20260101", "00000000"], "date"),
        (["00000000", "00000000"], "text"),
        (["20261301", "20260101"], "integer"),
        (["2026-01-01 10:00", "2026-01-02"], "datetime"),
        (["1/26/2013 9:05 PM"], "datetime"),
        (["2026-01-01 25:00"], "text"),
        (["31/02/2026"], "text"),
        (["21-Nov-2026"], "date"),
    ],
)
def test_types_at_the_edges(cells: list[str], kind: str) -> None:
    assert one(cells).kind == kind


def test_a_day_above_twelve_decides_which_part_is_the_month() -> None:
    american = one(["4/6/2013"] * 2000 + ["1/26/2013"], block=300)
    assert (american.dates, american.undecided_date) == (("%m/%d/%Y",), None)
    european = one(["04/06/2013", "26/01/2013"])
    assert (european.dates, european.undecided_date) == (("%d/%m/%Y",), None)


def test_a_date_that_reads_in_two_ways_is_told_with_both() -> None:
    found = one(["05/05/2026", "", "03/04/2026"])
    assert found.kind == "date"
    assert found.undecided_date is not None
    assert found.undecided_date.at == (4, "03/04/2026")
    assert found.undecided_date.formats == ("%d/%m/%Y", "%m/%d/%Y")
    assert found.undecided_date.readings == (date(2026, 4, 3), date(2026, 3, 4))


def test_days_that_are_the_same_either_way_are_no_doubt() -> None:
    assert one(["05/05/2026", "01/01/2026"]).undecided_date is None


# What speaks against a kind


def test_a_column_mostly_of_one_kind_names_the_first_other_cell() -> None:
    found = one(["12.5"] * 95 + ["n/a"] + ["1"] * 4, block=10)
    assert (found.kind, found.total) == ("text", None)
    assert found.mixed == ("decimal", 99, (97, "n/a"))
    assert one(["12"] * 90 + ["n/a"] * 10).mixed is None
    assert one(["12"] * 91 + ["n/a"] * 9).mixed == ("integer", 91, (93, "n/a"))


def test_two_formats_of_dates_are_mixed() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=at)).strftime("%d/%m/%Y") for at in range(300)]
    assert one([*days, "2026-02-03"]).mixed == ("date", 300, (302, "2026-02-03"))


def test_codes_that_begin_with_zeros_are_text_and_counted() -> None:
    found = one(["12", "007", "0", "08"])
    assert (found.kind, found.total, found.mixed) == ("text", None, None)
    assert found.zeros == (2, (3, "007"))
    assert one(["12", "0", "0.5"]).zeros is None


def test_a_total_that_stands_alone_among_the_rows_is_seen() -> None:
    rows = [["a", "b", "c", "", ""], ["x", "y", "z", "", ""], ["1.50", "2.00", "-0.50", "", "3.00"]]
    assert profile_of(*rows)[2].stray_total == (6, "3.00")
    rows[2][-1] = "3.01"
    assert profile_of(*rows)[2].stray_total is None


def test_no_columns_and_no_rows() -> None:
    assert Profile(0).columns() == ()
    assert Profile(2).columns()[1].kind == "empty"
    empty = Profile(1)
    empty.add([], [[]])
    assert empty.columns()[0].kind == "empty"


def test_memory_does_not_grow_with_the_rows() -> None:
    profile = Profile(3)
    cells = [[f"name {at}" for at in range(2000)], ["1 234,50"] * 2000, [""] * 2000]
    for _ in range(3):
        profile.add(list(range(2000)), cells)
    tracemalloc.start()
    try:
        before = tracemalloc.take_snapshot()
        for _ in range(30):
            profile.add(list(range(2000)), cells)
        grown = sum(
            one.size_diff
            for one in tracemalloc.take_snapshot().compare_to(before, "filename")
            if "nightclerk" in str(one.traceback)
        )
    finally:
        tracemalloc.stop()
    assert grown < 20_000
