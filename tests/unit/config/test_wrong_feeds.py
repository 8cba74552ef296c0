# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a wrong feed: place, path and sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, problems_of

#: A feed's lines below its name, pattern, entity and (where no mapping is given) its mapping → the problems. They begin at line 7.
FEEDS = [
    ("entity: custmer\nmapping: {code: Code}", ['7:13  feeds[0].entity: no entity "custmer"; did you mean "customer"?']),
    ("entity: zebra\nmapping: {code: Code}", ['7:13  feeds[0].entity: no entity "zebra"; the entities are: customer.']),
    ("mapping: {code: C, name: N}\ndates: [auto, '%d/%m/%Y']", [
        "10:12  feeds[0].dates: auto finds one way to write dates by itself; let it stand alone, or take it out.",
    ]),
    ("mapping: {code: C, name: N}\ndecimal: auto\nthousands: ' '", [
        "11:16  feeds[0].thousands: decimal: auto finds the thousands mark as well; take thousands out.",
    ]),
    ("mapping: {code: C, name: N, active: {constant: maybe}, email: {from: E, dates: ['%d']}, since: {form: S}}\nabsent: gone\ndates: ['%q']", [
        "9:52  feeds[0].mapping.active.constant: 'maybe' says neither yes nor no; write true or false.",
        "9:84  feeds[0].mapping.email.dates: dates is for date and datetime; this field is email.",
        '9:101  feeds[0].mapping.since.form: no key "form" here; did you mean "from"?',
        '10:13  feeds[0].absent: this must be keep, clear or deactivate, not "gone".',
        "11:13  feeds[0].dates[0]: '%q' holds %q, which is not read; use %d %m %Y %y %b %B, for times %H %I %M %S %p %f %z.",
    ]),
    ("mapping: {code: C, name: N, balance: {from: B, thousands: '.'}}\ndecimal: ';'\nabsent: gone", [
        '10:14  feeds[0].decimal: this must be ".", "," or auto, not ";".',
        '11:13  feeds[0].absent: this must be keep, clear or deactivate, not "gone".',
    ]),
    ("mapping: {}", ["9:14  feeds[0].mapping: at least one must be given here."]),
    ("mapping: {code: C, name: N, emial: E}", ['9:33  feeds[0].mapping.emial: no field "emial" in entity customer; did you mean "email"?']),
    ("mapping: {code: C, name: N, credit_limit: L}", [
        "9:33  feeds[0].mapping.credit_limit: credit_limit belongs to the application, so an import never writes it; "
        "take this line out, or put it in ignore.",
    ]),
    ("mapping: {name: N}", [
        "9:14  feeds[0].mapping: the key of entity customer is not mapped, and without it no row can be found: code.",
    ]),
    ("mapping: {code: C}", ["9:14  feeds[0].mapping: what entity customer requires is not mapped and has no default: name."]),
    ("mapping: {code: C}\nmode: update_only", [
        "10:11  feeds[0].mode: only the key is mapped, so that update_only has nothing to update.",
    ]),
    ("mapping: {code: C, name: N, balance: B}", [
        "9:42  feeds[0].mapping.balance: the currency of balance stands in currency, which is neither mapped nor has a default; "
        "map it, as in currency: {constant: EUR}.",
    ]),
    ("mapping: {code: C, name: {form: N}}", ['9:31  feeds[0].mapping.name.form: no key "form" here; did you mean "from"?']),
    ("mapping: {code: C, name: {source: N}}", [
        '9:31  feeds[0].mapping.name.source: no key "source" here; the keys here are blank, case, collapse_spaces, conflict, constant, '
        "content, credit, dates, decimal, doubled_hour, extract, first_of, from, grouping, join, membership, pad, round, split, thousands, unknown_reference and values.",
    ]),
    ("mapping: {code: C, name: N}\nformat: {sheet: Clients}", [
        '10:14  feeds[0].format.sheet: no key "sheet" here; it stands one level up, beside format.',
    ]),
    ("mapping: {code: C, name: N}\nencoding: cp1252", [
        '10:5  feeds[0].encoding: no key "encoding" here; it stands one level down, under format.',
    ]),
    ("mapping: {code: C, name: N}\nformat: {kind: xlsx, delimiter: x}", [
        '10:26  feeds[0].format.delimiter: no key "delimiter" here; the keys here are comment_column, comments, continuation, '
        "description_row, footer, header_row, header_rows, kind and totals.",
    ]),
    ("mapping: {code: C, name: N}\nformat: {columns: {A: 1-4}, rows: 3}", [
        '10:33  feeds[0].format.rows: no key "rows" here; the keys here are columns, comment_column, comments, continuation, '
        "encoding, footer, header_row, kind, record_length and totals.",
    ]),
    ("mapping: {code: C, name: {}}", [
        "9:30  feeds[0].mapping.name: give exactly one of from, first_of and constant, as in {from: Code client}.",
    ]),
    ("mapping: {code: C, name: {from: N, constant: x}}", [
        "9:30  feeds[0].mapping.name: give exactly one of from, first_of and constant, as in {from: Code client}.",
    ]),
    ("mapping: {code: C, name: true}", ["9:30  feeds[0].mapping.name: this must be a column's header, a list of its spellings, or keys such as {from: Code client}."]),
    ("mapping: {code: C, name: {constant: [1]}}", [
        "9:41  feeds[0].mapping.name.constant: this must be text, a whole number or true or false, not a list, as in FR.",
    ]),
    ("mapping: {code: C, name: {from: N, join: x}}", [
        '9:46  feeds[0].mapping.name.join: join needs two or more columns in from, as in {from: [Rue, Rue 2], join: ", "}.',
    ]),
    ("mapping: {code: C, name: {from: N, pad: {with: x}}}", [
        "9:45  feeds[0].mapping.name.pad.to: this key is missing; write it as in to: 8.",
    ]),
    ("mapping: {code: C, name: {from: N, case: uper}}", [
        '9:46  feeds[0].mapping.name.case: this must be upper or lower, not "uper"; did you mean "upper"?',
    ]),
    ("mapping: {code: C, name: {from: N, decimal: ','}}", [
        "9:49  feeds[0].mapping.name.decimal: decimal is for decimal, money and integer; this field is text.",
    ]),
    ("mapping: {code: C, name: N, active: {from: A, values: {'0': maybe}}}", [
        "9:65  feeds[0].mapping.active.values.0: 'maybe' says neither yes nor no; write true or false.",
    ]),
    ("mapping: {code: C, name: N, active: {from: A, values: {x: true, X: false}}}", [
        "9:72  feeds[0].mapping.active.values.X: the same text, but for its case, means something else above; case does not matter here.",
    ]),
    ("mapping: {code: C, name: N, payment_days: {constant: 400}}", [
        "9:58  feeds[0].mapping.payment_days.constant: 400 is greater than 365, the most allowed.",
    ]),
    ("mapping: {code: C, name: N, currency: {constant: EURO}}", [
        "9:54  feeds[0].mapping.currency.constant: 'EURO' is not a currency code; write three letters, as in EUR.",
    ]),
    ("mapping: {code: C, name: N, currency: {constant: EUR, case: upper}}", [
        "9:65  feeds[0].mapping.currency.case: case has nothing to do beside a constant; take one of the two out.",
    ]),
    ("mapping: {code: C, name: {from: N, blank: keep}}", [
        "9:47  feeds[0].mapping.name.blank: this field is required in every row, so that an empty cell rejects the row; take blank out.",
    ]),
    ("mapping: {code: C, name: N, email: {from: E, blank: keep}}\nmode: create_only", [
        "9:57  feeds[0].mapping.email.blank: blank is about rows that are known already, and create_only never touches them; take it out.",
    ]),
    ("mapping: {code: {from: C, conflict: never}, name: {from: N, conflict: fill}}", [
        '9:75  feeds[0].mapping.name.conflict: this must be overwrite, fill_empty, keep_local_edits or never, not "fill".',
    ]),
    ("mapping: {code: {from: C, conflict: never}, name: {from: N, conflict: never}}", [
        "9:41  feeds[0].mapping.code.conflict: the key of a known row is never another one; take conflict out.",
    ]),
    ("mapping: {code: C, name: N, email: {from: E, blank: default}, active: {from: M, blank: clear}}", [
        "9:57  feeds[0].mapping.email.blank: the entity gives this field no default; write one there, or take keep or clear.",
    ]),
    ("conflict: never\nmode: create_only", [
        "10:15  feeds[0].conflict: conflict is about rows that are known already, and create_only never touches them; take one of the two out.",
    ]),
    ("blank: clear\nmode: create_only", [
        "10:12  feeds[0].blank: blank is about rows that are known already, and create_only never touches them; take one of the two out.",
    ]),
    ("mapping: {code: C, name: N, since: {from: S, dates: '%d/%m'}}", [
        "9:57  feeds[0].mapping.since.dates: '%d/%m' must hold the year once, as %Y or %y, or the feed must give it, as in year: 2026.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: DD.MM.YYYY", [
        "10:12  feeds[0].dates[0]: 'DD.MM.YYYY' is written otherwise here: '%d.%m.%Y'.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: Excel", [
        "10:12  feeds[0].dates[0]: 'Excel' is written otherwise here: 'excel'.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: ['%d/%m/%Y', '%Q']", [
        "10:25  feeds[0].dates[1]: '%Q' holds %Q, which is not read; use %d %m %Y %y %b %B, for times %H %I %M %S %p %f %z.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: ['%d/%m/%Y', '%m/%d/%Y']", [
        "10:12  feeds[0].dates: '%d/%m/%Y' and '%m/%d/%Y' read '05/04/2003' as different days; give only one of them.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: [excel, excel1904]", [
        "10:12  feeds[0].dates: excel and excel1904 read one number as different days; give only one of them.",
    ]),
    ("mapping: {code: C, name: N, since: S}\ndates: ['%d%m%y', excel]", [
        "10:12  feeds[0].dates: '%d%m%y' and 'excel' read '101211' as different days; give only one of them.",
    ]),
    ("mapping: {code: C, name: {from: N, extract: '(?<=TVA )FR[0-9]+'}}", [
        "9:49  feeds[0].mapping.name.extract: '(?<=TVA )FR[0-9]+' is not read from its sign 1 on: it looks ahead or behind, which no "
        'engine does in a sure time; match what stands around it and put parentheses around the part that is wanted, as in "TVA '
        '(FR[0-9]{11})".',
    ]),
    ("mapping: {code: C, name: {from: N, extract: '(a)\\1'}}", [
        "9:49  feeds[0].mapping.name.extract: '(a)\\\\1' is not read from its sign 4 on: it refers back to what a group matched, which no "
        "engine does in a sure time; write out what may stand there.",
    ]),
    ("mapping: {code: C, name: {from: N, extract: '(FR'}}", [
        "9:49  feeds[0].mapping.name.extract: '(FR' is no regular expression from its sign 1 on: missing ), unterminated subpattern.",
    ]),
    ("mapping: {code: C, name: {from: N, round: true}}", [
        "9:47  feeds[0].mapping.name.round: round is for decimal and money; this field is text.",
    ]),
    ("mapping: {code: C, name: N, balance: {from: B, values: {a: 1}, round: true, credit: positive}, currency: X}", [
        "9:75  feeds[0].mapping.balance.round: round has nothing to do beside values, which are looked up as they are written; take "
        "one of the two out.",
        "9:89  feeds[0].mapping.balance.credit: credit has nothing to do beside values, which are looked up as they are written; take "
        "one of the two out.",
    ]),
    ("mapping: {code: C, name: {constant: N, extract: x}}", [
        "9:53  feeds[0].mapping.name.extract: extract has nothing to do beside a constant; take one of the two out.",
    ]),
    ("decimal: ','\nthousands: ','", ['11:16  feeds[0].thousands: "," is the decimal mark; they must differ.']),
    ("thousands: '0'", ['10:16  feeds[0].thousands: "0" cannot part thousands; write one sign, as in " " or ".".']),
    ("mapping: {code: C, name: N, currency: X, balance: {from: B, decimal: ' '}}", [
        '9:74  feeds[0].mapping.balance.decimal: this must be ".", "," or auto, not " ".',
    ]),
    ("thousands: ','\nmapping: {code: C, name: N, currency: X, balance: {from: B, decimal: ','}}", [
        '10:74  feeds[0].mapping.balance.decimal: "," is the feed\'s thousands mark already; give both marks here.',
    ]),
    ("ignore: [' NÂME ']", ['10:14  feeds[0].ignore[0]: the mapping uses the column " NÂME ", so it cannot be ignored.']),
    ("format: {header_row: none}\nmapping: {code: 1, name: Name}", [
        '10:30  feeds[0].mapping.name: without a header the columns are 1, 2, 3 and so on, and "Name" is none of them.',
    ]),
    ("format: {header_row: 0}", ["10:26  feeds[0].format.header_row: this must be at least 1."]),
    ("format: {header_row: first}", ['10:26  feeds[0].format.header_row: this must be a whole number, auto or none, not "first".']),
    ("format: {kind: xslx}", ['10:20  feeds[0].format.kind: no kind "xslx" here; there are delimited, fixed_width, xlsx, xls, ods, dbf and xml.']),
    ("format: {kind: xlsx, encoding: utf-8}", [
        '10:26  feeds[0].format.encoding: no key "encoding" here; the keys here are comment_column, comments, continuation, '
        "description_row, footer, header_row, header_rows, kind and totals.",
    ]),
    ("format: {kind: xls, header_row: 0}", ["10:37  feeds[0].format.header_row: this must be at least 1."]),
    ("sheet: Clients", [
        "10:12  feeds[0].sheet: only workbooks have sheets, and this feed reads delimited text; take sheet out, or write "
        "format: {kind: xlsx}.",
    ]),
    ("members: clients*.csv", [
        "10:14  feeds[0].members: only zip archives have members, and these files are no archives; take members out, or have files"
        " end in .zip.",
    ]),
    ("sheet: 0\nformat: {kind: ods}", ["10:12  feeds[0].sheet: this must be at least 1."]),
    ("format: {kind: xlsx}\ndates: '%Y-%d-%m'\nmapping: {code: C, name: N, since: S}", [
        "10:12  feeds[0].dates: '%Y-%d-%m' and '%Y-%m-%d' read '2003-05-04' as different days; give only one of them.",
    ]),
    ("format: {kind: xlsx}\nmapping: {code: C, name: N, currency: X, balance: B, payment_days: {from: ' b', decimal: ','}}", [
        '10:94  feeds[0].mapping.payment_days.decimal: another field reads the column " b" with another decimal mark; give both '
        "the same one.",
    ]),
    ("format: {encoding: utf-9}", ['10:24  feeds[0].format.encoding: no encoding "utf-9"; use a Python codec name, as in utf-8 or cp1252.']),
    ("format: {encoding: base64}", [
        '10:24  feeds[0].format.encoding: "base64" is not an encoding of text; use a Python codec name, as in utf-8 or cp1252.',
    ]),
    ("format: {delimiter: ';;'}", [
        "10:25  feeds[0].format.delimiter: a delimiter is one ASCII character that is no letter, digit, quote or line end; "
        'a tab is written "\\t".',
    ]),
    ("format: {delimiter: t}", [
        "10:25  feeds[0].format.delimiter: a delimiter is one ASCII character that is no letter, digit, quote or line end; "
        'a tab is written "\\t".',
    ]),
    ("format: {quote: \"'\", delimiter: \"'\"}", ["10:37  feeds[0].format.delimiter: \"'\" is the quote; they must differ."]),
    ("mapping: {code: {from: C, blank: keep}, name: N}", ["9:38  feeds[0].mapping.code.blank: an empty cell in the key rejects the row; take blank out."]),
    ("max_rows:", ["10:14  feeds[0].max_rows: nothing is written here; write a value, or take this line out."]),
    ("ignore: [A, , B]", ['10:17  a value is missing here, before this comma or bracket.']),
    ("files: *.csv", ["7:12  a text that begins with *, & or ! must be in quotes."]),
    ("files: &.csv", ["7:12  a text that begins with *, & or ! must be in quotes."]),
    ("files: !.csv", ["7:12  feeds[0].files: tags (the word with !) are not used here; put texts in quotes instead."]),
    ("tolerate: {rejected: 5}", ['10:26  feeds[0].tolerate.rejected: "5" is not a share; write a percentage, as in 5%.']),
    ("tolerate: {rejected: 500%}", ['10:26  feeds[0].tolerate.rejected: "500%" is not a share; write a percentage, as in 5%.']),
    ("tolerate: {at_least_rows: 9}\nmax_rows: 5", ["11:15  feeds[0].max_rows: this is less than tolerate.at_least_rows, which is 9."]),
    ("max_rows: many", ['10:15  feeds[0].max_rows: this must be a whole number, not "many", as in 25000.']),
    ("preset: my-dso-maneger", ['10:13  feeds[0].preset: no preset "my-dso-maneger"; did you mean "my-dso-manager"?']),
    ("files: export/*.csv", [
        "7:12  feeds[0].files: write the files' names without a folder: only files directly in the drop folder are taken.",
    ]),
    ("files: '*.tmp'", [
        '7:12  feeds[0].files: these names count as temporary ("*.tmp" in ready.temporary), so that they are never taken.',
    ]),
]  # fmt: skip


def feed(lines: str) -> str:
    """Given some lines of a feed; returns it whole: the other lines that it must have stand before or after them."""
    given = [line.partition(":")[0] for line in lines.split("\n")]
    rest = {"files": "'clients_*.csv'", "entity": "customer", "mapping": "{code: Code, name: Name}"}
    first = [f"{key}: {value}" for key, value in rest.items() if key not in given]
    body = lines.split("\n")
    at_head = [line for line in body if line.startswith(("files:", "entity:"))]
    body = [line for line in body if line not in at_head]
    return "feeds:\n  - feed: clients\n" + "".join(f"    {line}\n" for line in [*at_head, *first, *body])


@pytest.mark.parametrize(("lines", "expected"), FEEDS, ids=[str(n) for n in range(len(FEEDS))])
def test_what_is_wrong_in_a_feed(tmp_path: Path, lines: str, expected: list[str]) -> None:
    found = problems_of(tmp_path, HEAD + feed(lines))
    assert [f.partition("  ")[2] for f in found] == [e.partition("  ")[2] for e in expected]
    assert found == expected


def test_names_that_are_those_of_done_files(tmp_path: Path) -> None:
    text = HEAD + 'ready: {done_file: "{stem}.csv"}\n' + FEED
    assert problems_of(tmp_path, text) == [
        '8:12  feeds[0].files: these names are those of done files ("{stem}.csv" in ready.done_file), so that they are never taken.'
    ]
