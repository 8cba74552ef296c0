"""The sample drops of a clone: which file of which tenant, what must become of it, and what the application had before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from nightclerk.core.errors import OperatorError

NIGHT = "night-1"


@dataclass(frozen=True, slots=True)
class Expected:
    """The run that one feed must make of a file: its ending and its counts."""

    feed: str
    file: str
    ending: str
    counts: dict[str, int]

    def differences(self, run: dict[str, Any] | None) -> list[str]:
        """Given the run as ``runs --json`` tells it, if there is one; returns a sentence for each thing that is otherwise."""
        name = f"{self.file} ({self.feed})"
        if run is None:
            return [f"{name} has no run."]
        found = []
        if run["ending"] != self.ending:
            found.append(f"{name} ended as {run['ending']}, not as {self.ending}.")
        for count, wanted in self.counts.items():
            if run["counts"].get(count) != wanted:
                found.append(f"{name}: {count} is {run['counts'].get(count)}, not {wanted}.")
        return found


@dataclass(frozen=True, slots=True)
class Sample:
    """One file that a sender drops, and the runs that must follow, one for each feed that reads it."""

    tenant: str
    file: Path
    runs: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What a tenant's part of the application held before the night: a CSV file of an entity's fields."""

    tenant: str
    entity: str
    file: Path


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
    """Given the project's folder; returns the first night's files of all sample tenants, by tenant and in the order in which they
    are dropped: what others name comes first."""
    found = []
    for expected in sorted(project.glob(f"sample_drops/*/{NIGHT}/expected/*.json")):
        told = json.loads(expected.read_text(encoding="utf-8"))
        run = Expected(told["feed"], told["file"], told["ending"], told["counts"])
        found.append((told["tenant"], expected.parent.parent / told["file"], run))
    if not found:
        raise OperatorError(f"{project / 'sample_drops'} holds no files for the first night; run sample_drops/generate.py.")
    together = groupby(found, key=lambda one: one[:2])
    made = [Sample(tenant, file, tuple(run for _, _, run in runs)) for (tenant, file), runs in together]
    return sorted(made, key=lambda one: (one.tenant, dropped(one.file.parent).index(one.file.name)))


def dropped(night: Path) -> list[str]:
    """Given a night's folder; returns the names of the files that are dropped in it, in order."""
    story = json.loads((night / "story.json").read_text(encoding="utf-8"))
    return [act["file"] for act in story["acts"] if act["act"] == "drop"]


def before(project: Path) -> list[Before]:
    """Given the project's folder; returns what the tenants' parts of the application held before the first night."""
    files = sorted(project.glob(f"sample_drops/*/{NIGHT}/before/*.csv"))
    return [Before(file.parents[2].name, file.stem, file) for file in files]
