"""A connection to MariaDB or MySQL: how it is opened, with which settings, and that it waits for no server for ever."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CLIENT, SERVER_STATUS
from sqlalchemy import URL

from nightclerk.core.errors import OperatorError

#: Seconds in which a server must take a connection and say its first words. ``connect_timeout`` of the address goes before it.
_CONNECTING = 10.0
_SSL = ("ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity", "ssl_disabled")
_OLDEST = {True: (10, 6), False: (8, 0, 17)}
"""The oldest versions that tell texts apart to the byte and speak JSON: of MariaDB, and of MySQL."""
_MODES = (
    "STRICT_ALL_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION",
    "NO_AUTO_VALUE_ON_ZERO", "NO_BACKSLASH_ESCAPES",
)  # fmt: skip
_IDLE = 900  # seconds: a worker that froze lets go of its locks


class PatientConnection(Connection):
    """The driver's connection. What is silent for longer than it is patient is given up, and the connection is closed."""

    def be_patient(self, seconds: float) -> None:
        """From now on the server may be silent for so many seconds while an answer is awaited."""
        self._read_timeout = self._write_timeout = max(seconds, 0.001)

    def break_off(self) -> None:
        """Ends what another thread is waiting for. Nothing more can be asked; the server rolls back as soon as it notices."""
        line: socket.socket | None = vars(self).get("_sock")
        if line is not None:
            with suppress(OSError):  # it is gone already
                line.shutdown(socket.SHUT_RDWR)

    @property
    def version(self) -> str:
        """What the server says of itself. Since 10 MariaDB says 5.5.5- first, so that old clients take it for a MySQL."""
        told: str = self.get_server_info()  # type: ignore[no-untyped-call]
        return told.removeprefix("5.5.5-")

    @property
    def is_mariadb(self) -> bool:
        return "mariadb" in self.version.lower()

    @property
    def collation(self) -> str:
        """The collation to which texts are the same only if they are so to the byte, blanks at their ends included."""
        return "utf8mb4_nopad_bin" if self.is_mariadb else "utf8mb4_0900_bin"

    @collation.setter
    def collation(self, _wanted: object) -> None:
        """The driver's own setting is not used: which collation is meant depends on the server."""

    @property
    def keeps_backslashes(self) -> bool:
        """Whether a backslash in a text literal stands for itself at this moment, as the server said with its last answer."""
        return bool(vars(self).get("server_status", 0) & SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES)

    def ask(self, statement: str) -> Any:
        """Runs a statement; returns its first row, or None."""
        with self.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()


def connected(url: URL, place: str, patience: float, settings: Mapping[str, str]) -> PatientConnection:
    """Given the address, the database as people know it, the seconds of patience, and more settings of the session (name →
    value in SQL); returns a new connection, all set up. Raises what the driver raises, or OperatorError."""
    driver = PatientConnection(**_options(url))
    try:
        _check_version(driver, place)
        driver.ask(f"SET NAMES utf8mb4 COLLATE {driver.collation}")
        wanted = {
            "sql_mode": f"'{','.join(_MODES)}'", "time_zone": "'+00:00'", "wait_timeout": f"{_IDLE}", "net_write_timeout": "600",
            "sql_safe_updates": "0", "sql_big_selects": "1", "sql_select_limit": "DEFAULT", "foreign_key_checks": "1",
            "unique_checks": "1", "group_concat_max_len": "@@max_allowed_packet",
        }  # fmt: skip
        if driver.is_mariadb:
            wanted["idle_transaction_timeout"] = f"{_IDLE}"
        pairs = ", ".join(f"{name} = {value}" for name, value in (wanted | dict(settings)).items())
        driver.ask(f"SET SESSION {pairs}")
        driver.ask("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        driver.commit()
    except BaseException:  # whatever it is: nobody else knows of this connection
        driver.close()
        raise
    driver.be_patient(patience)
    return driver


def _options(url: URL) -> dict[str, Any]:
    query = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    connecting = float(query.pop("connect_timeout", _CONNECTING))
    options: dict[str, Any] = {
        "host": url.host, "port": url.port or 3306, "user": url.username, "password": url.password or "",
        "database": url.database, "charset": "utf8mb4", "client_flag": CLIENT.FOUND_ROWS, "program_name": "nightclerk",
        "connect_timeout": connecting, "read_timeout": connecting, "write_timeout": connecting,
        "unix_socket": query.pop("unix_socket", None),
    }  # fmt: skip
    secured = {name: query.pop(name) for name in _SSL if name in query}
    if query:
        raise OperatorError(f"The address of the database has settings that MariaDB does not know: {', '.join(query)}.")
    if _is_true(secured.pop("ssl_disabled", "false")) or not secured:
        return options | {"ssl_disabled": True}  # the driver's own way would encrypt without asking with whom
    return options | {"ssl": _context(secured)}


def _context(secured: Mapping[str, str]) -> ssl.SSLContext:
    """Who asks for encryption wants to know with whom, unless the address says otherwise."""
    authority = secured.get("ssl_ca", "system")
    try:
        context = ssl.create_default_context(cafile=None if authority == "system" else authority)
        identity = _is_true(secured.get("ssl_verify_identity", secured.get("ssl_verify_cert", "true")))
        context.check_hostname = identity
        proven = identity or _is_true(secured.get("ssl_verify_cert", "true" if "ssl_verify_identity" not in secured else "false"))
        context.verify_mode = ssl.CERT_REQUIRED if proven else ssl.CERT_NONE
        if "ssl_cert" in secured:
            context.load_cert_chain(secured["ssl_cert"], secured.get("ssl_key"))
    except OSError as error:
        raise OperatorError(
            f"The certificates for the database cannot be read ({error.strerror or error}). Check ssl_ca, ssl_cert and ssl_key."
        ) from error
    return context


def _is_true(word: str) -> bool:
    return word.lower() in {"true", "1", "yes", "on"}


def _check_version(driver: PatientConnection, place: str) -> None:
    told = driver.version
    version = tuple(map(int, re.findall(r"\d+", told)[:3]))
    if version < _OLDEST[driver.is_mariadb]:
        raise OperatorError(
            f"The server of {place} is too old ({told}). Nightclerk books into MariaDB 10.6 and MySQL 8.0.17, and what is newer."
        )
