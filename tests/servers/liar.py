"""An FTP server that does as it is told, however wrong that is, for tests; needs no pytest."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

FILE = b"type=file;size=5;modify=20261121020312; f.csv\r\n"
#: What an honest server with one file of five bytes answers. None: nothing at all, for as long as the client waits.
HONEST: dict[str, bytes | None] = {
    "GREETING": b"220 hello\r\n", "USER": b"331 password\r\n", "PASS": b"230 in\r\n", "AUTH": b"234 go on\r\n",
    "PBSZ": b"200 ok\r\n", "PROT": b"200 ok\r\n", "FEAT": b"211-all\r\n MLST type*;size*;modify*;\r\n211 end\r\n",
    "CWD": b"250 there\r\n", "PWD": b'257 "/"\r\n', "TYPE": b"200 ok\r\n", "NOOP": b"200 ok\r\n",
    "MLSD": b"150 now\r\n", "LIST": b"150 now\r\n", "NLST": b"150 now\r\n", "RETR": b"150 now\r\n", "DONE": b"226 all\r\n",
    "MLST": b"250-now\r\n " + FILE + b"250 end\r\n", "SIZE": b"213 5\r\n", "MDTM": b"213 20261121020312\r\n",
}  # fmt: skip
Send = Callable[[socket.socket], None]


@dataclass
class Liar:
    """answers: what differs from ``HONEST``, by command; GREETING comes first, DONE after the data. A function sends by itself.

    data: what is sent over data connections, by command. ending: how they end; ``cut`` ends one without TLS's farewell.
    address: the address that PASV names. commands: all that clients have sent.
    """

    answers: dict[str, bytes | Send | None] = field(default_factory=dict)
    data: dict[str, bytes | Send] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    cut: bool = False
    address: str = "127,0,0,1"
    host: str = "127.0.0.1"
    port: int = 0
    user: str = "u"
    password: str = "p"
    folder: str = "."
    commands: list[str] = field(default_factory=list)
    _over: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with socket.create_server(("127.0.0.1", 0)) as offered:
            self._talk(line, offered).close()

    def _talk(self, line: socket.socket, offered: socket.socket) -> socket.socket:
        """Returns the line as it is then, when the client has gone."""
        with contextlib.suppress(OSError):
            self._answer(line, "GREETING")
            buffer = b""
            while not self._over:
                while b"\r\n" not in buffer:
                    piece = line.recv(4096)
                    if not piece:
                        return line
                    buffer += piece
                written, _, buffer = buffer.partition(b"\r\n")
                self.commands.append(written.decode("latin-1"))
                command = self.commands[-1].split(" ")[0]
                if command == "PASV" and command not in self.answers:
                    high, low = divmod(offered.getsockname()[1], 256)
                    line.sendall(f"227 over there ({self.address},{high},{low})\r\n".encode())
                    continue
                self._answer(line, command)
                if command == "AUTH" and self.context is not None:
                    line = self.context.wrap_socket(line, server_side=True)
                if command in {"MLSD", "LIST", "NLST", "RETR"} and command in self.data:
                    self._send_data(offered, self.data[command])
                    self._answer(line, "DONE")
        return line

    def _answer(self, line: socket.socket, command: str) -> None:
        answer = self.answers[command] if command in self.answers else HONEST.get(command, b"500 what?\r\n")
        if callable(answer):
            answer(line)
        elif answer is None:
            self.fall_silent(line)
        else:
            line.sendall(answer)

    def _send_data(self, offered: socket.socket, data: bytes | Send) -> None:
        way, _ = offered.accept()
        if self.context is not None:
            way = self.context.wrap_socket(way, server_side=True)
        try:
            if callable(data):
                data(way)
            else:
                way.sendall(data)
            if isinstance(way, ssl.SSLSocket) and not self.cut:
                way.unwrap()
        finally:
            way.close()

    def fall_silent(self, line: socket.socket) -> None:
        """Says nothing until the client goes away."""
        line.settimeout(0.02)
        while not self._over:
            try:
                if not line.recv(4096):
                    raise OSError("gone")
            except TimeoutError:
                continue


def endless(piece: bytes, pause: float = 0) -> Send:
    """Returns an answer that repeats a piece for as long as the client listens."""

    def send(line: socket.socket) -> None:
        while True:
            line.sendall(piece if pause else piece * 100)
            time.sleep(pause)

    return send


@contextlib.contextmanager
def liar(lies: Liar) -> Iterator[Liar]:
    """Given what it is to do; runs it, and leaves no thread or socket behind."""
    listener = socket.create_server(("127.0.0.1", 0))
    lies.port = listener.getsockname()[1]
    accepting = threading.Thread(target=lies._accept, args=(listener,), daemon=True)
    accepting.start()
    try:
        yield lies
    finally:
        lies._over = True
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in lies._threads:
            thread.join()
