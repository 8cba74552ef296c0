"""What every noun that ops write in YAML has in common: frozen, and no key that nobody knows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A checked piece of configuration. Unknown keys are errors; values never change after checking.

    A number where text belongs (a name such as 2020) is taken as it is written.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True, coerce_numbers_to_str=True
    )


class ContradictionsError(ValueError):
    """Keys of one noun that contradict each other. found: for each, the path within the noun, and what is wrong there.

    Raised within validators: pydantic reports it as any ValueError, and ``config`` tells each at its own place.
    """

    def __init__(self, found: list[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("; ".join(message for _, message in found))
        self.found = found
