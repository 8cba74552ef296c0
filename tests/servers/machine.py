"""A pretend machine to install on, for tests and trials: this one, with /etc, /var, /srv and /opt that can be written to and are
thrown away. Needs root and the right to mount; whatever runs in it shares network and processes with us.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.lacking import lacking

import nightclerk

_PROGRAM = "/opt/nightclerk/bin/nightclerk"
_SET_UP = """
set -e
T=$1 PYTHON=$2 VENV=$3
mount -t tmpfs -o mode=755 none "$T"
mkdir "$T/python" && mount --bind "$PYTHON" "$T/python"
for part in etc var srv opt; do
  mkdir "$T/$part.up" "$T/$part.work"
  mount -t overlay overlay -o "lowerdir=/$part,upperdir=$T/$part.up,workdir=$T/$part.work" "/$part"
done
mount -t tmpfs -o mode=755 none /root
mount -t tmpfs -o mode=755 none /run
mkdir -p "$PYTHON" /run/sshd
mount --bind "$T/python" "$PYTHON"
ln -s "$VENV" /opt/nightclerk
echo ready
exec sleep infinity
"""


class Machine:
    """The pretend machine. ``root``: where its files are seen from outside."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.root = Path(f"/proc/{process}/root")

    def command(self, *command: str, user: str | None = None) -> list[str]:
        """Given a command; returns the one that runs it there, as root or as another user with his groups."""
        become = ["setpriv", f"--reuid={user}", f"--regid={self.group(user)}", "--init-groups"] if user is not None else []
        return ["nsenter", f"--target={self.process}", "--mount", "--wd=/", *become, *command]

    def group(self, user: str) -> int:
        """Given a user of it; returns the number of his own group."""
        entries = (line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines())
        return next(int(entry[3]) for entry in entries if entry[0] == user)

    def run(self, *command: str, user: str | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command there to its end."""
        return subprocess.run(
            self.command(*command, user=user), input=given, capture_output=True, text=True, check=False, timeout=60
        )

    def must(self, *command: str, user: str | None = None, given: str = "") -> str:
        """As ``run``; a command that fails is an error. Returns what it printed."""
        done = self.run(*command, user=user, given=given)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Writes a file there, with the folders above it."""
        inside = self.root / path.lstrip("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.write_text(text)
        inside.chmod(mode)


@contextmanager
def machine() -> Iterator[Machine]:
    """Yields the machine, with this program under /opt/nightclerk. Ends the test as ``lacking`` does where it cannot be had; a
    program that is there and does not start is an error."""
    if os.getuid() != 0:
        lacking("a pretend machine needs root")
    with tempfile.TemporaryDirectory(prefix="nightclerk-machine-") as folder:
        process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", _SET_UP, "sh", folder, sys.base_prefix, sys.prefix],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        try:
            said = process.stdout.readline().strip()
            if said != "ready":
                lacking(f"a pretend machine needs the right to mount: {said}")
            made = Machine(process.pid)
            for path in (_PROGRAM, sys.base_prefix, nightclerk.__file__):
                if made.run("test", "-r", path, user="nobody").returncode != 0:
                    lacking(f"the program must lie where another user may read it, which {path} does not")
            made.must(_PROGRAM, "--version", user="nobody")
            yield made
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
