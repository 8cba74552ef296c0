"""An FTP server in Python (pyftpdlib) on the loopback, in a process of its own, for tests; needs no pytest.

It lists by facts (MLSD), which vsftpd cannot; it does not insist on reused TLS sessions, as vsftpd does.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


@dataclass
class PlainFtpServer:
    """A running server, whose folders belong to our own user. See ``tests.servers.vsftpd.FtpServer``."""

    base: Path
    drop: Path
    told: dict[str, Any]
    host: str = "127.0.0.1"
    port: int = 0
    folder: str = "/export"
    user: str = "nightclerk"
    password: str = "right horse"
    _process: subprocess.Popen[str] | None = None

    def hand_over(self, path: Path) -> None:
        """Nothing is to be done: all belongs to one user."""

    def start(self) -> None:
        """Starts the server (again) on its port and waits until it listens."""
        told = {**self.told, "root": str(self.base / "root"), "port": self.port, "user": self.user, "password": self.password}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.ftpd", json.dumps(told)],
            cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("pyftpdlib does not start")
        self.port = int(line)

    def stop(self) -> None:
        """Kills the server and every connection it serves; ``start`` brings it back."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextlib.contextmanager
def ftpd(certificate: Path | None = None, implicit: bool = False, without: tuple[str, ...] = ()) -> Iterator[PlainFtpServer]:
    """Yields a running server with an empty drop folder; with TLS, which is then required, where a certificate is given.

    ``without`` names commands that it is not to know.
    """
    base = Path(tempfile.mkdtemp(prefix="nightclerk-ftpd-"))
    try:
        drop = base / "root" / "export"
        drop.mkdir(parents=True)
        told = {"certificate": certificate and str(certificate), "implicit": implicit, "without": without}
        server = PlainFtpServer(base, drop, told)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _serve(told: dict[str, Any]) -> None:
    import logging

    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import FTPServer

    logging.disable(logging.CRITICAL)

    class Immediate(TLS_FTPHandler):  # type: ignore[misc]  # the library has no types
        """Speaks TLS from the first byte on."""

        def handle(self) -> None:
            self.secure_connection(self.get_ssl_context())
            super().handle()

    kind = FTPHandler if told["certificate"] is None else Immediate if told["implicit"] else TLS_FTPHandler
    authorizer = DummyAuthorizer()
    authorizer.add_user(told["user"], told["password"], told["root"], perm="elradfmwMT")
    settings: dict[str, Any] = {
        "authorizer": authorizer,
        "unicode_errors": "surrogateescape",
        "auth_failed_timeout": 0.05,
        "proto_cmds": {name: about for name, about in kind.proto_cmds.items() if name not in told["without"]},
    }
    if told["certificate"] is not None:
        settings |= {"certfile": told["certificate"], "tls_control_required": True, "tls_data_required": True}
    handler = type("Handler", (kind,), settings)
    server = FTPServer(("127.0.0.1", told["port"]), handler)
    print(server.socket.getsockname()[1], flush=True)
    # A parent that is killed leaves no server behind: its end of our standard input closes.
    os.set_blocking(0, False)
    while True:
        server.serve_forever(timeout=0.2, blocking=False)
        with contextlib.suppress(BlockingIOError):
            if os.read(0, 1) == b"":
                break
    server.close_all()


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]))
