"""What the errors of MariaDB and MySQL mean: who must act, in a sentence. Values of rows are never repeated."""

from __future__ import annotations

import re
from typing import Any

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError

_PASSING = {
    1213: "another program and this one waited for each other's rows",
    1020: "another program changed the same rows at the same time",
    1317: "a statement was stopped, by an administrator or a limit of the server",
    1969: "a statement took longer than it may",
    3024: "a statement took longer than it may",
    1053: "the server is stopping",
    1077: "the server is stopping",
    1927: "an administrator ended the connection",
    4031: "the connection was idle for too long",
    1040: "it has no connection left",
    1203: "it has no connection left for this user",
    1226: "this user has used up what it may in this hour",
    1021: "its disk is full",
    1114: "its disk is full, or the room that it gives to a table is",
    1037: "it has no memory left",
    1038: "it has no memory left",
    1041: "it has no memory left",
    1206: "it has no memory left for locks",
    1047: "its cluster is not ready",
    1290: "the server takes no writes, as a replica does",
    1836: "the server takes no writes, as a replica does",
    3032: "the server is offline for maintenance",
    3100: "its cluster refused the commit",
}
_AWAY = frozenset({0, 1152, 1158, 1159, 1160, 1161, 1184, 2002, 2003, 2005, 2006, 2012, 2013, 2014, 2055})
_REFUSED = frozenset({1044, 1045, 1049, 1129, 1130, 1251, 1275, 1524, 1698, 1862, 2026, 2054, 2059, 2061})
_DENIED = frozenset({1142, 1143, 1227, 1370})
_VALUES = {
    1264: "is larger than its column takes",
    1690: "is larger than its column takes",
    1406: "is longer than its column takes",
    1265: "is not what its column takes",
    1292: "is no date, time or number where one is wanted",
    1366: "holds a character that its column cannot keep, or is no number",
    1411: "is no date or time where one is wanted",
    3140: "is no JSON where it is wanted",
}
"""Here the server's own sentence holds the value."""
_PLACED = re.compile(r"column [^']*?'?`?n(\d+)`?'? at row (\d+)")
_KEY = re.compile(r"for key '(?:[^']*\.)?([^'.]+)'$")
_COLUMN = re.compile(r"(?:Column|Field|column) '([^']+)'")


def explained(place: str, wait: float, error: Any) -> NightclerkError:
    """Given the database as people know it, the seconds waited for locks, and what the driver raised (``pymysql.MySQLError``)."""
    code, told = code_of(error), told_by(error)
    if code == 1205:
        return busy(place, wait)
    if code in _PASSING:
        return WeatherError(f"The database {place} could not go on: {_PASSING[code]}. It will be tried again.")
    if code in _AWAY and not _is_certificate(error):
        return _unreachable(place, error)
    if code in _REFUSED or code in _AWAY:
        return OperatorError(
            f"The database {place} does not let us in: {told}. Check user, password and name of the database, and what the "
            "address says about encryption."
        )
    if code in _DENIED:
        return OperatorError(f"The database {place} does not let this user do that: {told}. Grant it.")
    return _about_rows(place, code, told)


def _about_rows(place: str, code: int, told: str) -> OperatorError:
    if code in _VALUES:
        return OperatorError(
            f"A value {_VALUES[code]} in the database {place} (error {code}). Nothing was booked. Look at the types of the "
            "table's columns and at its triggers and rules."
        )
    if code in {1048, 1364}:
        return OperatorError(
            f"The column {_named(_COLUMN, told)} of a table in {place} must not be empty, and a row has no value for it. Give "
            "the column a default or let it be empty, or write required: true for its field."
        )
    if code == 1062:
        return OperatorError(
            f"A rule of the database {place} forbids the rows: two would have the same value under the unique key "
            f"{_named(_KEY, told)}. Change the rule or the mapping."
        )
    if code in {1451, 1452, 3819, 4025, 1644}:
        return OperatorError(f"A rule of the database {place} forbids the rows: {told}. Change the rule or the mapping.")
    if code == 1071:
        return OperatorError(
            f"The key of a table in {place} would be too long for the server, which takes 768 characters for all columns of a "
            "key together. Write a smaller max_length for the text fields of the key; without one a column has 255."
        )
    if code == 1153:
        return OperatorError(
            f"A row is longer than the server of {place} takes at once. Make its max_allowed_packet larger, 64M say."
        )
    if code == 1665:
        return OperatorError(
            f"The server of {place} logs statements, not rows, which does not go together with how rows are booked. Set its "
            "binlog_format to MIXED or ROW."
        )
    return OperatorError(f"The database {place} does not take the rows: {told} (error {code}).")


def busy(place: str, wait: float) -> WeatherError:
    """Given the database and the seconds that were waited for a lock; returns the error about it."""
    return WeatherError(f"Another program is writing to {place}; gave up after {wait:g} seconds and will try again.")


def too_much(place: str, line: int, field: str, column: str, declared: str) -> OperatorError:
    """Given a value's line and field and the column that cannot hold it; returns the error about it."""
    return OperatorError(
        f"Line {line}: the value of {field} does not fit the column {column} ({declared}) in {place}. Make the column larger, or "
        "give the field narrower limits in the entity, so that such rows alone are rejected."
    )


def code_of(error: Any) -> int:
    """Returns the error's number, 0 where the driver tells none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def told_by(error: Any) -> str:
    """Returns the error's own sentence in one line, without its end."""
    lines = str(error.args[-1] if error.args else "").strip().splitlines()
    return lines[0].rstrip(".") if lines and lines[0] else type(error).__name__


def staged_place(error: Any) -> tuple[int, int] | None:
    """Given what staging rows raised; returns which of the statement's rows it was, from 0, and the number of its column."""
    found = _PLACED.search(told_by(error)) if code_of(error) in _VALUES else None
    return (int(found[2]) - 1, int(found[1])) if found else None


def doubled_key(error: Any) -> str | None:
    """Given an error; returns the unique key that a row would have broken, if it was that."""
    return _named(_KEY, told_by(error)) if code_of(error) == 1062 else None


def _unreachable(place: str, error: Any) -> WeatherError:
    if any(isinstance(one, TimeoutError) for one in _chain(error)):
        return WeatherError(
            f"The database {place} does not answer, and the connection was closed. If it stays so, check that its server still "
            "works. It will be tried again."
        )
    return WeatherError(f"The database {place} is away or the connection broke ({told_by(error)}). It will be tried again.")


def _is_certificate(error: Any) -> bool:
    return "certificate verify failed" in str(error).lower()


def _chain(error: BaseException | None) -> list[BaseException]:
    """Returns the error with all that came before it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _named(pattern: re.Pattern[str], told: str) -> str:
    found = pattern.search(told)
    return found[1] if found else "that the server's log names"
