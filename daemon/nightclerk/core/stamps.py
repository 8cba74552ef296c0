"""Columns that say when a row was made and when it last changed, as many an application's own framework keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from nightclerk.core.model import Noun
from nightclerk.core.naming import identifier

_Column = Annotated[str, AfterValidator(identifier)]


class Stamps(Noun):
    """Columns that get the moment of the booking, in UTC. They are no fields: nothing is compared with them, no log has them."""

    created: _Column | None = Field(
        None, description="Gets the moment in which an import makes the row.", examples=["created_at"]
    )
    updated: _Column | None = Field(
        None, description="Gets the moment in which an import makes the row or changes it.", examples=["updated_at"]
    )

    @property
    def on_creation(self) -> tuple[str, ...]:
        """The columns that are written in new rows."""
        return tuple(dict.fromkeys(name for name in (self.created, self.updated) if name is not None))

    @property
    def on_change(self) -> tuple[str, ...]:
        """The columns that are written in changed rows."""
        return () if self.updated is None else (self.updated,)

    def taken(self, columns: dict[str, str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Given columns in small letters, each with what it holds; yields each stamp that is one of them, with what is wrong."""
        for key, name in (("created", self.created), ("updated", self.updated)):
            if name is not None and name.lower() in columns:
                yield ("stamps", key), f"the column {name} holds {columns[name.lower()]} already; a stamp has one of its own"
