"""What PostgreSQL's errors mean: who must act, in a sentence. Values of rows are never repeated."""

from __future__ import annotations

import re
from typing import Any

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.targets.postgresql_connection import SilentServerError

_COLLISIONS = {
    "40001": "another program changed the same rows at the same time",
    "40P01": "another program and this one waited for each other's rows",
    "57014": "a statement took longer than it may, or an administrator stopped it",
    "57P01": "an administrator ended the connection, as a restart does",
    "57P02": "the server broke down and recovers",
    "57P03": "the server is starting or stopping",
    "57P05": "the connection was idle for too long",
    "25P03": "the transaction was idle for too long",
    "25P04": "the transaction took longer than it may",
    "25006": "the server takes no writes, as a standby does",
    "53100": "its disk is full",
    "53200": "it has no memory left",
    "53300": "it has no connection left",
}
_PASSING_CLASSES = ("08", "40", "53", "57", "58")
_REFUSED = re.compile(r"authentication|pg_hba\.conf|no password supplied|does not exist|certificate|SSL|not permitted to log in")
_COPIED = re.compile(r"COPY \S+, line (\d+), column n(\d+)")
_VALUES = {
    "22001": "is longer than its column takes",
    "22003": "is larger than its column takes",
    "22021": "holds a character that the database cannot keep",
    "22007": "is no date or time where one is wanted",
    "22008": "is a date or time that there is not",
    "22P05": "holds a character that the database's encoding does not have",
}
_ANY_VALUE = "is not what the database can work with"


def explained(place: str, wait: float, error: Any) -> NightclerkError:
    """Given the database as people know it, the seconds waited for locks, and what the driver raised (``psycopg.Error``)."""
    state: str | None = error.sqlstate
    if state is None:
        return _unreachable(place, error)
    if state == "55P03":
        return WeatherError(f"Another program is writing to {place}; gave up after {wait:g} seconds and will try again.")
    if state in _COLLISIONS or state.startswith(_PASSING_CLASSES):
        reason = _COLLISIONS.get(state, _first_line(error))
        return WeatherError(f"The database {place} could not go on: {reason}. It will be tried again.")
    if state.startswith("28") or state == "3D000":
        return _refused(place, error)
    if state == "42501":
        return OperatorError(f"The database {place} does not let this user do that: {_first_line(error)}. Grant it.")
    if state == "23502":
        return OperatorError(
            f"The column {error.diag.column_name} of the table {error.diag.table_name} in {place} must not be empty, and a row "
            "has no value for it. Give the column a default or let it be empty, or write required: true for its field."
        )
    if state.startswith("23"):
        return OperatorError(
            f"A rule of the database {place} forbids the rows: {_first_line(error)}. Change the rule or the mapping."
        )
    if state.startswith("22"):  # here the server's own sentence holds the value
        return OperatorError(
            f"A value {_VALUES.get(state, _ANY_VALUE)} in the database {place} (error {state}). Nothing was booked. Look at the "
            "types of the table's columns and at its triggers and rules; the server's own log names the value."
        )
    return OperatorError(f"The database {place} does not take the rows: {_first_line(error)}.")


def copied_place(error: Any) -> tuple[int, int] | None:
    """Given what COPY raised; returns which of its rows it was, from 0, and the number of its column, where it says so."""
    found = _COPIED.search(error.diag.context or "")
    return (int(found[1]) - 1, int(found[2])) if found else None


def too_much(place: str, line: int, field: str, column: str, declared: str) -> OperatorError:
    """Given a value's line and field and the column that cannot hold it; returns the error about it."""
    return OperatorError(
        f"Line {line}: the value of {field} does not fit the column {column} ({declared}) in {place}. Make the column larger, or "
        "give the field narrower limits in the entity, so that such rows alone are rejected."
    )


def _unreachable(place: str, error: Any) -> NightclerkError:
    if (silent := _silence(error)) is not None:
        return WeatherError(
            f"The database {place} does not answer: no word of it for {silent.seconds:g} seconds, and the connection was closed. "
            "If it stays so, check that its server still works. It will be tried again."
        )
    if _REFUSED.search(str(error)):
        return _refused(place, error)
    return WeatherError(f"The database {place} is away or the connection broke ({_first_line(error)}). It will be tried again.")


def _refused(place: str, error: Any) -> OperatorError:
    return OperatorError(
        f"The database {place} does not let us in: {_first_line(error)}. Check user, password and name of the database."
    )


def _silence(error: BaseException | None) -> SilentServerError | None:
    """Returns the silence that came before an error: whoever tidies up after it only finds that the connection is closed."""
    while error is not None and not isinstance(error, SilentServerError):
        error = error.__cause__ or error.__context__
    return error


def _first_line(error: Any) -> str:
    """Returns the server's main sentence. Where no connection was made, and the driver tells of every server that it tried:
    the line about the first that refused, or else about the last one."""
    if error.diag.message_primary:
        return str(error.diag.message_primary).rstrip(".")
    lines = str(error).strip().splitlines() or [type(error).__name__]
    line = next(filter(_REFUSED.search, lines), lines[0])
    _, tried, cause = line.partition("connection failed: ")
    return (cause if tried else line).rpartition("FATAL:")[2].strip().rstrip(".")
