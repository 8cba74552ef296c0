"""Content → the HTML page and its plain-text twin. The templates lay out; they choose no words but headings."""

from __future__ import annotations

import textwrap
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from nightclerk.letters.language import Language

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

#: The width of the text twin in characters.
COLUMNS = 76


def html_page(template: str, language: Language, **said: Any) -> str:
    """Given a template's name and what it says; returns an HTML page with its styles on the elements and nothing to fetch.

    The rules for dark screens and narrow ones stay in the head, since they cannot stand on an element.
    """
    page = _environment(markup=True).get_template(f"{template}.html")
    return _inliner().inline(page.render(said, language=language, _=language.gettext))


def text_page(template: str, language: Language, **said: Any) -> str:
    """Given a template's name and what it says; returns the plain-text twin, in lines of ``COLUMNS`` where words allow."""
    page = _environment(markup=False).get_template(f"{template}.txt")
    lines = page.render(said, language=language, _=language.gettext).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


@cache
def _environment(*, markup: bool) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("nightclerk.letters"),
        autoescape=markup,  # noqa: S701 - off for the plain-text twin only, where & is &
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"folded": folded, "bar": bar, "widest": widest}
    made.globals["columns"] = COLUMNS
    return made


@cache
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner

    styles = resources.files("nightclerk.letters").joinpath("templates", "inline.css").read_text("utf-8")
    return CSSInliner(inline_style_tags=False, keep_style_tags=True, extra_css=styles, load_remote_stylesheets=False)


def folded(text: str, first: str = "", rest: str | None = None) -> str:
    """Given a text and what its first line and the others begin with; returns it in lines of at most ``COLUMNS``."""
    rest = " " * len(first) if rest is None else rest
    lines = textwrap.wrap(
        text, COLUMNS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines) or first.rstrip()


def bar(width: int, length: int = 30) -> str:
    """Given a part in percent; returns a bar of signs, at least one for what is not nothing."""
    return "#" * (max(1, round(width * length / 100)) if width else 0)


def widest(texts: list[str]) -> int:
    """Given texts; returns the length of the longest, 0 for none."""
    return max((len(text) for text in texts), default=0)
