"""The words that Nightclerk brings, by which ``suggest`` knows columns, and the entities that a configuration has."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from nightclerk.config.files import read_file, yaml_files
from nightclerk.config.load import survey
from nightclerk.config.presets import Presets, brought
from nightclerk.config.yaml_positions import read
from nightclerk.core.entity import Entity
from nightclerk.core.preset import Preset
from nightclerk.core.resolving import resolved
from nightclerk.core.suggest.vocabulary import Vocabulary, vocabulary_of

_BROUGHT = Path(str(files("nightclerk") / "data" / "entities"))


def brought_vocabulary() -> Vocabulary:
    """Returns the shipped words for columns, files and values."""
    folder = Path(str(files("nightclerk") / "data" / "headers"))
    return vocabulary_of({path.stem: read(path.read_bytes()).data for path in yaml_files(folder)})


def entities_at(folder: Path) -> dict[str, Entity]:
    """Given a configuration's folder; returns its sound entities by name, or those that Nightclerk brings where it has none.
    References are as the keys that they name."""
    own = survey(folder).entities if (folder / "entities").is_dir() else {}
    shipped = [] if own else [read_file(path, Entity).noun for path in yaml_files(_BROUGHT)]
    known = dict(own) or {entity.entity: entity for entity in shipped if entity is not None}
    return {name: resolved(entity, known) for name, entity in known.items()}


def presets_at(folder: Path, entities: Mapping[str, Entity]) -> tuple[Preset, ...]:
    """Given a configuration's folder and its entities; returns the presets that a feed could start from, its own first. Those
    that do not go with the entities are left out."""
    own = yaml_files(folder / "entities") or yaml_files(_BROUGHT)
    presets = Presets(folder, {path.stem: read_file(path, Entity) for path in own})
    found = [presets.find(name) for name in dict.fromkeys((*presets.own, *(path.stem for path in brought())))]
    return tuple(one.noun for one in found if not isinstance(one, str) and one.noun is not None and one.noun.entity in entities)
