"""A configuration to start from: commented files, the shipped entities and presets, and the schemas that editors read."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from nightclerk.config.presets import brought
from nightclerk.config.schema import KINDS, json_schema
from nightclerk.core.errors import OperatorError
from nightclerk.core.wording import listed

SCHEMA_COMMENT = "# yaml-language-server: $schema="


def starter() -> dict[str, str]:
    """Returns the files of a new configuration: path below its folder → text.

    Each YAML file begins with the comment by which editors find its schema, and the schemas are among the files.
    """
    data = files("nightclerk") / "data"
    found = {
        "nightclerk.yaml": _with_schema("schemas/daemon.json", data / "starter" / "nightclerk.yaml"),
        "tenants/example.yaml": _with_schema("../schemas/tenant.json", data / "starter" / "tenants" / "example.yaml"),
    }
    for entity in sorted((data / "entities").iterdir(), key=lambda file: file.name):
        if PurePosixPath(entity.name).suffix == ".yaml":
            found[f"entities/{entity.name}"] = _with_schema("../schemas/entity.json", entity)
    for preset in brought():
        found[f"presets/{preset.name}"] = _with_schema("../schemas/preset.json", preset)
    for kind in KINDS:
        found[f"schemas/{kind}.json"] = schema_text(kind)
    return found


def schema_text(kind: str) -> str:
    """Given a kind of file; returns its JSON Schema as the text of a file."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def write_starter(folder: Path) -> list[Path]:
    """Given where the configuration shall stand; writes it, and returns the files in order.

    Raises OperatorError, and writes nothing, where one of the files exists already or cannot be written.
    """
    texts = {folder / name: text for name, text in starter().items()}
    present = [str(path) for path in texts if path.exists() or path.is_symlink()]
    if present:
        shown = present[:3] + ([f"{len(present) - 3} more"] if len(present) > 3 else [])
        raise OperatorError(f"Nothing was written: {listed(shown, 'and')} exist already. Name another folder, or move them away.")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be written: {error.strerror}. Name another folder.") from None
    return list(texts)


def _with_schema(schema: str, file: Traversable) -> str:
    return f"{SCHEMA_COMMENT}{schema}\n{file.read_text(encoding='utf-8')}"
