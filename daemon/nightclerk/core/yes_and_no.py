"""The words for yes and no in each language: by themselves, so that a letter is written without the library of tables."""

from __future__ import annotations

_YES_AND_NO = {
    "fr": ("oui", "non"), "es": ("sí", "no"), "de": ("ja", "nein"), "it": ("sì", "no"), "pt": ("sim", "não"), "nl": ("ja", "nee"),
}  # fmt: skip


def words_of(language: str) -> tuple[str, str]:
    """Given a tenant's language; returns yes and no."""
    return _YES_AND_NO.get(language, ("yes", "no"))
