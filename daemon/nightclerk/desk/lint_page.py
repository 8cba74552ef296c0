"""How good the data of a file is, as one page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from nightclerk.core.lint.charts import Chart
from nightclerk.core.lint.column import Column
from nightclerk.core.lint.finding import LintFinding
from nightclerk.core.naming import shown
from nightclerk.desk.lint import Linted

_LONGEST = 80
_HEIGHT, _BAR, _GAP = 56, 10, 2
_ROW, _LABEL, _WIDTH = 18, 92, 240
_OF = {
    "values": "the most frequent values",
    "amounts": "how large the numbers are: from this power of ten on",
    "months": "dates by month",
    "years": "dates by year",
    "lengths": "characters of the values",
}
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2430; --soft: #5d6877; --line: #dde2e9; --card: #f7f8fa;
  --bar: #3f74c4; --wrong: #b42318; --doubtful: #8a5a00; --good: #1a7f4b; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e6e9ee; --soft: #9aa5b4; --line: #2c3440; --card: #1b212a;
  --bar: #6ea2f0; --wrong: #ff8a7d; --doubtful: #f0b95b; --good: #5fd39a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; } p { margin: .25rem 0; } .soft { color: var(--soft); }
.numbers { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.numbers b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.wrong b, b.wrong { color: var(--wrong); } .doubtful b, b.doubtful { color: var(--doubtful); }
ul.findings { list-style: none; margin: 0; padding: 0; }
ul.findings li { border-left: 4px solid var(--line); padding: .15rem 0 .15rem .75rem; margin: 0 0 .75rem; }
ul.findings li.wrong { border-color: var(--wrong); } ul.findings li.doubtful { border-color: var(--doubtful); }
code { font: .85em ui-monospace, monospace; color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; min-width: 0; }
.card svg { display: block; width: 100%; max-width: 24rem; height: auto; margin: .6rem 0 0; }
.fill { height: .4rem; border-radius: .2rem; background: var(--line); margin: .5rem 0 .25rem; overflow: hidden; }
.fill div { height: 100%; background: var(--good); } .card .marks { float: right; margin-left: .5rem; font-weight: 600; }
.bar { fill: var(--bar); } .axis { fill: var(--soft); font: 10px system-ui, sans-serif; } .name { fill: var(--ink);
  font: 11px system-ui, sans-serif; }
a { color: inherit; }
"""


def lint_page(found: Linted) -> str:
    """Given how good the data of a file is; returns it as an HTML document."""
    quality = found.quality
    name = _text(found.file)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Data quality of {name}</title><style>{_STYLE}</style></head><body>",
        f'<header><h1>{name}</h1><p class="soft">{_text(_summary(found))}</p>{_numbers(found)}</header>',
        "<main><h2>Findings</h2>",
        _findings(quality.findings) if quality.findings else "<p>Nothing was found.</p>",
        '<h2>Columns</h2><div class="cards">',
        *(_card(number, column, found) for number, column in enumerate(quality.columns, 1)),
        "</div>",
        *_notes(found.notes),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _summary(found: Linted) -> str:
    written = found.format
    where = [written.kind, f'sheet "{written.sheet}"' if written.sheet is not None else written.encoding]
    key = " + ".join(found.quality.key)
    by = "as the feed says" if found.by_feed else "by its header"
    return ", ".join(filter(None, where)) + (f"; key: {key}, {by}" if key else "; no key")


def _numbers(found: Linted) -> str:
    levels = [one.level for one in found.quality.findings]
    numbers = [
        ("", f"{found.rows:,}", "rows"),
        ("", f"{len(found.quality.columns):,}", "columns"),
        ("wrong", str(levels.count("wrong")), "wrong"),
        ("doubtful", str(levels.count("doubtful")), "doubtful"),
    ]
    items = (f'<li class="{level}"><b>{number}</b>{noun}</li>' for level, number, noun in numbers)
    return f'<ul class="numbers">{"".join(items)}</ul>'


def _findings(findings: tuple[LintFinding, ...]) -> str:
    items = []
    for one in findings:
        about = f"<b>{_text(one.column)}</b> " if one.column is not None else ""
        lines = f' <span class="soft">Lines {", ".join(map(str, one.lines))}.</span>' if len(one.lines) > 1 else ""
        items.append(f'<li class="{one.level}">{about}<code>{one.code}</code><br>{escape(one.message)}{lines}</li>')
    return f'<ul class="findings">{"".join(items)}</ul>'


def _card(number: int, column: Column, found: Linted) -> str:
    share = 100 * column.filled / found.rows if found.rows else 0.0
    these = [one for one in found.quality.findings if one.column == column.name]
    level = these[0].level if these else ""
    marks = f'<span class="marks"><b class="{level}">{len(these)}</b></span>' if these else ""
    kind = f"mostly {column.mostly}" if column.mostly is not None else column.kind
    facts = [kind, f"{column.filled:,} filled ({int(share)} %)"]
    if column.different is not None:
        facts.append(f"{column.different:,} different")
    if column.longest:
        facts.append(f"up to {column.longest:,} characters")
    example = f'<p class="soft">as in {_text(column.example)}</p>' if column.example else ""
    return (
        f'<section class="card">{marks}<h3>{_text(column.name)}</h3>'
        f'<div class="fill"><div style="width:{share:.1f}%"></div></div>'
        f'<p class="soft">{", ".join(facts)}</p>{example}{_chart(number, column.chart)}</section>'
    )


def _chart(number: int, chart: Chart) -> str:
    if not chart.bars:
        return ""
    told = _OF[chart.of]
    bars = _lying(chart) if chart.of == "values" else _standing(chart)
    width, height = (_WIDTH, _ROW * len(chart.bars)) if chart.of == "values" else (len(chart.bars) * (_BAR + _GAP), _HEIGHT + 14)
    width = max(width, _WIDTH)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="chart{number}"><title id="chart{number}">{told}: '
        f"{_text('; '.join(f'{name}: {count:,}' for name, count in chart.bars), 1000)}</title>{''.join(bars)}</svg>"
        f'<p class="soft"><small>{told}</small></p>'
    )


def _standing(chart: Chart) -> Iterator[str]:
    most, count = max(number for _, number in chart.bars) or 1, len(chart.bars)
    step = max(_BAR + _GAP, _WIDTH / count)
    every = -(-count * 34 // int(step * count)) if step < 34 else 1
    for at, (name, number) in enumerate(chart.bars):
        height = max(1.0, _HEIGHT * number / most) if number else 0
        yield (
            f'<rect class="bar" x="{at * step:.1f}" y="{_HEIGHT - height:.1f}" width="{min(step - _GAP, 40):.1f}" '
            f'height="{height:.1f}"><title>{_text(name)}: {number:,}</title></rect>'
        )
        if at % every == 0 and (at + every <= count or every == 1):
            yield f'<text class="axis" x="{at * step:.1f}" y="{_HEIGHT + 11}">{_text(name)}</text>'


def _lying(chart: Chart) -> Iterator[str]:
    most = max(number for _, number in chart.bars) or 1
    room = _WIDTH - _LABEL - 44
    for at, (name, number) in enumerate(chart.bars):
        width = max(1.0, room * number / most)
        yield (
            f'<text class="name" x="0" y="{at * _ROW + 12}">{_text(name, 15)}</text>'
            f'<rect class="bar" x="{_LABEL}" y="{at * _ROW + 3}" width="{width:.1f}" height="11"></rect>'
            f'<text class="axis" x="{_LABEL + width + 4:.1f}" y="{at * _ROW + 12}">{number:,}</text>'
        )


def _notes(notes: tuple[str, ...]) -> Iterator[str]:
    if notes:
        yield "<h2>Notes</h2>"
        yield from (f"<p>{escape(note)}</p>" for note in notes)


def _text(text: str, most: int = _LONGEST) -> str:
    return escape(shown(text, most))
