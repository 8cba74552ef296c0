"""A real vsftpd on the loopback, for tests; needs no pytest, but root.

Logins are vsftpd's anonymous ones, which may write here and must give the right password: they need no PAM file and no system
user of their own, so that nothing outside a temporary folder is touched. TLS sessions must be reused, as is vsftpd's default.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.sshd import descendants

VSFTPD = "/usr/sbin/vsftpd"
_CONFIG = """
listen=YES
listen_address=127.0.0.1
background=NO
session_support=NO
anonymous_enable=YES
local_enable=NO
secure_email_list_enable=YES
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
force_dot_files=YES
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=YES
log_ftp_protocol=YES
"""
_TLS = """
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
ssl_ciphers=HIGH
require_ssl_reuse=YES
"""


@dataclass
class FtpServer:
    """A running server. ``folder`` is the drop folder as a client names it, ``drop`` the same on this machine's disk.

    certificate: the file with the server's key and certificate, None for plain FTP. latest: the newest TLS that it speaks.
    """

    base: Path
    drop: Path
    certificate: Path | None = None
    implicit: bool = False
    latest: str = "TLSv1.3"
    settings: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    folder: str = "/export"
    user: str = "anonymous"
    password: str = "right horse"
    _process: subprocess.Popen[bytes] | None = None
    _owner: tuple[int, int] = field(default=(-1, -1))

    @property
    def log(self) -> Path:
        return self.base / "log"

    def hand_over(self, path: Path) -> None:
        """Makes the server's user the owner of a file or folder on disk."""
        os.chown(path, *self._owner, follow_symlinks=False)

    def logins(self) -> int:
        """Returns how many logins the server has accepted so far, over all its starts."""
        return self.log.read_text(errors="replace").count("OK LOGIN") if self.log.exists() else 0

    def start(self) -> None:
        """Starts the server (again) on its port and waits until it listens."""
        self._write_config()
        environment = {"OPENSSL_CONF": str(self.base / "openssl.cnf"), "PATH": "/usr/bin:/bin"}
        self._process = subprocess.Popen(
            [VSFTPD, str(self.base / "config")], stdin=subprocess.DEVNULL, start_new_session=True, env=environment
        )
        until = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("vsftpd does not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Kills the server and every connection it serves, as a power cut would; ``start`` brings it back."""
        if self._process is not None:
            for process in [*descendants(self._process.pid), self._process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _write_config(self) -> None:
        (self.base / "passwords").write_text(f"{self.password}\n")
        (self.base / "openssl.cnf").write_text(
            "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n"
            f"[default]\nMaxProtocol = {self.latest}\nMinProtocol = TLSv1.2\n"
        )
        tls = ""
        if self.certificate is not None:
            tls = f"{_TLS}implicit_ssl={'YES' if self.implicit else 'NO'}\nrsa_cert_file={self.certificate}\n"
        (self.base / "config").write_text(
            f"{_CONFIG}{tls}listen_port={self.port}\nftp_username={pwd.getpwuid(self._owner[0]).pw_name}\n"
            f"anon_root={self.base / 'root'}\nemail_password_file={self.base / 'passwords'}\n"
            f"secure_chroot_dir={self.base / 'empty'}\nvsftpd_log_file={self.log}\n{self.settings}\n"
        )


@contextlib.contextmanager
def vsftpd(
    certificate: Path | None = None, implicit: bool = False, latest: str = "TLSv1.3", settings: str = ""
) -> Iterator[FtpServer]:
    """Yields a running server with an empty drop folder. ``settings`` are more lines of its configuration."""
    base = Path(tempfile.mkdtemp(prefix="nightclerk-vsftpd-"))
    try:
        base.chmod(0o755)
        (base / "empty").mkdir(mode=0o555)
        (base / "root").mkdir(mode=0o555)
        drop = base / "root" / "export"
        drop.mkdir()
        # Any user will do that is not root and has a home that exists: vsftpd goes there before it goes to anon_root.
        user = pwd.getpwnam("daemon")
        server = FtpServer(
            base, drop, certificate, implicit, latest, settings, port=_free_port(), _owner=(user.pw_uid, user.pw_gid)
        )
        server.hand_over(drop)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
