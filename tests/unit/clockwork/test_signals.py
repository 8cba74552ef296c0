"""Signals of a real process: our own."""

from __future__ import annotations

import os
import signal
import threading
import time

from nightclerk.clockwork.signals import Signals


def test_signals_are_taken_in_order_and_one_that_comes_while_waiting_ends_the_waiting() -> None:
    with Signals(threading.Event()) as signals:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        assert {signals.wait(1), signals.wait(1)} == {signal.SIGHUP, signal.SIGTERM}
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        assert signals.wait(5) == signal.SIGINT
        assert time.monotonic() - began < 1
        assert signals.wait(0.01) is None


def test_everything_is_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Signals(threading.Event()):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_in_another_thread_the_stop_event_ends_the_waiting() -> None:
    stop, waited = threading.Event(), []

    def wait() -> None:
        with Signals(stop) as signals:
            began = time.monotonic()
            waited.append((signals.wait(5), time.monotonic() - began))

    thread = threading.Thread(target=wait)
    thread.start()
    stop.set()
    thread.join()
    assert waited[0][0] is None
    assert waited[0][1] < 1
