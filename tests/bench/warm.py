"""One import in a process that is already at work, as the daemon is: prints the seconds it took, as JSON.

``python -m tests.bench.warm CONFIG SMALL FILE``: books SMALL first, then FILE, and measures only the second.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from nightclerk import log
from nightclerk.wiring import load_configuration, open_house
from nightclerk.work.hand_in import hand_in


def main(config: Path, small: Path, file: Path) -> None:
    log.configure(log.WARNING)
    configuration, _ = load_configuration(config)
    with open_house(configuration) as house:
        hand_in(house, "bench", small, None, None)
        began = time.monotonic()
        hand_in(house, "bench", file, None, None)
        print(json.dumps({"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:]))
