"""What is wrong with an entity beyond its single keys."""

from __future__ import annotations

from nightclerk.config.absence_checks import absences
from nightclerk.config.files import ConfigFile
from nightclerk.core.convert.constant import check_constant
from nightclerk.core.entity import Entity


def check_entity(file: ConfigFile[Entity], entity: Entity) -> None:
    """Given an entity's file and the entity; adds a problem for each default that does not fit its field, and for what cannot be
    written into absent rows."""
    for path, message in absences(entity):
        file.complain(path, message)
    for name, field in entity.fields.items():
        wrong = None if field.default is None else check_constant(field, field.default)
        if wrong is not None:
            file.complain(("fields", name, "default"), wrong)
