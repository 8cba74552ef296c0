"""A page that lists the letters, so that one file opens them all in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from nightclerk.demo.mailbox import Arrived

NAME = "index.html"
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Letters of the Nightclerk demonstration</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; }}
ol {{ list-style: none; padding: 0; }}
li {{ padding: .8rem 0; border-top: 1px solid #8884; }}
small {{ display: block; opacity: .75; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>Letters of the Nightclerk demonstration</h1>
<p>One for each file that was dropped, in the language of its tenant.</p>
<ol>
{letters}
</ol>
</body>
</html>
"""


def write_list(folder: Path, letters: Sequence[Arrived]) -> None:
    """Given the mailbox's folder and its letters; writes the page beside them. All that senders wrote is text in it."""
    (folder / NAME).write_text(_PAGE.format(letters="\n".join(map(_entry, letters))), encoding="utf-8")


def _entry(letter: Arrived) -> str:
    whole, *parts = letter.files
    page = next((part for part in parts if part.suffix == ".html"), whole)
    attached = [part for part in parts if part is not page]
    links = ", ".join(f'<a href="{escape(part.name)}">{escape(part.name.partition(".")[2])}</a>' for part in attached)
    told = f"<small>attached: {links}</small>" if attached else ""
    to = escape(", ".join(letter.recipients))
    return f'<li><a href="{escape(page.name)}" lang="">{escape(letter.subject)}</a><small>to {to}</small>{told}</li>'
