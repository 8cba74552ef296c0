"""A real OpenSSH server on the loopback, for tests and trials; needs no pytest.

As root: a system user made for it, a chroot, ``internal-sftp``, login by key and password. Otherwise: our own user, by key only,
no chroot. Everything is gone afterwards.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SSHD = Path("/usr/sbin/sshd")


def available() -> bool:
    """Returns whether this machine has the server."""
    return SSHD.exists()


@dataclass
class SshServer:
    """A running server. ``folder`` is the drop folder as a client names it, ``drop`` the same on this machine's disk.

    password is None where passwords cannot be used (not root). key: an unprotected Ed25519 key that is let in.
    """

    user: str
    password: str | None
    base: Path
    folder: str
    drop: Path
    key: Path
    host: str = "127.0.0.1"
    port: int = 0
    methods: str = "any"
    host_key_kinds: tuple[str, ...] = ("ed25519",)
    settings: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _owner: tuple[int, int] = field(default=(-1, -1))

    @property
    def log(self) -> Path:
        return self.base / "log"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the first host key, as ``SHA256:…``."""
        return self.fingerprint_of(self.host_key_kinds[0])

    def fingerprint_of(self, kind: str) -> str:
        """Given ed25519, ecdsa or rsa; returns the fingerprint of that host key."""
        return _run("ssh-keygen", "-lf", str(self.base / f"host_{kind}.pub")).split()[1]

    def known_hosts(self, hashed: bool = False) -> Path:
        """Returns a known_hosts file with all host keys of this server, under ``[host]:port``."""
        path = self.base / "known_hosts"
        keys = [(self.base / f"host_{kind}.pub").read_text() for kind in self.host_key_kinds]
        path.write_text("".join(f"[{self.host}]:{self.port} {key}" for key in keys))
        if hashed:
            _run("ssh-keygen", "-H", "-f", str(path))
        return path

    def put(self, name: str | bytes, data: bytes, mtime: int | None = None) -> Path:
        """Writes a file into the drop folder as the server's user owns it, under its name at once; returns its path on disk."""
        path = self.drop / os.fsdecode(name)
        temporary = self.base / f"upload-{secrets.token_hex(4)}"
        temporary.write_bytes(data)
        self.hand_over(temporary)
        if mtime is not None:
            os.utime(temporary, (mtime, mtime))
        temporary.rename(path)
        return path

    def hand_over(self, path: Path) -> None:
        """Makes the server's user the owner of a file or folder on disk."""
        os.chown(path, *self._owner, follow_symlinks=False)

    def allow(self, public_key: str) -> None:
        """Lets one more public key (a line of a .pub file) in."""
        with (self.base / "authorized_keys").open("a") as file:
            file.write(public_key.rstrip("\n") + "\n")

    def make_key(self, name: str, kind: str, passphrase: str = "", *more: str) -> Path:
        """Makes a key pair with ssh-keygen, lets it in, and returns the private key's path."""
        path = self.base / name
        _run("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path), *more)
        self.allow(path.with_name(f"{name}.pub").read_text())
        return path

    def logins(self) -> int:
        """Returns how many logins the server has accepted so far, over all its starts."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return len(re.findall(r"^Accepted (?:publickey|password) for ", text, re.MULTILINE))

    def start(self) -> None:
        """Starts the server (again) on its port and waits until it listens."""
        self._write_config()
        self._process = subprocess.Popen(
            [SSHD, "-D", "-f", self.base / "config", "-E", self.log], stdin=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"sshd does not start: {self.log.read_text() if self.log.exists() else ''}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Kills the server and every connection it serves, as a power cut would; ``start`` brings it back."""
        if self._process is None:
            return
        for child in [*descendants(self._process.pid), self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _write_config(self) -> None:
        chroot = f"ChrootDirectory {self.base / 'root'}\n" if os.getuid() == 0 else ""
        keys = "".join(f"HostKey {self.base / f'host_{kind}'}\n" for kind in self.host_key_kinds)
        (self.base / "config").write_text(
            f"ListenAddress {self.host}\nPort {self.port}\n{keys}{chroot}PidFile none\nUsePAM no\nStrictModes no\nUseDNS no\n"
            f"AuthorizedKeysFile {self.base / 'authorized_keys'}\nPasswordAuthentication {'yes' if self.password else 'no'}\n"
            f"KbdInteractiveAuthentication no\nAuthenticationMethods {self.methods}\nMaxStartups 100\nLogLevel VERBOSE\n"
            f"{self.settings}\nAllowUsers {self.user}\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\n"
            # Newer servers lock an address out that fails to log in, which some tests mean to do.
            + ("PerSourcePenalties no\n" if b"persourcepenalties" in SSHD.read_bytes() else "")
        )


@contextlib.contextmanager
def sshd(methods: str = "any", host_key_kinds: tuple[str, ...] = ("ed25519",), settings: str = "") -> Iterator[SshServer]:
    """Yields a running server with an empty drop folder. ``methods`` is sshd's AuthenticationMethods, ``settings`` are more lines
    of its configuration."""
    root = os.getuid() == 0
    # A chroot wants all folders above it closed to others' writing, which a folder for temporary files never is.
    base = Path(tempfile.mkdtemp(prefix="nightclerk-sshd-", dir=_home_of_chroots() if root else None))
    user = f"nc{secrets.token_hex(4)}" if root else pwd.getpwuid(os.getuid()).pw_name
    password = secrets.token_urlsafe(12) if root else None
    try:
        if root:
            base.chmod(0o755)
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
            _run("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/bin/sh", user)
            _run("chpasswd", given=f"{user}:{password}\n")
        server = _prepare(base, user, password, methods, host_key_kinds)
        server.settings = settings
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)
        if root:
            _run("userdel", user)


def _prepare(base: Path, user: str, password: str | None, methods: str, kinds: tuple[str, ...]) -> SshServer:
    (base / "root").mkdir(mode=0o755)
    drop = base / "root" / "export"
    drop.mkdir()
    for kind in kinds:
        _run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(base / f"host_{kind}"))
    entry = pwd.getpwnam(user)
    server = SshServer(
        user=user, password=password, base=base, folder="/export" if password else str(drop), drop=drop, key=base / "key",
        port=_free_port(), methods=methods, host_key_kinds=kinds, _owner=(entry.pw_uid, entry.pw_gid),
    )  # fmt: skip
    server.hand_over(drop)
    server.make_key("key", "ed25519")
    return server


def _home_of_chroots() -> Path:
    return next(place for place in (Path("/srv"), Path("/var/lib"), Path("/run")) if place.is_dir())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _run(*command: str, given: str = "") -> str:
    for attempt in range(20):
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout
        if "lock" not in done.stderr or attempt == 19:
            break
        time.sleep(0.1)  # another one is changing the users
    raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")


def descendants(process: int) -> list[int]:
    """Given a process; returns its children, their children and so on, the youngest first."""
    found: list[int] = []
    # A process may end while its children are looked up; it then has none that matter.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            for child in task.read_text().split():
                found += [*descendants(int(child)), int(child)]
    return found
