"""The fence with a real fork server: what a file may cost, what a child can see, what is left behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.formats.packed.archives import zipped
from tests.unit.formats.workbook.files import WRITERS, sheet_xml

from nightclerk.core.errors import OperatorError, ReaderDiedError, SenderError, WeatherError
from nightclerk.core.reading import Job
from nightclerk.formats.fence import Fence, FencedReading
from nightclerk.formats.fork_server import ForkServer, scrubbed_environment

JOB = Job("fr", "Europe/Paris")
SMALL = b"a;b\r\n" + b"1;2\r\n" * 100
LARGE = b"Code;Nom\r\n" + b"".join(b"C%07d;Une raison sociale assez longue\r\n" % number for number in range(400_000))


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    made = Fence(memory=10**9, time=timedelta(seconds=60))
    yield made
    made.close()


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "secret-name.csv"
        path.write_bytes(data)
        return path

    return write


def reading(fence: Fence, path: Path, job: Job = JOB) -> FencedReading:
    with path.open("rb") as file:
        return fence.read(file, job)


def gone(process: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.01)
    return False


def test_a_file_is_read(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    with reading(fence, drop(SMALL)) as found:
        assert found.opened.columns == ("a", "b")
        blocks = list(found.blocks())
        assert [block.columns for block in blocks] == [[["1"] * 100, ["2"] * 100]]
        assert found.finished().rows == 100
        assert [late.row.line for late in found.rows([2, 50, 999])] == [2, 50]
        assert [late.values for late in found.rows(iter([101]))] == [("1", "2")]


SHEET = {"S": [["a", "b"], *[["1", 2]] * 100]}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_workbook_is_read(fence: Fence, drop: Callable[[bytes], Path], writer: str) -> None:
    kind, write = WRITERS[writer]
    with reading(fence, drop(write(SHEET))) as found:
        assert (found.opened.format.kind, found.opened.format.sheet, found.opened.columns) == (kind, "S", ("a", "b"))
        blocks = list(found.blocks())
        assert [block.columns for block in blocks] == [[["1"] * 100, ["2"] * 100]]
        assert found.finished().rows == 100
        assert [late.row.line for late in found.rows([2, 50, 999])] == [2, 50]
        assert [late.values for late in found.rows(iter([101]))] == [("1", "2")]


def test_a_workbook_past_the_memory_is_refused(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=20 * 10**6, time=timedelta(seconds=60))
    rows = "".join(f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>{at:0>99}</t></is></c></row>' for at in range(1, 60_000))
    try:
        with reading(fence, drop(sheet_xml(rows))) as found:
            with pytest.raises(SenderError, match="more than the 20 MB of memory") as refused:
                list(found.blocks())
            assert refused.value.code == "reader_memory"
    finally:
        fence.close()


def test_an_archive_that_explodes_costs_one_refused_file_and_no_memory(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=150 * 10**6, time=timedelta(seconds=60), unpacked=250 * 10**6)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    try:
        with reading(fence, drop(bomb)) as found, pytest.raises(SenderError) as refused:
            _ = found.opened
        assert refused.value.code == "file_too_large"
        with reading(fence, drop(zipped({"clients.csv": LARGE}))) as found:  # far more than what came, and no bomb
            assert found.opened.format.member == "clients.csv"
            assert found.finished().rows == 400_000
    finally:
        fence.close()


def test_finished_passes_over_blocks_that_nobody_took(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    with reading(fence, drop(LARGE)) as found:
        assert found.finished().rows == 400_000
        lines = range(2, 400_002, 17)
        assert [late.row.line for late in found.rows(lines)] == list(lines)


def test_a_refusal_comes_through_with_its_code_and_line(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    with reading(fence, drop(b'a;b\r\n1;"2\r\n')) as found:
        for _ in range(2):
            with pytest.raises(SenderError) as refused:
                list(found.blocks())
            assert (refused.value.code, refused.value.line) == ("unbalanced_quote", 2)


def test_a_failure_of_our_own_is_named_by_its_place_alone(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    with reading(fence, drop(SMALL), Job("fr", "Europe/Paris", format='{"delimiter": "secret"}')) as found:
        with pytest.raises(ReaderDiedError, match=r"ValidationError at \w+\.py:\d+") as died:
            _ = found.opened
        assert "secret" not in str(died.value)


def test_memory_past_the_limit_refuses_the_file(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=20 * 10**6, time=timedelta(seconds=60))
    try:
        with reading(fence, drop(LARGE)) as found:
            with pytest.raises(SenderError, match="more than the 20 MB of memory") as refused:
                list(found.blocks())
            assert refused.value.code == "reader_memory"
            assert gone(found.process)
    finally:
        fence.close()


def test_time_past_the_limit_refuses_the_file(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=10**9, time=timedelta(seconds=0.8))
    fence.start()
    try:
        with reading(fence, drop(LARGE)) as found:
            os.kill(found.process, signal.SIGSTOP)
            began = time.monotonic()
            with pytest.raises(SenderError, match=r"longer than the 0\.8 seconds") as refused:
                list(found.blocks())
            assert refused.value.code == "reader_time"
            assert time.monotonic() - began < 3
            assert gone(found.process)
    finally:
        fence.close()


def test_time_in_which_the_child_waits_for_us_does_not_count(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=10**9, time=timedelta(seconds=2))
    try:
        with reading(fence, drop(SMALL)) as found:
            _ = found.opened
            time.sleep(2.2)
            assert found.finished().rows == 100
    finally:
        fence.close()


def test_a_child_that_dies_without_a_word_is_no_fault_of_the_file(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    path = drop(LARGE)
    with reading(fence, path) as found:
        next(found.blocks())
        os.kill(found.process, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(ReaderDiedError, match="without a word"):
                list(found.blocks())
    with reading(fence, path) as found:
        assert found.finished().rows == 400_000


def test_a_bomb_of_one_line_needs_no_more_memory_than_any_file(fence: Fence, tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv"
    with path.open("wb") as file:
        file.write(b"a;b\r\n1;2\r\n")
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    with reading(fence, path) as found:
        assert found.finished().rows == 2
        peak = next(line for line in Path(f"/proc/{found.process}/status").read_text().splitlines() if "VmHWM" in line)
        assert int(peak.split()[1]) < 180_000


def test_the_server_is_replaced_when_it_died_and_its_children_with_it(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=10**9, time=timedelta(seconds=60))
    path = drop(LARGE)
    try:
        with reading(fence, path) as first:
            _ = first.opened
            server = fence.server_process
            assert server is not None
            os.kill(server, signal.SIGKILL)
            with pytest.raises(ReaderDiedError):
                list(first.blocks())
            assert gone(first.process)
        with reading(fence, path) as second:
            assert second.finished().rows == 400_000
        assert fence.server_process != server
    finally:
        fence.close()
    assert fence.server_process is None


def test_a_child_that_is_killed_at_its_birth_does_not_take_the_server_with_it(drop: Callable[[bytes], Path]) -> None:
    fence = Fence(memory=10**9, time=timedelta(seconds=60))
    path = drop(SMALL)
    with reading(fence, path) as first:
        assert first.finished().rows == 100
    server, over, struck = fence.server_process, threading.Event(), 0

    def strike() -> None:
        nonlocal struck
        while not over.is_set():
            for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)
                    struck += 1

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        for _ in range(60):
            with suppress(ReaderDiedError), reading(fence, path) as found:
                found.finished()
        assert fence.server_process == server
        assert struck
    finally:
        over.set()
        thread.join()
        fence.close()


def test_a_server_started_before_serves_the_fence_and_ends_with_it(drop: Callable[[bytes], Path]) -> None:
    server = ForkServer()
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 5  # nobody waits for its libraries
    process = server.process
    fence = Fence(memory=10**9, time=timedelta(seconds=60), server=server)
    with reading(fence, drop(SMALL)) as found:
        assert found.finished().rows == 100
    assert fence.server_process == process
    fence.close()
    assert process is not None
    assert gone(process)


def test_a_server_that_is_not_needed_ends_before_it_has_started() -> None:
    server = ForkServer()
    server.start()
    process = server.process
    server.close()
    assert process is not None
    assert gone(process)


def test_a_server_that_cannot_start_is_for_ops(drop: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    fence = Fence(memory=10**9, time=timedelta(seconds=60))
    with pytest.raises(OperatorError, match="cannot be started"):
        reading(fence, drop(SMALL))
    fence.close()


def test_a_server_that_is_killed_while_it_starts_is_weather(
    drop: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the kernel kills when memory is short: nothing is damaged, and later there may be more."""
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    fence = Fence(memory=10**9, time=timedelta(seconds=60))
    with pytest.raises(WeatherError, match="was killed from outside"):
        reading(fence, drop(SMALL))
    fence.close()


def test_no_room_for_scratch_files_is_weather(drop: Callable[[bytes], Path], tmp_path: Path) -> None:
    fence = Fence(memory=10**9, time=timedelta(seconds=60), scratch=tmp_path / "not there")
    with pytest.raises(WeatherError, match="No scratch file"):
        reading(fence, drop(SMALL))
    fence.close()


def test_children_see_no_secret_no_name_and_nothing_open(
    fence: Fence, drop: Callable[[bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2-in-the-environment")
    own = Fence(memory=10**9, time=timedelta(seconds=60))
    try:
        with (tmp_path / "key").open("w") as _open_here, reading(own, drop(LARGE)) as found:
            _ = found.opened
            process = Path(f"/proc/{found.process}")
            environment = process.joinpath("environ").read_bytes()
            assert b"hunter2" not in environment
            names = {entry.split(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
            assert names <= {*scrubbed_environment(), "LC_CTYPE"}
            assert b"secret-name" not in process.joinpath("cmdline").read_bytes()
            opened = {int(entry.name): str(entry.readlink()) for entry in process.joinpath("fd").iterdir()}
            assert set(opened) <= set(range(8)) | {number for number, link in opened.items() if link.startswith("anon_inode")}
            assert [opened[stream] for stream in range(3)] == ["/dev/null"] * 3
            status = process.joinpath("status").read_text()
            assert "NoNewPrivs:\t1" in status
            limits = process.joinpath("limits").read_text()
            assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core")] == ["0"]
    finally:
        own.close()


def test_the_child_cannot_write_into_the_file(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    with drop(LARGE).open("r+b") as file, fence.read(file, JOB) as found:
        _ = found.opened
        flags = Path(f"/proc/{found.process}/fdinfo/4").read_text()
        assert int(next(line for line in flags.splitlines() if line.startswith("flags")).split()[1], 8) & os.O_ACCMODE == 0


def test_several_files_at_once(fence: Fence, tmp_path: Path) -> None:
    found: dict[int, int] = {}

    def one(number: int) -> None:
        path = tmp_path / f"{number}.csv"
        path.write_bytes(b"a;b\r\n" + b"%d;x\r\n" % number * (2000 + number))
        for _ in range(3):
            with reading(fence, path) as at:
                rows = sum(block.columns[0].count(str(number)) for block in at.blocks())
                found[number] = found.get(number, 0) + rows

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: 3 * (2000 + number) for number in range(6)}


def test_nothing_is_left_behind(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    path = drop(LARGE)
    with reading(fence, path) as warm:
        assert warm.finished().rows == 400_000

    def opened() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    before, processes = opened(), []
    for take in (0, 1, 10**6):
        found = reading(fence, path)
        processes.append(found.process)
        blocks = found.blocks()
        for _ in range(take):
            if next(blocks, None) is None:
                break
        found.close()
        found.close()
        with pytest.raises(ReaderDiedError):
            _ = list(found.blocks()) or found.finished() if take < 2 else list(found.rows([2]))
    for process in processes:
        assert gone(process)
    assert opened() == before
    assert [thread.name for thread in threading.enumerate() if thread.name == "reader memory"] == []


def test_close_from_another_thread_ends_a_reading_that_waits(fence: Fence, drop: Callable[[bytes], Path]) -> None:
    found = reading(fence, drop(LARGE))
    _ = found.opened
    os.kill(found.process, signal.SIGSTOP)
    timer = threading.Timer(0.2, found.close)
    timer.start()
    with pytest.raises(ReaderDiedError):
        list(found.blocks())
    timer.join()


def test_the_parent_loads_neither_polars_nor_numpy() -> None:
    code = "import sys, nightclerk.formats.fence; sys.exit(bool({'polars', 'numpy', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
