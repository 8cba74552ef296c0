"""The sample drops of a clone: which file of which tenant, and what must become of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightclerk.core.errors import OperatorError

NIGHT = "night-1"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file that a sender drops, and the run that must follow: its ending and its counts."""

    tenant: str
    file: Path
    ending: str
    counts: dict[str, int]

    def differences(self, run: dict[str, Any]) -> list[str]:
        """Given the run as ``runs --json`` tells it; returns a sentence for each thing that is not as it must be."""
        found = []
        if run["ending"] != self.ending:
            found.append(f"{self.file.name} ended as {run['ending']}, not as {self.ending}.")
        for name, wanted in self.counts.items():
            if run["counts"].get(name) != wanted:
                found.append(f"{self.file.name}: {name} is {run['counts'].get(name)}, not {wanted}.")
        return found


def find_project(configuration: Path) -> Path:
    """Given the configuration folder; returns the folder that holds it, ``sample_drops`` beside it, or the clone we run from.

    Raises OperatorError where there is none: an installed package has no sample tenants.
    """
    for folder in (configuration.resolve().parent, Path(__file__).resolve().parents[3]):
        if (folder / "sample_drops").is_dir() and (folder / "config" / "tenants").is_dir():
            return folder
    raise OperatorError(
        "The demonstration needs the sample tenants, which come with the source and not with an installed package: "
        "run it in a clone of the project.",
        command="make demo",
    )


def samples(project: Path) -> list[Sample]:
    """Given the project's folder; returns the first night's files of all sample tenants, by tenant and name."""
    found = []
    for expected in sorted(project.glob(f"sample_drops/*/{NIGHT}/expected/*.json")):
        told = json.loads(expected.read_text(encoding="utf-8"))
        found.append(Sample(told["tenant"], expected.parent.parent / told["file"], told["ending"], told["counts"]))
    if not found:
        raise OperatorError(f"{project / 'sample_drops'} holds no files for the first night; run sample_drops/generate.py.")
    return found
