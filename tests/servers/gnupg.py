"""People who write to each other with OpenPGP: keys made by GnuPG in a home of its own, and messages encrypted with them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSPHRASE = "correct horse"


class Correspondence:
    """Keys by the names of their owners: ``clerk`` (opens), ``locked`` (opens, with a passphrase), ``sender`` and ``stranger``
    (sign), ``late`` (signs, and has expired)."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keys: dict[str, str] = {}
        # Passphrases of tests are guessed in no time anyhow.
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n")
        (home / "gpg.conf").write_text("s2k-count 65536\n")
        # Started by itself: gpg waits only five seconds for one that it starts, which a busy machine may take.
        subprocess.run(["gpg-agent", "--homedir", str(home), "--quiet", "--daemon"], capture_output=True, check=True)
        for name in ("clerk", "locked", "sender", "stranger"):
            self.make(name, PASSPHRASE if name == "locked" else "")
        self.make("late", "", until="2024-06-01")

    def gpg(self, *arguments: str, given: bytes = b"", passphrase: str = "") -> bytes:
        """Runs gpg; returns what it wrote."""
        fixed = ["--homedir", str(self.home), "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback"]
        command = ["gpg", *fixed, "--passphrase", passphrase, "--trust-model", "always", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def make(self, name: str, passphrase: str, until: str = "0") -> None:
        """Makes a key that signs and one under it that opens, as of the year 2024."""
        more = ("--faked-system-time", "20240101T000000!")  # it stands still: the second key is no younger than the first
        user = f"{name} <{name}@example.com>"
        self.gpg(*more, "--quick-generate-key", user, "ed25519", "sign", until, passphrase=passphrase)
        listing = self.gpg("--with-colons", "--list-keys", name).decode()
        self.keys[name] = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
        self.gpg(*more, "--quick-add-key", self.keys[name], "cv25519", "encr", until, passphrase=passphrase)

    def private(self, name: str, folder: Path) -> Path:
        """Writes somebody's private key as text; returns the file."""
        path = folder / f"{name}.private.asc"
        passphrase = PASSPHRASE if name == "locked" else ""
        path.write_bytes(self.gpg("--armor", "--export-secret-keys", self.keys[name], passphrase=passphrase))
        path.chmod(0o600)
        return path

    def public(self, name: str, folder: Path) -> Path:
        """Writes somebody's public key; returns the file."""
        path = folder / f"{name}.public.asc"
        path.write_bytes(self.gpg("--armor", "--export", self.keys[name]))
        return path

    def encrypt(self, content: bytes, *more: str, to: str = "clerk", by: tuple[str, ...] = ()) -> bytes:
        """Returns the content encrypted for somebody and signed by others."""
        signed = [part for name in by for part in ("--local-user", self.keys[name])] + (["--sign"] if by else [])
        return self.gpg(*more, "--recipient", self.keys[to], *signed, "--encrypt", given=content)


@contextmanager
def correspondence() -> Iterator[Correspondence]:
    """Yields keys; they and their agent are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="pgp-"))  # short: sockets lie in it
    try:
        yield Correspondence(home)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
