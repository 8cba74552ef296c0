"""What the reader of a report does next."""

from __future__ import annotations

from nightclerk.core.report import Report
from nightclerk.core.run import Run
from nightclerk.letters.faults import ADVICE
from nightclerk.letters.language import Language


def step_after(run: Run, report: Report, language: Language) -> str:
    """Given a run; returns what the reader does next, also when that is nothing."""
    _ = language.gettext
    match run.ending:
        case "imported" if any(not one.fed for one in run.awaits):
            return _("Rows wait for what no file brings: enter it in the application, or correct the rows. It stands below.")
        case "imported_with_rejects":
            return _correct(report, language)
        case "refused":
            advice = _(ADVICE.get(run.code or "", ADVICE["size_differs"]))
            attached = _("The rows with faults are attached.")
            return f"{advice} {attached}" if report.reject_files and run.groups else advice
        case "held":
            return _(
                "Those who look after Nightclerk decide. If you know that the file is wrong, tell them, and drop a right one."
            )
        case "duplicate":
            return _("Nothing, if you meant to send it twice. If you expected new data, check that the export ran.")
        case "empty":
            return _("Check that the export ran and was not filtered to nothing; then drop the file again.")
        case "unrecognised":
            return _("Check the file's name. If the file is meant for Nightclerk, ask those who look after it to set it up.")
        case _:
            return _("Nothing. This is for your information.")


def _correct(report: Report, language: Language) -> str:
    _ = language.gettext
    if not report.reject_files:
        return _("Correct these rows in your system. They are taken with the next file you drop into the same folder.")
    step = language.ngettext(
        "Correct the rows in the attached file and drop it into the same folder."
        " Columns whose names begin with _ say what is wrong; they may stay.",
        "Correct the rows in the attached files and drop them into the same folder."
        " Columns whose names begin with _ say what is wrong; they may stay.",
        len(report.reject_files),
    )
    if all(file.complete for file in report.reject_files):
        return step
    cut = _(
        "There are more rejected rows than a letter can carry: the attached file holds the first ones."
        " Correct the others in your system and send the whole file again."
    )
    return f"{step} {cut}"
