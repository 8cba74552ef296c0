"""Exported rows for people: a workbook, a PDF or a document in the tenant's language, with sums by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import closing
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path

from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.feed import Feed
from nightclerk.core.printout import MOST_CELLS, PrintedColumn, Printout, Sum
from nightclerk.core.reading import Cell
from nightclerk.desk.export import Asked, Desk, Exported, wanted
from nightclerk.letters.field_words import field_words, table_words
from nightclerk.letters.language import Language, language_for
from nightclerk.letters.notation import Notation

_EXACT = Context(prec=60)
Portions = Generator[list[list[Cell]]]


def write_for_readers(desk: Desk, asked: Asked, path: Path) -> Exported:
    """Given what is asked, and where to write it; writes it. Raises OperatorError where there is more than can be laid out."""
    language = language_for(asked.tenant.language, asked.tenant.timezone)
    notation = Notation(language)
    columns = _columns(asked, language)
    sums = Sums(asked.entity, tuple(column.field for column in columns))
    with closing(desk.target.rows(wanted(asked, sums.fields))) as portions:
        if asked.kind == "xlsx":
            rows = _workbook(desk, asked, path, _printout(desk, asked, columns, language, None), notation, sums, portions)
            return Exported(rows, "xlsx")
        texts = _texts(asked.kind, columns, notation, sums, portions)
    printout = _printout(desk, asked, columns, language, len(texts))
    titles = {column.field: column.title for column in columns}
    told = [(titles[one.field], one.currency, notation.amount(one.amount)) for one in sums.found()]
    if asked.kind == "pdf":
        from nightclerk.formats.export_pages import pages

        pages(path, printout, asked.tenant.name, texts, told)
    else:
        from nightclerk.formats.export_document import document

        document(path, printout, asked.tenant.name, texts, told, desk.now)
    return Exported(len(texts), asked.kind)


class Sums:
    """Sums of money by column and currency. fields: those to be read, the columns first, then what only the sums need."""

    def __init__(self, entity: Entity, columns: Sequence[str]) -> None:
        self._money = [name for name in columns if entity.fields[name].type == "money"]
        named = {name: entity.fields[name].currency or "" for name in self._money}
        self._currency = {name: field for name, field in named.items() if field in entity.fields}
        self._fixed = {name: code for name, code in named.items() if code not in entity.fields}
        self.fields = (*columns, *dict.fromkeys(field for field in self._currency.values() if field not in columns))
        self._sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def add(self, portion: Sequence[Sequence[Cell]]) -> None:
        """Given a portion of ``fields``; adds it up. What is no number is left aside."""
        cells = dict(zip(self.fields, portion, strict=True))
        for name in self._money:
            fixed = self._fixed.get(name, "")
            codes: Sequence[Cell] = cells[self._currency[name]] if name in self._currency else [fixed] * len(cells[name])
            for amount, code in zip(cells[name], codes, strict=True):
                if amount is not None:
                    self._add((name, str(code or "")), str(amount))

    def _add(self, key: tuple[str, str], amount: str) -> None:
        try:
            self._sums[key] = _EXACT.add(self._sums[key], Decimal(amount))
        except InvalidOperation:
            return

    def found(self) -> list[Sum]:
        """The sums, by column and currency."""
        return [Sum(name, code, f"{self._sums[name, code]:f}") for name, code in sorted(self._sums, key=self._place)]

    def _place(self, key: tuple[str, str]) -> tuple[int, str]:
        return self._money.index(key[0]), key[1]


def _columns(asked: Asked, language: Language) -> list[PrintedColumn]:
    chosen = asked.choice.columns or tuple(asked.entity.fields)
    feed = asked.feed or next((feed for feed in asked.tenant.feeds if feed.entity == asked.entity.entity), None)
    return [PrintedColumn(title_of(name, feed, language), name, asked.entity.fields[name].type) for name in chosen]


def title_of(field: str, feed: Feed | None, language: Language) -> str:
    """Given a field and a feed that reads its entity, if one does; returns what its tenant's own people call it: the header that
    the field alone is read from, else the field's name as words, in their language if it is a shipped one."""
    rule = feed.mapping.get(field) if feed is not None else None
    if feed is not None and rule is not None and rule.source and rule.join is None and feed.format.kind != "xml":
        header = rule.source[0].strip()
        if not header.isdigit():
            return header
    return field_words(field, language)


def _printout(desk: Desk, asked: Asked, columns: Sequence[PrintedColumn], language: Language, rows: int | None) -> Printout:
    _ = language.gettext
    order = ", ".join(("-" if one.descending else "") + one.field for one in asked.choice.order)
    about = [
        (_("Tenant"), asked.tenant.name),
        (_("Filter"), asked.written or ""),
        (_("Order"), order),
        (_("As of"), language.moment(desk.now)),
        (_("Rows"), "" if rows is None else language.number(rows)),
    ]
    title = table_words(asked.entity.table, language)
    words = {"page": _("Page {n} of {of}"), "sum": _("Sum"), "line": _("%(word)s: %(said)s")}
    return Printout(title, tuple((word, said) for word, said in about if said), tuple(columns), words, language.tag)


def _workbook(
    desk: Desk, asked: Asked, path: Path, printout: Printout, notation: Notation, sums: Sums, portions: Portions
) -> int:
    from nightclerk.formats.export_sheet import MOST_ROWS, ReaderSheet

    sheet = ReaderSheet(path, printout, desk.now, notation.local)
    for portion in portions:
        if sheet.rows + len(portion[0]) > MOST_ROWS:
            raise OperatorError(f"A sheet of a workbook holds {MOST_ROWS:,} rows, and there are more. Choose fewer with --where.")
        sums.add(portion)
        sheet.add(portion[: len(printout.columns)])
    sheet.finish(sums.found())
    return sheet.rows


def _texts(
    kind: str, columns: Sequence[PrintedColumn], notation: Notation, sums: Sums, portions: Portions
) -> list[tuple[str, ...]]:
    """Returns the rows as readers read them. There are so few of them that they fit into memory."""
    writers = [notation.of(column.type) for column in columns]
    texts: list[tuple[str, ...]] = []
    for portion in portions:
        sums.add(portion)
        cells = [[write(cell) for cell in column] for write, column in zip(writers, portion, strict=False)]
        texts += zip(*cells, strict=True)
        if len(texts) * len(columns) > MOST_CELLS:
            raise OperatorError(
                f"A {kind} file holds at most {MOST_CELLS:,} cells, which is {MOST_CELLS // len(columns):,} rows of "
                f"{len(columns)} columns, and there are more. Choose fewer with --columns or --where, or export a workbook with "
                "--as xlsx."
            )
    return texts
