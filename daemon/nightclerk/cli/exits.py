"""Exit codes. When several apply: wrong use before unreachable before any other ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nightclerk.work.deliver import Delivered

EXIT_GOOD = 0
"""Imported, imported with rejects, duplicate, or nothing to do."""
EXIT_OTHER_ENDING = 1
"""Any other ending."""
EXIT_WRONG_USE = 2
"""Wrong use or wrong configuration."""
EXIT_UNREACHABLE = 3
"""A system is unreachable."""
EXIT_OUR_FAULT = 70
"""A fault in Nightclerk itself (EX_SOFTWARE), so that nobody takes it for the ending of a file."""
EXIT_INTERRUPTED = 130
"""Ctrl-C, as shells say it."""
EXIT_BROKEN_PIPE = 141
"""Who read the output went away, as shells say it."""
_GRAVEST_FIRST = (EXIT_OUR_FAULT, EXIT_WRONG_USE, EXIT_UNREACHABLE, EXIT_OTHER_ENDING)


def gravest(*statuses: int) -> int:
    """Given the exit statuses that apply; returns the one to exit with."""
    return next((status for status in _GRAVEST_FIRST if status in statuses), EXIT_GOOD)


def status_of_post(delivered: Delivered) -> int:
    """Given what one delivery of letters did; returns the status that it asks for."""
    if delivered.trouble is None:
        return EXIT_GOOD
    return EXIT_WRONG_USE if delivered.for_ops else EXIT_UNREACHABLE
