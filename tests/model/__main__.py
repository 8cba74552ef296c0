"""``make scenarios``: random scenarios, as many as you like, in SQLite, PostgreSQL and MariaDB beside the slow, plain model."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.model.generation import scenario
from tests.model.portions import KINDS, begin, portion

PORTION = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="make scenarios", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=None, help="of the first scenario, the others follow; else another each time")
    parser.add_argument("--count", type=int, default=1000, help="how many scenarios each database gets")
    parser.add_argument("--on", nargs="+", choices=KINDS, default=list(KINDS), help="the databases")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--enough", type=int, default=5, help="stop after so many that differ")
    parser.add_argument("--told", action="store_true", help="print the first scenario as well")
    asked = parser.parse_args()
    first = int(time.time()) % 10**9 if asked.seed is None else asked.seed
    print(f"Scenarios {first} to {first + asked.count - 1} on {', '.join(asked.on)}.", flush=True)
    if asked.told:
        print(scenario(first).told())
    portions = [
        (kind, at, min(PORTION, first + asked.count - at))
        for at in range(first, first + asked.count, PORTION)
        for kind in asked.on
    ]
    began, played, failed = time.monotonic(), Counter[str](), dict[tuple[str, int], str]()
    with ProcessPoolExecutor(asked.processes, get_context("spawn"), begin) as pool:
        for done in as_completed([pool.submit(portion, *each) for each in portions]):
            if done.cancelled():
                continue
            kind, number, found = done.result()
            played[kind] += number
            if played.total() % 100 < number:
                print(f"{played.total()} played, {len(failed)} differ, {time.monotonic() - began:.0f} s", flush=True)
            failed |= found
            if len(failed) >= asked.enough:
                pool.shutdown(wait=False, cancel_futures=True)
            for (kind, seed), told in found.items():
                print(
                    f"\n{kind}, seed {seed}: {told}\nOnce more: make scenarios SCENARIOS='--seed {seed} --count 1 --on {kind}'",
                    flush=True,
                )
    seconds = time.monotonic() - began
    print(
        f"{', '.join(f'{number} on {kind}' for kind, number in sorted(played.items()))} in {seconds:.0f} s; {len(failed)} differ."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
