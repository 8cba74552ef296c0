from __future__ import annotations

import subprocess
import sys

#: What the daemon itself imports from core; it must stay small while it listens, so polars is the reader child's alone.
LIGHT = [
    "booking", "breaker", "convert.constant", "convert.marks", "convert.written_dates", "daemon", "entity", "feed", "headers",
    "issue", "judging",
    "mapping", "ordering", "reading", "report", "routing", "quiet", "run", "sentences", "settling", "tenant", "timetable",
]  # fmt: skip


def test_deciding_needs_no_polars() -> None:
    imports = "; ".join(f"import nightclerk.core.{name}" for name in LIGHT)
    told = subprocess.run(
        [sys.executable, "-c", f"{imports}; import sys; print('polars' in sys.modules, 'babel' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False"]
