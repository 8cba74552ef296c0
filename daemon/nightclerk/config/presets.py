"""The presets that feeds may start from: those of the configuration's folder, and beside them those that Nightclerk brings."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from nightclerk.config.feed_checks import Entities, contradictions, entity_of
from nightclerk.config.files import ConfigFile, read_file, yaml_files
from nightclerk.config.name_checks import check_names
from nightclerk.core.preset import Preset
from nightclerk.core.resolving import resolved
from nightclerk.core.wording import did_you_mean, listed, quoted


class Presets:
    """All presets, each by its name. Those of the folder stand before those that Nightclerk brings, and all of them are checked;
    of the others only those that a feed names."""

    def __init__(self, folder: Path, entities: Entities) -> None:
        self._entities = entities
        self.own = {path.stem: self._read(path) for path in yaml_files(folder / "presets")}
        self._brought = {path.stem: path for path in brought()}

    def find(self, name: str) -> ConfigFile[Preset] | str:
        """Given the name that a feed gives; returns the preset, or what is wrong with that name."""
        found = self.own.get(name)
        if found is None and name in self._brought:
            found = self.own[name] = self._read(self._brought[name])
        if found is None:
            known = sorted(self.own.keys() | self._brought.keys())
            near = did_you_mean(name, known)
            return f"no preset {quoted(name)}" + (f"; the presets are: {listed(known, 'and')}." if near == "." else near)
        return found if found.good else f"preset {name} is wrong itself; mend {found.path} first"

    def _read(self, path: Path) -> ConfigFile[Preset]:
        file = read_file(path, Preset)
        file.check_name("preset")
        data = file.document.data if isinstance(file.document.data, dict) else {}
        name = data.get("entity")
        # What is brought may be of an entity that the application does not have: nobody can start from it then.
        known = name in self._entities or name not in _entities_brought()
        entity = entity_of(file, (), name, self._entities) if known else None
        if entity is not None:
            check_names(file, (), data.get("mapping"), entity)
            entity = resolved(entity, {name: one.noun for name, one in self._entities.items() if one.noun is not None})
        # What the entity needs and the export does not have is for the feed to say.
        for place, message in contradictions(file.noun, entity, whole=False) if file.noun is not None else ():
            file.complain(place, message)
        return file


def brought() -> list[Path]:
    """Returns the files of the presets that Nightclerk brings."""
    return yaml_files(Path(str(files("nightclerk") / "data" / "presets")))


@cache
def _entities_brought() -> frozenset[str]:
    return frozenset(path.stem for path in yaml_files(Path(str(files("nightclerk") / "data" / "entities"))))
