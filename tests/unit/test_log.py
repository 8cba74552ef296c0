"""The log: one JSON object a line, with what is bound, without secrets and without cells."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from nightclerk import log
from nightclerk.core.errors import OperatorError


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes, with everything as it was before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in [*log.FOREIGN, "nightclerk"]}
    stream = io.StringIO()
    yield stream
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def ours() -> Any:
    return structlog.get_logger("nightclerk.work.round")


def test_an_event_is_one_json_object_with_utc_time_and_what_is_bound(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    with bound_contextvars(tenant="acme", feed="clients", drop=7, run=9):
        ours().info("run_ended", rows=3)
    ours().info("later")
    first, second = lines(stream)
    assert first | {"time": ""} == {
        "event": "run_ended", "level": "info", "time": "", "tenant": "acme", "feed": "clients", "drop": 7, "run": 9, "rows": 3,
    }  # fmt: skip
    assert datetime.fromisoformat(first["time"]).utcoffset() == datetime.now(UTC).utcoffset()
    assert "tenant" not in second


def test_what_is_bound_in_one_thread_does_not_show_in_another(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)

    def work(tenant: str) -> None:
        with bound_contextvars(tenant=tenant):
            ours().info("looked", meant=tenant)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [f"t{number}" for number in range(20)]))
    found = lines(stream)
    assert len(found) == 20
    assert all(line["tenant"] == line["meant"] for line in found)


@pytest.mark.parametrize(
    "name", ["paramiko", "apscheduler.scheduler", "watchdog.observers.inotify_c", "sqlalchemy.pool", "yagmail"]
)
def test_foreign_loggers_speak_the_same_language(stream: io.StringIO, name: str) -> None:
    log.configure(stream=stream, plain=False)
    logging.getLogger(name).error("it is %s", "broken")
    logging.getLogger(name).info("chatter")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("it is broken", "error", name)


def test_paramikos_transport_is_heard_only_when_critical(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    logging.getLogger("paramiko.transport").error("Exception (client): Error reading SSH protocol banner")
    assert stream.getvalue() == ""


def test_a_handler_that_a_library_brought_along_is_taken_off(stream: io.StringIO) -> None:
    logging.getLogger("yagmail").addHandler(logging.StreamHandler(stream))
    log.configure(stream=stream, plain=False)
    logging.getLogger("yagmail").error("once")
    assert len(stream.getvalue().splitlines()) == 1


def test_secrets_are_masked_however_deep(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    ours().warning(
        "login", password="hunter2", passphrase="hunter2", private_key="hunter2", mail={"smtp_password": "hunter2", "host": "h"},
        tokens=["hunter2"], url="postgresql://app:hunter2@db/x", key_material=b"hunter2", api_key="hunter2",
    )  # fmt: skip
    assert "hunter2" not in stream.getvalue()
    (line,) = lines(stream)
    assert line["mail"] == {"smtp_password": "***", "host": "h"}
    assert line["url"] == "postgresql://app:***@db/x"


def test_cells_are_left_out(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    ours().info("issue", line=4, column="Nom", value="Dupont", values=["Dupont"], detail={"cell": "Dupont", "code": "too_long"})
    assert "Dupont" not in stream.getvalue()
    assert lines(stream)[0]["detail"] == {"code": "too_long"}


def _int_of_a_cell() -> None:
    int("1 234 Dupont")


def _key_of_a_cell() -> None:
    {}["Dupont"]


def _statement_with_a_cell() -> None:
    import sqlalchemy

    engine = sqlalchemy.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("INSERT INTO nowhere VALUES (:name)"), {"name": "Dupont"})
    finally:
        engine.dispose()


def _polars_cast_of_a_cell() -> None:
    import polars

    polars.DataFrame({"a": ["Dupont"]}).select(polars.col("a").cast(polars.Int64))


@pytest.mark.parametrize("fail", [_int_of_a_cell, _key_of_a_cell, _statement_with_a_cell, _polars_cast_of_a_cell])
@pytest.mark.parametrize("plain", [False, True])
def test_other_peoples_exceptions_do_not_carry_cells_into_the_log(stream: io.StringIO, fail: Any, plain: bool) -> None:
    log.configure(stream=stream, plain=plain)
    try:
        fail()
    except Exception:  # noqa: BLE001 - whatever it is, it must be logged without the cell
        ours().exception("failed")
    assert "Dupont" not in stream.getvalue()
    assert fail.__name__ in stream.getvalue()


def test_an_exception_is_structured_with_its_cause(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    try:
        try:
            raise FileNotFoundError(2, "No such file or directory", "/srv/drops/acme")
        except OSError as error:
            raise OperatorError("The folder '/srv/drops/acme' is not there.") from error
    except OperatorError:
        ours().exception("round_failed")
    exception = lines(stream)[0]["exception"]
    assert exception["type"] == "nightclerk.core.errors.OperatorError"
    assert exception["message"] == "The folder '/srv/drops/acme' is not there."
    assert "test_log.py" in exception["traceback"][-1]
    assert exception["cause"]["type"] == "FileNotFoundError"
    assert "/srv/drops/acme" in exception["cause"]["message"]


def test_a_line_break_in_what_is_logged_does_not_make_a_second_line(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    ours().info("seen", file='x\n{"event":"forged"}\u2028.csv')
    assert [line["event"] for line in map(json.loads, stream.getvalue().split("\n")[:-1])] == ["seen"]


def test_plain_lines_keep_one_line_per_event_and_no_control_characters(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=True)
    ours().info("seen", file="a\n\x1b[31mb.csv", tenant="acme")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert "tenant=acme" in stream.getvalue()


def test_the_level_holds_for_our_events_and_configuring_twice_does_not_double(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    log.configure(logging.WARNING, stream=stream, plain=False)
    ours().info("quiet")
    ours().warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_warnings_of_python_go_into_the_log(stream: io.StringIO) -> None:
    log.configure(stream=stream, plain=False)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert lines(stream)[0]["logger"] == "py.warnings"
