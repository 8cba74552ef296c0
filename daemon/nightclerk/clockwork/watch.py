"""The watch on drop folders: inotify by way of watchdog. Its events only hasten the next look; the listing is the truth.

Known to go wrong, and looked after here: an overflowing event queue (all are looked at), a root that is removed and made
again (its watch is dead: made anew), a dead watcher thread (all made anew), a root that is not there yet (tried again).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, EventEmitter

from nightclerk.clockwork.roots import common_roots

_EVENTS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileClosedEvent, FileMovedEvent, DirCreatedEvent, DirMovedEvent]
#: Where watchdog says that the kernel dropped events; there is no other sign of it.
_OVERFLOW_LOGGER = "watchdog.observers.inotify_c"

Identity = tuple[int, int]


class Watch:
    """Watches the drop folders of this machine and tells whose next look to hasten.

    ``start``, ``supervise`` and ``stop`` are called by one thread; ``hasten`` and ``hasten_all`` are called from any.
    """

    def __init__(
        self, folders: Mapping[str, Path], hasten: Callable[[str], None], hasten_all: Callable[[], None], gone: bool = False
    ) -> None:
        """Given each watched tenant's drop folder, and whom to tell. gone: also when a file is taken away, which says nothing
        about drops; other folders can be watched so too, each under a name of its own."""
        self._events = [*_EVENTS, FileDeletedEvent] if gone else _EVENTS
        self._hasten = hasten
        self._hasten_all = hasten_all
        self._tenants: dict[Path, list[str]] = {}
        for tenant, folder in folders.items():
            self._tenants.setdefault(folder.resolve(), []).append(tenant)
        self._roots = common_roots(self._tenants)
        self._watched: dict[Path, tuple[EventEmitter, Identity]] = {}
        self._told_missing: set[Path] = set()
        self._observer: BaseObserver | None = None
        self._overflow = _OverflowHandler(hasten_all)
        self._log = structlog.get_logger()

    def start(self) -> None:
        """Begins to watch every root that is there; ``supervise`` adds the others as they appear."""
        logging.getLogger(_OVERFLOW_LOGGER).addHandler(self._overflow)
        self._open()
        self._watch_roots(hasten=False)

    def supervise(self) -> None:
        """Looks after the watcher: makes dead parts anew and hastens the looks of everyone whose events were lost meanwhile.

        Cheap, to be called every second or so. Never raises: watching is a comfort, the schedule looks anyway.
        """
        if self._observer is not None and not _lives(self._observer):
            self._log.warning("watcher_died", action="started again")
            self._close()
            self._open()
        for root, (emitter, identity) in list(self._watched.items()):
            if not emitter.is_alive() or identity != _identity(root):
                self._unwatch(root)
        self._watch_roots(hasten=True)

    def stop(self) -> None:
        """Ends the watch. Never raises."""
        logging.getLogger(_OVERFLOW_LOGGER).removeHandler(self._overflow)
        self._close()

    def tell(self, event: FileSystemEvent) -> None:
        """Given an event of the watcher; hastens the looks it concerns. Never raises: that would end the watcher's thread."""
        try:
            for path in {event.src_path, event.dest_path} - {"", b""}:
                self._tell_path(Path(os.fsdecode(path)), event.is_directory)
        except Exception:  # noqa: BLE001 - recorded; one event less is only a later look
            self._log.exception("watch_event_failed")

    def _tell_path(self, path: Path, is_folder: bool) -> None:
        for tenant in self._tenants.get(path.parent, ()):
            self._hasten(tenant)
        if is_folder:  # a drop folder, or one it lies in, was made or moved here: its files may have come with it
            for folder, tenants in self._tenants.items():
                if folder == path or path in folder.parents:
                    for tenant in tenants:
                        self._hasten(tenant)

    def _open(self) -> None:
        if self._roots:
            try:
                self._observer = Observer()
                self._observer.start()
            except OSError as error:  # no inotify instance left on this machine, for one
                self._observer = None
                self._log.warning("watching_impossible", reason=str(error), action="files are noticed at scheduled looks")

    def _close(self) -> None:
        self._watched.clear()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
            self._observer = None

    def _watch_roots(self, hasten: bool) -> None:
        for root in self._roots:
            if self._observer is None or root in self._watched:
                continue
            try:
                self._watch_root(self._observer, root)
            except OSError as error:
                if root not in self._told_missing:
                    self._told_missing.add(root)
                    self._log.warning("folder_not_watched", folder=str(root), reason=error.strerror or str(error))
                continue
            self._told_missing.discard(root)
            if hasten:
                self._hasten_below(root)

    def _watch_root(self, observer: BaseObserver, root: Path) -> None:
        status = root.stat()  # before the watch: a folder that is swapped in between differs at the next supervision
        before = set(observer.emitters)
        observer.schedule(_Handler(self), str(root), recursive=True, event_filter=self._events)
        (emitter,) = set(observer.emitters) - before
        self._watched[root] = (emitter, (status.st_dev, status.st_ino))

    def _unwatch(self, root: Path) -> None:
        emitter, _ = self._watched.pop(root)
        if self._observer is not None:
            self._observer.unschedule(emitter.watch)

    def _hasten_below(self, root: Path) -> None:
        for folder, tenants in self._tenants.items():
            if folder == root or root in folder.parents:
                for tenant in tenants:
                    self._hasten(tenant)


class _Handler(FileSystemEventHandler):
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._watch.tell(event)


class _OverflowHandler(logging.Handler):
    """Turns watchdog's warning of lost events into a look at everything."""

    def __init__(self, hasten_all: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._hasten_all = hasten_all

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if "overflow" in record.getMessage().lower():
                self._hasten_all()
        except Exception:  # noqa: BLE001 - a log handler must not end the thread that logs; logging's own way records it
            self.handleError(record)


def _lives(observer: BaseObserver) -> bool:
    """Whether the dispatching thread and, with inotify, the reading thread (which has no public name) are alive."""
    reader = getattr(observer, "_inotify_fd", None)
    return observer.is_alive() and (reader is None or reader.is_alive())


def _identity(folder: Path) -> Identity | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
