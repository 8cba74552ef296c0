"""Follows a page as its reader would: its files are written, its commands run one after the other, its outputs compared.

What a page's code blocks mean, in the order in which they stand:

* ``sh``: commands for bash, all in one shell as it were (its folder and variables stay). Without an output behind it the block
  must succeed. A block that is ``nightclerk serve`` alone runs beside those that follow, until the section ends.
* ``text`` right behind ``sh``: what that prints. Moments, hashes, sizes of disks and the like may differ; a line ``…`` stands
  for any lines, ``…`` in a line for any text.
* ``yaml``, ``csv``, ``txt`` or ``xml``: a file, named in code at the end of the paragraph before it (``… into
  `config/tenants/acme.yaml`:``). Where that paragraph says ``becomes``, the block takes the place of the same keys in a file
  that is there.

``pytest --update-golden`` writes the outputs anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```(?P<kind>[a-z]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
#: What differs from one run to the next, and what stands for it when two outputs are compared.
_VARIES = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?", "MOMENT"),
    (r"\d{8}T\d{6}Z", "MOMENT"),
    (r"\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000", "MOMENT"),
    (r"\d{1,2} \w+\.? \d{4}, \d\d:\d\d", "MOMENT"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"SHA256:[A-Za-z0-9+/]{43}", "FINGERPRINT"),
    (r"\d+ GB free", "SOME GB free"),
    (r"Python 3\.[0-9.]+, .*", "Python and libraries"),
    (r"(SQLite|PostgreSQL) [0-9.]+", r"\1"),
    (r" +", " "),  # columns of tables are as wide as what stands in them
    (r"-{4,}", "----"),
)


@dataclass(frozen=True)
class Block:
    """One code block. place: where its text stands in the page; before: the paragraph before it; section: its heading;
    output: the block that says what it prints."""

    kind: str
    text: str
    place: tuple[int, int]
    before: str
    section: str
    output: Block | None = None


def blocks_of(page: str) -> list[Block]:
    """Given a page; returns its blocks, outputs with the commands that they belong to."""
    headings = [(found.start(), found[1]) for found in _HEADING.finditer(_BLOCK.sub(lambda f: " " * len(f[0]), page))]
    found: list[Block] = []
    end = 0
    for match in _BLOCK.finditer(page):
        between = page[end : match.start()]
        end = match.end()
        section = next((title for place, title in reversed(headings) if place < match.start()), "")
        before = between.strip().rpartition("\n\n")[2]
        block = Block(match["kind"], match["text"], match.span("text"), before, section)
        if block.kind == "text" and not between.strip() and found and found[-1].kind == "sh":
            found[-1] = Block(**{**found[-1].__dict__, "output": block})
        else:
            found.append(block)
    return found


@dataclass
class Reader:
    """Somebody who follows a page, in a home of his own.

    stands_for: what the page writes → what it is here, such as the name of a server. It is put back in what is printed.
    """

    home: Path
    stands_for: dict[str, str] = field(default_factory=dict)
    _variables: str = ""
    _folder: Path | None = None
    _serving: subprocess.Popen[bytes] | None = None

    def write(self, block: Block) -> None:
        """Writes the file that the block holds, or the keys that it holds into the file."""
        name = re.findall(r"`([\w./-]+)`", block.before)[-1]
        path, text = self.folder / name, self._here(block.text)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(_with_keys(path.read_text(), text) if "becomes" in block.before else text)

    def run(self, block: Block) -> str:
        """Runs the block's commands; returns all that they print."""
        if block.text.strip() == "nightclerk serve":
            command = [sys.executable, "-m", "nightclerk", "serve"]
            log = (self.home / "serve.log").open("wb")
            with log:
                self._serving = subprocess.Popen(command, cwd=self.folder, env=self._environment(), stdout=log, stderr=log)
            return ""
        strict = "e" if block.output is None else ""
        script = f"{self._variables}\n{self._here(block.text)}\nexport -p > {self.home}/.variables; pwd > {self.home}/.folder"
        done = subprocess.run(
            ["bash", f"-{strict}uc", script], cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False,
        )  # fmt: skip
        told = self._there(done.stdout.decode())
        assert done.returncode == 0, f"{block.text}\n{told}"
        self._variables = (self.home / ".variables").read_text()
        self._folder = Path((self.home / ".folder").read_text().strip())
        return told

    def printed(self, block: Block) -> str:
        """As ``run``. While a daemon serves, it is run until it prints what the page says, or half a minute is over."""
        until = time.monotonic() + 30
        while True:
            told = self.run(block)
            if block.output is None or self._serving is None or alike(block.output.text, told) or time.monotonic() > until:
                return told
            time.sleep(0.3)

    def end_section(self) -> None:
        """Ends the daemon, if one serves."""
        if self._serving is not None:
            self._serving.send_signal(signal.SIGINT)
            status = self._serving.wait(timeout=60)
            self._serving = None
            assert status == 0, (self.home / "serve.log").read_text()

    @property
    def folder(self) -> Path:
        """Where the reader is."""
        return self._folder or self.home

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "USER": "you"}

    def _here(self, text: str) -> str:
        text = re.sub(r"^\. \.venv/bin/activate.*$", "", text, flags=re.MULTILINE)
        for page, here in self.stands_for.items():
            text = text.replace(page, here)
        return text

    def _there(self, text: str) -> str:
        for page, here in self.stands_for.items():
            text = text.replace(here, page)
        return text.replace(str(self.home), "/home/you")


def alike(page: str, told: str) -> bool:
    """Given what a page says that a command prints, and what it printed; returns whether they say the same."""
    wanted = [re.escape(_plain(line)).replace("…", ".*") for line in page.rstrip().splitlines()]
    pattern = "".join(r"(?:.*\n)*" if line == ".*" else line + r" ?\n" for line in wanted)
    return re.fullmatch(pattern, "".join(f"{_plain(line)}\n" for line in told.rstrip().splitlines())) is not None


def follow(path: Path, reader: Reader, update: bool, sections: dict[str, contextlib.AbstractContextManager[object]]) -> None:
    """Given a page, its reader, whether outputs are to be written anew, and what stands around sections, by their headings;
    follows the page to its end. Raises AssertionError where a command prints something else."""
    page = path.read_text(encoding="utf-8")
    written: list[tuple[tuple[int, int], str]] = []
    with contextlib.ExitStack() as stack:
        stack.callback(reader.end_section)
        section = ""
        for block in blocks_of(page):
            if block.section != section:
                reader.end_section()
                section = block.section
                if section in sections:
                    stack.enter_context(sections.pop(section))
            if block.kind in {"yaml", "csv", "txt", "xml"} and block.before.endswith("`:"):
                reader.write(block)
            elif block.kind == "sh":
                told = reader.printed(block)
                if block.output is not None and not alike(block.output.text, told):
                    assert update, (
                        f"{path.name}, {section}:\n{block.text}\nprints\n{told}\nand the page says\n{block.output.text}"
                    )
                    written.append((block.output.place, told.rstrip() + "\n"))
    assert not sections, f"{path.name} has no section {', '.join(sections)}"
    for (start, end), text in reversed(written):
        page = page[:start] + text + page[end:]
    path.write_text(page, encoding="utf-8")


@contextlib.contextmanager
def standing_for(reader: Reader, names: dict[str, str]) -> Iterator[None]:
    """From here on the page's names stand for something here."""
    reader.stands_for = names | reader.stands_for  # what came last is the more exact
    yield


def _plain(line: str) -> str:
    for pattern, name in _VARIES:
        line = re.sub(pattern, name, line)
    return line.rstrip()


def _with_keys(before: str, keys: str) -> str:
    """Given a YAML file and a block of some of its keys; returns the file with the block in the place of these keys."""
    names = "|".join(re.findall(r"^(\w+):", keys, re.MULTILINE))
    kept = re.sub(rf"^(?:{names}):.*\n(?:(?:[ ].*)?\n)*", "", before, flags=re.MULTILINE)
    return kept.rstrip() + "\n" + keys
