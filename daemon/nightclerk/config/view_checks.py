"""What is wrong with a tenant's views beyond their single keys: against the entities they show."""

from __future__ import annotations

from pydantic import ValidationError

from nightclerk.config.feed_checks import Entities, entity_of
from nightclerk.config.files import ConfigFile
from nightclerk.core.export import read_choice
from nightclerk.core.feed import Feed
from nightclerk.core.resolving import resolved, with_custom_fields
from nightclerk.core.tenant import Tenant
from nightclerk.core.view import View


def check_views(file: ConfigFile[Tenant], entities: Entities, feeds: dict[int, Feed]) -> None:
    """Given a tenant's file, all entities and the tenant's sound feeds, whose custom fields may be shown; adds a problem for each
    field that an entity lacks, and each condition that cannot be read. A view is looked at even where something else is wrong."""
    data = file.document.data
    views = data.get("views") if isinstance(data, dict) else None
    for name, raw in views.items() if isinstance(views, dict) else ():
        if not isinstance(raw, dict):
            continue  # told with the whole tenant
        entity = entity_of(file, ("views", name), raw.get("entity"), entities)
        try:
            view = View.model_validate(raw)
        except ValidationError:
            continue  # likewise
        if entity is not None:
            known = {name: one.noun for name, one in entities.items() if one.noun is not None}
            entity = with_custom_fields(resolved(entity, known), feeds.values())
        for path, message in read_choice(view, entity)[1] if entity is not None else ():
            listed = isinstance(raw.get(str(path[0])), list)
            file.complain(("views", name, *(path if listed else path[:1])), message)
