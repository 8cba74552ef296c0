"""Exit codes (PRODUCT §12). When several apply: wrong use before unreachable before any other ending."""

from __future__ import annotations

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
