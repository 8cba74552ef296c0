"""A TCP proxy that misbehaves as told: delay, low rate, black hole, cut after so many bytes, reset."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Toxic:
    """Faults may be changed while connections stand. Bytes are counted from the server's side, over all connections.

    hole_after, cut_after, reset_after: bytes from the server after which it falls silent, closes or resets; None for never.
    delay: seconds before each piece. rate: bytes per second, 0 for all. refuse: accepted connections are closed at once.
    """

    host: str
    port: int
    hole_after: int | None = None
    cut_after: int | None = None
    reset_after: int | None = None
    delay: float = 0
    rate: float = 0
    refuse: bool = False
    passed: int = 0
    connections: int = 0
    _over: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)

    def heal(self) -> None:
        """Takes all faults away; connections that fell silent stay so."""
        self.hole_after = self.cut_after = self.reset_after = None
        self.delay = self.rate = 0
        self.refuse = False

    def _serve(self, listener: socket.socket, target: tuple[str, int]) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = None if self.refuse else socket.create_connection(target)
            except OSError:  # the server is away: so are we
                server = None
            if server is None:
                client.close()
                continue
            thread = threading.Thread(target=self._pump, args=(client, server), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        """Carries both ways in one thread, so that closing a socket is at once what the other end sees."""
        other = {client: server, server: client}
        with client, server, contextlib.suppress(OSError):
            while not self._over:
                for source in select.select([client, server], [], [], 0.02)[0]:
                    piece = source.recv(16384)
                    if not piece or (source is server and self._broken(len(piece), client)):
                        return
                    time.sleep(self.delay + (len(piece) / self.rate if self.rate else 0))
                    other[source].sendall(piece)

    def _broken(self, size: int, client: socket.socket) -> bool:
        """Counts what the server sent; says whether the connection is to end now, after its silence if that is the fault."""
        self.passed += size
        if self.hole_after is not None and self.passed > self.hole_after:
            while self.hole_after is not None and not self._over:
                gone = select.select([client], [], [], 0.02)[0] and not client.recv(16384)
                if gone:
                    break
            return True
        if self.reset_after is not None and self.passed > self.reset_after:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return True
        return self.cut_after is not None and self.passed > self.cut_after


@contextlib.contextmanager
def toxic(host: str, port: int) -> Iterator[Toxic]:
    """Given a server; yields a proxy in front of it, harmless until told otherwise, and leaves no thread or socket behind."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Toxic("127.0.0.1", listener.getsockname()[1])
    accepting = threading.Thread(target=proxy._serve, args=(listener, (host, port)), daemon=True)
    accepting.start()
    try:
        yield proxy
    finally:
        proxy._over = True
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in proxy._threads:
            thread.join()
