"""The log: one JSON object a line on standard error, or plain lines on a terminal.

Only this file sets structlog up. The rooms below it log by ``structlog.get_logger()`` and bind what they work on by
``structlog.contextvars.bound_contextvars(tenant=…, feed=…, drop=…, run=…)``, inside the thread that does the work: context is
not carried into the threads of a pool. Events are short names, what belongs to them are keys.

No cell of a file and no secret is logged. Keys that could hold one are taken out or masked here, and of other people's
exceptions only what cannot quote a value is kept; but that is the second line of defence: the first is not to log them.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from nightclerk.core.errors import NightclerkError

#: Other people's loggers, from which level on they are heard. paramiko's transport logs a whole traceback for each bad server,
#: and APScheduler warns of every due time that a long round covers.
FOREIGN = {
    "": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "paramiko": logging.WARNING,
    "paramiko.transport": logging.CRITICAL,
    "sqlalchemy": logging.WARNING,
    "watchdog": logging.WARNING,
    "yagmail": logging.WARNING,
}
INFO, WARNING = logging.INFO, logging.WARNING
MASKED = "***"
_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|private|api_?key|authorization|key_(material|data|text)", re.I
)
_CELLS = frozenset({"value", "values", "cell", "cells", "before", "after", "record", "sample", "content", "body"})
_LOGIN_IN_URL = re.compile(r"(://[^/\s:@]*):[^@/\s]+@")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|=\([^)]*\)")


def configure(level: int = logging.INFO, stream: TextIO | None = None, plain: bool | None = None) -> None:
    """Given the level of our own events; sends all logging of this process to ``stream`` (standard error).

    ``plain``: lines for people instead of JSON; by default so if the stream is a terminal. May be called again.
    """
    stream = stream or sys.stderr
    plain = stream.isatty() if plain is None else plain
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _name_foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _structured_exception,
                _without_values,
                _as_plain_line if plain else structlog.processors.JSONRenderer(ensure_ascii=False, default=str, sort_keys=False),
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    for name, threshold in FOREIGN.items():
        logger = logging.getLogger(name)
        logger.setLevel(threshold)
        if name:
            logger.propagate = True
            logger.handlers.clear()
    logging.getLogger("nightclerk").setLevel(level)
    logging.captureWarnings(True)


def logger(name: str) -> Any:
    """Given a module's name; returns its logger, for the floors above this one."""
    return structlog.get_logger(name)


def without_values(text: str) -> str:
    """Given the message of somebody else's exception; returns its first line, without what it quotes and without logins."""
    first = text.strip().partition("\n")[0]
    return _LOGIN_IN_URL.sub(rf"\1:{MASKED}@", _QUOTED.sub("…", first))[:300]


def describe(error: BaseException) -> dict[str, Any]:
    """Given an exception; returns its type, message, traceback (innermost last) and cause as plain data without values."""
    ours = isinstance(error, NightclerkError | OSError)
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "message": str(error) if ours else without_values(str(error)),
        "traceback": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["cause"] = describe(cause)
    return described


def _structured_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def _name_foreign(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger"] = record.name
    return event


def _without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: _clean(key, held) for key, held in event.items() if key not in _CELLS}


def _clean(key: str, value: Any) -> Any:
    """Given a key and what stands under it; returns it with secrets masked and cells left out, however deep."""
    if _SECRET.search(key) and value is not None and not isinstance(value, bool):
        return MASKED
    if isinstance(value, str):
        return _LOGIN_IN_URL.sub(rf"\1:{MASKED}@", value)
    if isinstance(value, Mapping):
        return {str(inner): _clean(str(inner), held) for inner, held in value.items() if inner not in _CELLS}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, held) for held in value]
    return value


def _as_plain_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One readable line; the traceback of an exception below it."""
    time, level, name = str(event.pop("time", ""))[11:19], event.pop("level", "info"), event.pop("event", "")
    exception = event.pop("exception", None)
    line = _printable(f"{time} {level:<8} {name}" + "".join(f"  {key}={held}" for key, held in event.items()))
    return "\n    ".join([line, *(traceback_lines(exception) if exception else ())])


def _printable(text: str) -> str:
    """Shows control characters instead of sending them to the terminal: names of files are data of strangers."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode() for letter in text
    )


def traceback_lines(described: dict[str, Any]) -> list[str]:
    """Given what ``describe`` made of an exception; returns it as lines, the first cause first, each cause's message last."""
    before = traceback_lines(described["cause"]) if "cause" in described else []
    return [_printable(line) for line in (*before, *described["traceback"], f"{described['type']}: {described['message']}")]
