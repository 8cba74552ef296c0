"""The files of a configuration folder: which there are, and each as a checked noun with its problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from nightclerk.config.document import Document, Fault
from nightclerk.config.problems import KeyPath, Problem, spelled
from nightclerk.config.sentences import problems_of
from nightclerk.config.yaml_positions import LARGEST_FILE, read
from nightclerk.core.model import Noun
from nightclerk.core.wording import quoted, sentence

DAEMON_FILE = "nightclerk.yaml"
NO_SUCH_FILE = "there is no such file."
#: The folders of a configuration whose files are read.
PARTS = ("entities", "presets", "tenants")

AnyNoun = TypeVar("AnyNoun", bound=Noun)


@dataclass(slots=True)
class ConfigFile(Generic[AnyNoun]):
    """One YAML file. noun: what it says, or None where its model finds it wrong; problems: all that is known to be wrong."""

    path: Path
    document: Document
    noun: AnyNoun | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether the file may be used."""
        return self.noun is not None and all(problem.warning for problem in self.problems)

    def complain(self, path: KeyPath, message: str, *, of_key: bool = False) -> None:
        """Adds a problem at a path of the file, at the place of its value or of its key."""
        self.problems.append(self.document.problem(str(self.path), path, message, of_key=of_key))

    def check_name(self, key: str) -> None:
        """Complains where the file is not named after what stands at the key."""
        # Looked up in the plain data, so that it is told even where the noun is wrong otherwise.
        data = self.document.data
        name = data.get(key) if isinstance(data, dict) else None
        told = any(problem.path == key for problem in self.problems)  # a file is not to be renamed to what is no name
        if isinstance(name, str) and self.path.stem != name and not told:
            mended = quoted(f"{name}.yaml")
            self.complain((key,), f"the file is named {quoted(self.path.name)}; name it {mended}, or change this.")

    def warn(self, path: KeyPath, message: str) -> None:
        """Adds a problem that does not keep the file from being used, at the place of its value."""
        line, column = self.document.place(path)
        self.problems.append(Problem(str(self.path), line, column, spelled(path), f"warning: {sentence(message)}", warning=True))


def _as_written(_: Document) -> None:
    """Leaves a document as it is."""


def read_file(path: Path, noun: type[AnyNoun], complete: Callable[[Document], None] = _as_written) -> ConfigFile[AnyNoun]:
    """Given a file and the noun that it should be; returns it with everything that YAML and the noun's model find wrong.

    complete: adds to the document, in place, what its author left to other files.
    """
    file: ConfigFile[AnyNoun] = ConfigFile(path, _document(path))
    document = file.document
    if not document.unreadable:
        complete(document)
    file.problems += [Problem(str(path), f.line, f.column, spelled(f.path), f.message) for f in document.faults]
    if not document.unreadable:
        try:
            # By alias only: `from` is the key, and the attribute's name is not.
            file.noun = noun.model_validate(document.data, by_alias=True, by_name=False)
        except ValidationError as error:
            file.problems += problems_of(error, noun, str(path), document)
        _complain_of_blanks(file)
    return file


def _complain_of_blanks(file: ConfigFile[AnyNoun]) -> None:
    """A key with nothing behind it is half a sentence, even where ``null`` could stand: it was not meant to say nothing."""
    told = {(problem.line, problem.column) for problem in file.problems}
    for path in sorted(file.document.blank, key=file.document.place):
        # Where the key itself is wrong that is told already, and the key may be a secret.
        if told.isdisjoint({file.document.place(path), file.document.place(path, of_key=True)}):
            file.complain(path, "nothing is written here; write a value, or take this line out.")


def _document(path: Path) -> Document:
    try:
        if not path.is_file():
            missing = NO_SUCH_FILE if not path.exists() else "this is not a regular file."
            return Document(faults=[Fault(1, 1, missing)], unreadable=True)
        with path.open("rb") as file:
            return read(file.read(LARGEST_FILE + 1))
    except OSError as error:
        return Document(
            faults=[Fault(1, 1, f"the file cannot be read: {error.strerror}; let Nightclerk's user read it.")], unreadable=True
        )


def yaml_files(folder: Path) -> list[Path]:
    """Given a folder; returns its ``.yaml`` files by name, without hidden ones. A folder that is not there has none."""
    return [path for path in _visible(folder) if path.suffix == ".yaml"]


def strays(folder: Path) -> list[Problem]:
    """Given the configuration's folder; returns a problem for each file that looks like configuration and is never read."""
    found = [
        Problem(str(path), 1, 1, "", f"nothing reads this file; its name must end in .yaml, as in {path.stem}.yaml.")
        for part in (folder, *(folder / part for part in PARTS))
        for path in _visible(part)
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml"
    ]
    return found + [
        Problem(
            str(path), 1, 1, "", f"nothing reads this file; only {DAEMON_FILE} is read here, and entities/, presets/, tenants/."
        )
        for path in yaml_files(folder)
        if path.name != DAEMON_FILE
    ]


def unreadable_folders(folder: Path) -> list[Problem]:
    """Given the configuration's folder; returns a problem for it and for each part of it that may not be looked into."""
    found = []
    for part in (folder, *(folder / part for part in PARTS)):
        try:
            next(part.iterdir(), None)
        except (FileNotFoundError, NotADirectoryError):
            continue  # an absent part holds nothing, and an absent whole is told as its missing file
        except OSError as error:
            message = f"the folder cannot be read: {error.strerror}; let Nightclerk's user read it."
            found.append(Problem(str(part), 1, 1, "", message))
    return found


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []  # told by ``unreadable_folders``, unless it is just not there
