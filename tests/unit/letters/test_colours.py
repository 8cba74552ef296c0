"""Every text of the page can be read on what lies behind it, on bright screens and on dark ones (WCAG 2, level AA)."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLES = resources.files("nightclerk.letters").joinpath("templates")
LIGHT, NARROW_AND_DARK = STYLES.joinpath("inline.css").read_text("utf-8"), STYLES.joinpath("head.css").read_text("utf-8")
DARK = LIGHT + NARROW_AND_DARK.partition("@media (prefers-color-scheme: dark) {")[2]
TONES = ("good", "mixed", "bad", "quiet")
#: Text → what lies behind it.
PAIRS = [
    *[(text, "card") for text in ("page", "about", "where", "none", "column", "label", "example")],
    *[(f"ending-{tone}", "card") for tone in TONES],
    *[("page", f"step-{tone}") for tone in TONES],
    *[(f"mark-{tone}", f"mark-{tone}") for tone in TONES],
    ("closing", "page"),
]


def colour(styles: str, name: str, key: str) -> str | None:
    """The last rule wins, as in the page."""
    found = None
    for names, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", styles):
        if f".{name}" in [one.strip() for one in names.split(",")] and (
            match := re.search(rf"(?<![-\w]){key}: (#\w{{6}})", rules)
        ):
            found = match[1]
    return found


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, brighter = sorted((brightness(one), brightness(other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("styles", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "behind"), PAIRS)
def test_text_stands_out(text: str, behind: str, styles: str) -> None:
    above = colour(styles, "mark" if text.startswith("mark-") else text, "color")
    below = colour(styles, behind, "background-color")
    assert above is not None
    assert below is not None
    assert contrast(above, below) >= 4.5, f"{text} ({above}) on {behind} ({below}): {contrast(above, below):.2f}"
