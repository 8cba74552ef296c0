"""What a sender's own words mean: yes and no, kinds of items, their state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightclerk.core.convert.folding import fold
from nightclerk.core.convert.shapes import WORDS

#: What belongs together: where one is in the sample the other will come one day.
_PAIRS = (
    ("0", "1"), ("yes", "no"), ("y", "n"), ("true", "false"), ("oui", "non"), ("o", "n"), ("sí", "no"), ("si", "no"), ("s", "n"),
    ("ja", "nein"),
    ("ja", "nee"), ("j", "n"), ("sì", "no"), ("sim", "não"), ("vrai", "faux"), ("active", "inactive"), ("actif", "inactif"),
    ("activo", "inactivo"),
    ("aktiv", "inaktiv"), ("attivo", "inattivo"), ("ativo", "inativo"), ("actief", "inactief"), ("active", "not-active"),
)  # fmt: skip
Values = tuple[tuple[str, str | bool], ...]


def boolean_values(values: Sequence[str], opposite: bool, words: Mapping[str, str]) -> tuple[Values, tuple[str, ...]]:
    """Given the different values of a column of yes and no, whether its header says the contrary, and what words mean; returns
    what each value means, nothing where they are understood as they stand, and what is doubtful. What nobody knows is left
    out."""
    plain = [value for value in values if value.lower() in WORDS]
    others = {value: words[fold(value)] == "true" for value in values if value not in plain and fold(value) in words}
    unknown = [value for value in values if value not in plain and value not in others]
    doubts = [_not_known(unknown)] if unknown else []
    if not opposite and not others:
        return (), tuple(doubts)
    found: dict[str, str | bool] = {}
    for value in _with_partner([*plain, *others]):
        # Under "Inactif" the word "Inactif" says what it says; "Oui" there means no.
        said = WORDS.get(value.lower())
        found[value] = said != opposite if said is not None else words.get(fold(value)) == "true"
    if opposite:
        doubts.append("the header says the contrary of the field, so that yes means no")
    return tuple(found.items()), tuple(doubts)


def word_values(values: Sequence[str], words: Mapping[str, str]) -> tuple[Values, tuple[str, ...]]:
    """Given the different values of a column, and what words mean in a field that knows only some; returns what each value means,
    nothing where they are these words already, and what is doubtful. What nobody knows is left out."""
    canonical = set(words.values())
    if set(values) <= canonical:
        return (), ()
    found: dict[str, str | bool] = {}
    for value in values:
        meant = value if value in canonical else words.get(fold(value))
        if meant is not None and value.strip().casefold() not in {one.strip().casefold() for one in found}:
            found[value] = meant
    unknown = [value for value in values if value not in canonical and fold(value) not in words]
    doubts = ["what these words mean is a guess; rows with others are rejected until they stand here"]
    if unknown:
        doubts.append(_not_known(unknown))
    return tuple(found.items()), tuple(doubts)


def _with_partner(values: Sequence[str]) -> list[str]:
    """Adds the word that will stand beside the only one that the sample shows."""
    found = {value.strip().casefold(): value for value in reversed(values)}
    if len(found) == 1:
        only, shown = next(iter(found.items()))
        pair = next((pair for pair in _PAIRS if only in pair), ())
        for partner in pair:
            found.setdefault(partner, partner.capitalize() if shown[:1].isupper() else partner)
    return sorted(found.values())


def _not_known(values: Sequence[str]) -> str:
    shown = ", ".join(f'"{value}"' for value in values[:5])
    more = "" if len(values) <= 5 else f" and {len(values) - 5} more"
    return f"nobody knows what {shown}{more} means, so that such rows are rejected"
