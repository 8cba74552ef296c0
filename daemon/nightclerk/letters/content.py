"""What a letter says, as data: every word is chosen here, in the reader's language, and both pages only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nightclerk.core.encoding_names import called
from nightclerk.core.naming import shown
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import Report
from nightclerk.core.run import Counts, Run
from nightclerk.core.sentence import N_
from nightclerk.letters.endings import MARKS, Tone, ending_word, sentence_for, together, tone_of, worst_first
from nightclerk.letters.field_words import column_words
from nightclerk.letters.findings import Fault, Totals, control_totals, faults, notes
from nightclerk.letters.found_readings import decided, read_like
from nightclerk.letters.holding import Waiting, waiting
from nightclerk.letters.language import NP_, Language
from nightclerk.letters.parked import parked_rows
from nightclerk.letters.steps import step_after

Kind = Literal["created", "updated", "unchanged", "rejected", "parked", "held", "skipped"]

#: Kinds of faults that one letter names at most; the attached file names them all.
MOST_FAULTS = 20
#: Control totals that one run's part of a letter names at most.
MOST_TOTALS = 20

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("created", NP_("rows", "New")),
    ("updated", NP_("rows", "Changed")),
    ("unchanged", NP_("rows", "Unchanged")),
    ("rejected", NP_("rows", "Rejected")),
    ("parked", NP_("rows", "Waiting")),
    ("held", NP_("rows", "Held")),
    ("skipped", NP_("rows", "Left aside")),
)
_DELIMITERS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("vertical bar"), " ": N_("space")}
_WORKBOOKS = {
    "xlsx": N_("Excel workbook"),
    "xls": N_("Excel workbook of the old format (.xls)"),
    "ods": N_("OpenDocument spreadsheet"),
}
_PLAIN = {"fixed_width": N_("fixed-width text"), "dbf": N_("DBF table"), "xml": N_("XML")}


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the rows. width: its length in the bar in percent; all widths together are 100."""

    kind: Kind
    label: str
    number: str
    width: int
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """What the letter says of one run. whole: what all its rows and sums together are called."""

    name: str
    tone: Tone
    mark: str
    ending: str
    sentence: str
    step: str
    slices: tuple[Slice, ...]
    whole: str
    rows: str
    totals: tuple[Totals, ...]
    more_totals: str | None
    totals_add_up: str | None
    faults: tuple[Fault, ...]
    more_faults: str | None
    parked: tuple[str, ...]
    notes: tuple[str, ...]
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class Content:
    """What the letter says. facts: label and value, in the order of reading."""

    language: Language
    tone: Tone
    mark: str
    ending: str
    about: str
    sentence: str
    parts: tuple[Part, ...]
    facts: tuple[tuple[str, str], ...]
    closing: str


def content_of(report: Report, language: Language) -> Content:
    """Given a report and the language to say it in; returns what the letter says."""
    parts = tuple(_part(run, report, language) for run in worst_first(report.runs))
    names = language.listed([part.name for part in parts if part.name])
    about = f"{shown(report.tenant_name)} · {names}" if names else shown(report.tenant_name)
    tone, ending = together(report.runs, language)
    return Content(
        language=language,
        tone=tone,
        mark=MARKS[tone],
        ending=ending,
        about=about,
        sentence=parts[0].sentence if len(parts) == 1 else _several(report, language),
        parts=parts,
        facts=_facts(report, language),
        closing=language.gettext(
            "Nightclerk wrote this for %(tenant)s – if you ask about it, please name run %(runs)s.",
            tenant=shown(report.tenant_name),
            runs=_run_numbers(report, language),
        ),
    )


def _several(report: Report, language: Language) -> str:
    imported = sum(run.ending in {"imported", "imported_with_rejects"} for run in report.runs)
    if imported == 0:
        return language.ngettext(
            "%(n)s import is set up for this file. Nothing of it was imported.",
            "%(n)s imports are set up for this file. Nothing of it was imported.",
            len(report.runs),
        )
    if imported == len(report.runs):
        return language.ngettext(
            "%(n)s import reads this file and took rows of it.",
            "%(n)s imports read this file, and each of them took rows of it.",
            imported,
        )
    return language.ngettext(
        "%(n)s import reads this file; %(imported)s of them took rows of it.",
        "%(n)s imports read this file; %(imported)s of them took rows of it.",
        len(report.runs),
        imported=language.number(imported),
    )


def _part(run: Run, report: Report, language: Language) -> Part:
    tone = tone_of(run)
    most = max(3, MOST_FAULTS // len(report.runs))
    hidden = run.groups[most:]
    totals = control_totals(run, report, language) if report.show_values else ()
    unsaid = len(totals) - MOST_TOTALS
    return Part(
        name=run.feed or "",
        tone=tone,
        mark=MARKS[tone],
        ending=ending_word(run, language),
        sentence=sentence_for(run, report, language),
        step=step_after(run, report, language),
        slices=slices_of(run, language),
        whole=language.gettext("In the file") if run.waited is None else language.gettext("Had waited"),
        rows=language.number(run.counts.rows),
        totals=totals[:MOST_TOTALS],
        more_totals=language.ngettext("And %(n)s more sum.", "And %(n)s more sums.", unsaid) if unsaid > 0 else None,
        totals_add_up=_add_up_unseen(run, report, language) if run.totals and not report.show_values else None,
        faults=faults(run.groups[:most], report.show_values, language),
        more_faults=_more(hidden, report, language),
        parked=tuple(parked_rows(run, report, language)),
        notes=notes(run, report, language),
        waiting=waiting(run, report, language),
    )


def _more(hidden: tuple[object, ...], report: Report, language: Language) -> str | None:
    if not hidden:
        return None
    more = language.ngettext("And %(n)s more kind of fault.", "And %(n)s more kinds of fault.", len(hidden))
    all_of_them = language.gettext("The attached file names them all.")
    return f"{more} {all_of_them}" if report.reject_files else more


def _add_up_unseen(run: Run, report: Report, language: Language) -> str:
    fields = language.listed([shown(column_words(run, report, field, language)) for field in run.totals])
    if run.waited is not None:
        return language.gettext(
            "The sums of %(fields)s add up: what had waited is what was imported and rejected."
            " Amounts are not shown in these mails.",
            fields=fields,
        )
    return language.gettext(
        "The sums of %(fields)s add up: what is in the file is what was imported, rejected and left aside."
        " Amounts are not shown in these mails.",
        fields=fields,
    )


def slices_of(run: Run, language: Language) -> tuple[Slice, ...]:
    """Given a run; returns how its rows divide; empty when it has none."""
    if run.counts.rows == 0:
        return ()
    told = {"created", "updated", "unchanged", "rejected"} if run.ending in {"imported", "imported_with_rejects"} else set()
    kept = [(kind, label, _count(run.counts, kind)) for kind, label in _KINDS if kind in told or _count(run.counts, kind)]
    widths = bar_widths([count for _, _, count in kept])
    whole_file = run.ending in {"refused", "duplicate"}
    return tuple(
        Slice(
            kind=kind,
            label=language.pgettext("rows", NP_("rows", "Not imported") if kind == "skipped" and whole_file else label),
            number=language.number(count),
            width=width,
            count=count,
        )
        for (kind, label, count), width in zip(kept, widths, strict=True)
    )


def _count(counts: Counts, kind: Kind) -> int:
    count: int = getattr(counts, kind)
    return count


def bar_widths(counts: list[int]) -> list[int]:
    """Given counts, at least one above 0; returns whole percents that are 100 together. What is not 0 has at least 2."""
    whole = sum(counts)
    widths = [max(2, round(100 * count / whole)) if count else 0 for count in counts]
    widths[counts.index(max(counts))] += 100 - sum(widths)
    return widths


def _facts(report: Report, language: Language) -> tuple[tuple[str, str], ...]:
    _, run = language.gettext, report.runs[0]
    facts = [(_("File"), f"{shown(report.drop.sighting.name)} ({language.size(run.size)})")]
    facts.append((_("Seen") if run.ending == "unrecognised" else _("Taken"), language.moment(report.drop.claimed_at)))
    facts.append((_("Where it lies now"), _place(report, language)))
    if run.waited is not None:  # no file was taken: these are rows of an earlier one
        facts = [facts[0], (_("Read by run"), str(run.retries)), (_("Waited since"), language.moment(run.waited.since))]
    read_as = list(dict.fromkeys(_read_as(each, report.show_values, language) for each in report.runs if each.format is not None))
    facts += [(_("Read as"), each) for each in read_as]
    facts += [(_("Attached"), _attached(file.name, file.rows, language)) for file in report.reject_files]
    if run.archived_as is not None and run.waited is None:
        facts.append((_("Our copy"), shown(run.archived_as)))
    facts.append((_("Run number"), _run_numbers(report, language)))
    return tuple(facts)


def _attached(name: str, rows: int, language: Language) -> str:
    count = language.ngettext("%(n)s row", "%(n)s rows", rows)
    return f"{shown(name)} ({count})"


def _place(report: Report, language: Language) -> str:
    if report.drop.by_hand is not None:
        return language.gettext("with the person who handed it in")  # its path on that machine helps no reader
    if report.server_place is not None:
        return shown(report.server_place, 400)
    return language.gettext("no longer on the server")


def _run_numbers(report: Report, language: Language) -> str:
    return language.listed([str(run.id) for run in report.runs])


def _encoding(found: FormatFound, show_values: bool, language: Language) -> str:
    """Returns the encoding as people call it, and that it was guessed, with two words where values may be shown."""
    name = called(found.encoding or "")
    if found.evidence is None or found.evidence.told is None:
        return name
    if not show_values or not found.evidence.samples:
        return language.gettext("%(name)s (guessed)", name=name)
    words = ", ".join(language.gettext('"%(name)s"', name=shown(word)) for word in found.evidence.samples)
    return language.gettext("%(name)s (guessed by words like %(words)s)", name=name, words=words)


def _read_as(run: Run, show_values: bool, language: Language) -> str:
    found = run.format
    if found is None:
        return ""
    _ = language.gettext
    if found.kind in _WORKBOOKS:
        parts = [_(_WORKBOOKS[found.kind])]
        if found.sheet is not None:
            parts.append(_("sheet “%(name)s”", name=shown(found.sheet)))
    elif found.kind in _PLAIN:
        parts = [_(_PLAIN[found.kind]), _encoding(found, show_values, language)]
    else:
        sign = found.delimiter or ""
        delimiter = _(_DELIMITERS[sign]) if sign in _DELIMITERS else shown(sign)
        parts = [_("delimited text"), _("%(name)s between the fields", name=delimiter), _encoding(found, show_values, language)]
    if found.rows is not None:
        parts.append(_("rows “%(name)s”", name=shown(found.rows)))
    elif found.kind == "dbf":
        pass  # its columns have their names in the table itself
    elif found.header_row is None:
        parts.append(_("no header row"))
    else:
        parts.append(_("headers in row %(row)s", row=language.number(found.header_row)))
    if found.member:
        parts.append(_("“%(name)s” in the archive", name=shown(found.member)))
    parts += read_like(decided(found.readings, run.code), language)
    return ", ".join(parts)
