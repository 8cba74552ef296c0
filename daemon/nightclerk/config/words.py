"""The words that Nightclerk brings, by which ``suggest`` knows columns, and the entities that a configuration has."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from nightclerk.config.files import read_file, yaml_files
from nightclerk.config.load import survey
from nightclerk.config.yaml_positions import read
from nightclerk.core.entity import Entity
from nightclerk.core.suggest.vocabulary import Vocabulary, vocabulary_of


def brought_vocabulary() -> Vocabulary:
    """Returns the shipped words for columns, files and values."""
    folder = Path(str(files("nightclerk") / "data" / "headers"))
    return vocabulary_of({path.stem: read(path.read_bytes()).data for path in yaml_files(folder)})


def entities_at(folder: Path) -> dict[str, Entity]:
    """Given a configuration's folder; returns its sound entities by name, or those that Nightclerk brings where it has none."""
    own = survey(folder).entities if (folder / "entities").is_dir() else {}
    if own:
        return dict(own)
    brought = [read_file(path, Entity).noun for path in yaml_files(Path(str(files("nightclerk") / "data" / "entities")))]
    return {entity.entity: entity for entity in brought if entity is not None}
