"""Taking a run back: claimed in the ledger, decided and booked in one transaction of the target, recorded as a run of its own.

What a dead process left under way is settled by its receipt: recorded if it was booked, else forgotten.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from nightclerk.config.configuration import Configuration
from nightclerk.core.drop import Drop, Spooled
from nightclerk.core.entity import Entity
from nightclerk.core.errors import NightclerkError, OperatorError, ReaderDiedError, SenderError, WeatherError
from nightclerk.core.reading import Block, Job
from nightclerk.core.resolving import resolved
from nightclerk.core.run import Counts, Run, run_from_data
from nightclerk.core.undo import RowUndone, UndoPlan, UndoTally, plan_undo
from nightclerk.filing.archive import Archive
from nightclerk.ledger.runs import FencedOffError
from nightclerk.ledger.undos import UndoClaim, refuse_undo
from nightclerk.ports import AlreadyBooked, Format, Target, Undoing
from nightclerk.work.as_it_was import KeptConfigurations, Stored, stored_by
from nightclerk.work.commit_point import book_for_good
from nightclerk.work.content import Content, Opener
from nightclerk.work.house import House
from nightclerk.work.where_begun import house_for

log = structlog.get_logger(__name__)

Told = Callable[[Sequence[RowUndone]], None]


class PastRuns(Protocol):
    """What is asked of the runs in the ledger."""

    def get(self, run_id: int) -> Run | None: ...
    def drop(self, drop_id: int) -> Drop: ...


class PastUndos(KeptConfigurations, Protocol):
    """What is asked of the undos in the ledger."""

    def void(self, tenant: str) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What an undo works with; a preview needs no more. told: is given the rows as they are decided."""

    configuration: Configuration
    reader: Format
    target: Target
    opener: Opener
    archive: Archive
    runs: PastRuns
    undos: PastUndos
    told: Told


@dataclass(frozen=True, slots=True)
class Undone:
    """What came, or would come, of an undo. by: the run that took the other one back, None where nothing was written. file_gone:
    the archive does not have the run's file any more, or has another one. parked: so many rows that the run parked wait no
    longer; with parks, so many wait again, since the run that had parked them stands again."""

    run: Run
    tally: UndoTally
    by: Run | None = None
    file_gone: bool = False
    parked: int = 0
    parks: bool = False


def undo(house: House, number: int, told: Told) -> Undone:
    """Given a run's number, and what is given the rows as they are decided; takes the run back, as far as it can be.

    Where nothing can be, nothing is written. Raises OperatorError with the reason when the run cannot be undone, WeatherError.
    """
    known = house.runs.get(number)
    settle_undos(house, None if known is None else known.tenant)
    run = refuse_undo(house.runs.get(number), number)
    _plan(_means(house, told), run)  # what cannot be planned is not begun
    with house.at_work(run.tenant), structlog.contextvars.bound_contextvars(tenant=run.tenant, run=number):
        claim = house.undos.claim(number)
        try:
            there = house_for(house, run.tenant, run.drop, [claim.slot.key], first=False)
            return _carried_out(there, claim, _means(there, told))
        except BaseException:  # whatever it is goes on to the caller; what was booked, or may have been, its receipt tells
            try:
                settle(house, claim)
            except (NightclerkError, FencedOffError) as error:  # the next command or start settles it
                log.warning("undo_not_settled", run=number, reason=str(error))
            raise


def preview_undo(means: Means, number: int) -> Undone:
    """As ``undo``, but nothing is written. What only a rule of the database would forbid is not known before."""
    run = refuse_undo(means.runs.get(number), number)
    plan = _plan(means, run)
    undoing = means.target.undo(plan, None, 1)
    try:
        tally, file_gone = _take_back(means, run, undoing)
    finally:
        undoing.abandon()
    return Undone(run, tally, None, file_gone, _parked(means, plan), plan.parks)


def settle_undos(house: House, tenant: str | None = None) -> None:
    """Given a tenant, or None for all; settles what dead processes left under way: what was booked is recorded, all else
    forgotten."""
    for claim in house.undos.left_behind(tenant):
        try:
            settle(house, claim)
        except (NightclerkError, FencedOffError) as error:  # the next one tries again
            log.warning("undo_not_settled", run=claim.run.id, reason=str(error))


def settle(house: House, claim: UndoClaim) -> None:
    """Given the claim of an undo that nobody works on any more; records it if it was booked, else forgets it."""
    house = house_for(house, claim.run.tenant, claim.run.drop, [claim.slot.key], first=False)
    try:
        # Under the target's lock: a transaction whose process has just died may still be about to be committed.
        house.target.undo(_plan(_means(house, lambda rows: None), claim.run), claim.slot.key, claim.attempt).abandon()
    except AlreadyBooked:
        if not _recorded(house, claim):
            raise WeatherError("The database says that this undo is booked, and does not show its receipt.") from None
    except OperatorError as error:  # it cannot be made any more, such as without the run's receipt: the undo's own one tells
        if not _recorded(house, claim):
            log.warning("undo_given_up", run=claim.run.id, reason=str(error))
            house.undos.give_up(claim)
    else:
        house.undos.give_up(claim)


def _recorded(house: House, claim: UndoClaim) -> bool:
    """Records the undo if the target shows its receipt; returns whether it does."""
    receipt = house.target.receipt(claim.slot.key)
    if receipt is None:
        return False
    house.undos.record(claim, run_from_data(receipt))
    log.info("undone", run=claim.run.id, by=claim.slot.id)
    return True


def archived(archive: Archive, run: Run, drop: Drop) -> Path | None:
    """Given a run and its drop; returns where the archive has its file, or None when it is not there, or another one is."""
    if run.archived_as is None or run.sha256 is None:
        return None
    path = archive.place(drop, run.archived_as)
    try:
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == run.sha256
    except OSError:
        return None
    return path if same else None


def _means(house: House, told: Told) -> Means:
    return Means(house.configuration, house.reader, house.target, house.opener, house.archive, house.runs, house.undos, told)


def _plan(means: Means, run: Run) -> UndoPlan:
    stored = stored_by(means.undos, run.config_hash)
    blanked: dict[str, int] = run.effects.get("reference_blanked", {})
    others = _fed(means.configuration, run.tenant)
    plan = plan_undo(run.tenant, stored.feed, stored.entity, run.key, means.undos.void(run.tenant), blanked, others)
    first, parks = run, False
    while first.undoes is not None and (undone := means.runs.get(first.undoes)) is not None:
        first, parks = undone, not parks
    return replace(plan, parker=first.key, parks=parks)


def _fed(configuration: Configuration, name: str) -> list[Entity]:
    """Given a tenant's name; returns the entities that its feeds fill: whose tables we may read. None of one that is gone."""
    if name not in configuration.tenants:
        return []
    entities = configuration.entities_of(name)
    return [resolved(entities[one], entities) for one in sorted({feed.entity for feed in configuration.tenants[name].feeds})]


def _carried_out(house: House, claim: UndoClaim, means: Means) -> Undone:
    began = house.clock.now()
    plan = _plan(means, claim.run)
    undoing = house.target.undo(plan, claim.slot.key, claim.attempt)
    try:
        tally, file_gone = _take_back(means, claim.run, undoing)
        parked = _parked(means, plan)
        if not tally.reverted and not parked:
            undoing.abandon()
            house.undos.give_up(claim)
            return Undone(claim.run, tally, file_gone=file_gone)
        made = undo_run(claim, tally)
        if parked:
            made.effects["parked_again" if plan.parks else "parked"] = parked
        made = replace(made, started_at=began, ended_at=house.clock.now())
        book_for_good(made, undoing, house.target)
    finally:
        undoing.abandon()
    house.undos.record(claim, made)
    log.info("undone", by=made.id, reverted=sum(tally.reverted.values()), kept=tally.kept)
    return Undone(claim.run, tally, made, file_gone, parked, plan.parks)


def _parked(means: Means, plan: UndoPlan) -> int:
    """How many rows wait, and will no longer, or the other way round."""
    return len(means.target.waiting_rows(plan.booking.tenant, plan.moves[0])) if plan.booking.references else 0


def undo_run(claim: UndoClaim, tally: UndoTally) -> Run:
    """Given a claim and how many rows ended how; returns the run that takes the other one back. It reads no file, so it has no
    rows, issues or habits of its own; its times are to be filled in."""
    run = claim.run
    return Run(
        id=claim.slot.id,
        key=claim.slot.key,
        drop=run.drop,
        tenant=run.tenant,
        feed=run.feed,
        entity=run.entity,
        file=run.file,
        size=run.size,
        sha256=run.sha256,
        started_at=run.ended_at,
        ended_at=run.ended_at,
        ending="undo",
        counts=Counts(),
        attempt=claim.attempt,
        config_hash=run.config_hash,
        effects={"undo": asdict(tally)},
        archived_as=run.archived_as,
        undoes=run.id,
    )


def _take_back(means: Means, run: Run, undoing: Undoing) -> tuple[UndoTally, bool]:
    """Returns how many rows ended how, and whether the file that was needed is gone."""
    tally, file_gone = UndoTally(), False

    def note(rows: Sequence[RowUndone]) -> None:
        tally.add(rows)
        means.told(rows)

    if undoing.needs_file():
        reader = _reader_of(means, run)
        path = None if reader is None else archived(means.archive, reader, means.runs.drop(reader.drop))
        file_gone = path is None
        for block in () if path is None or reader is None else _blocks(means, reader, path):
            note(undoing.made(block))
    for rows in undoing.others():
        note(rows)
    if run.counts.created + run.counts.updated and tally == UndoTally():
        raise OperatorError(
            f"The log of what run {run.id} changed (the table nightclerk_changes) was deleted, so that it cannot be taken back."
        )
    return tally, file_gone


def _reader_of(means: Means, run: Run) -> Run | None:
    """Returns the run that read this one's rows out of a file: of rows that had been parked the one that parked them, None where
    these went in by another configuration than they were read by."""
    if run.retries is None:
        return run
    parker = means.runs.get(run.retries)
    return parker if parker is not None and parker.config_hash == run.config_hash else None


def _blocks(means: Means, run: Run, path: Path) -> Iterator[Block]:
    """Reads the run's file once more, as it was read then, as far as that goes: what it does not tell stays as it is."""
    stored, tenant = stored_by(means.undos, run.config_hash), means.configuration.tenants.get(run.tenant)
    if tenant is None:
        raise OperatorError(f"Run {run.id} is of tenant {run.tenant}, which is not configured any more.")
    name, limits = means.runs.drop(run.drop).sighting.name, means.configuration.daemon.limits
    spooled = Spooled(path, run.size, run.sha256 or "")
    with tempfile.TemporaryDirectory(prefix="nightclerk-") as scratch:
        content = Content(means.opener, tenant, name, limits, Path(scratch))
        try:
            with closing(content), content.open(spooled) as file, closing(means.reader.read(file, _job(run, stored))) as reading:
                yield from reading.blocks()
        except (SenderError, ReaderDiedError) as error:
            log.warning("file_not_read_again", reason=str(error))


def _job(run: Run, stored: Stored) -> Job:
    return Job(
        language=stored.language,
        timezone=stored.timezone,
        feed=stored.feed.model_dump_json(by_alias=True),
        entity=stored.entity.model_dump_json(by_alias=True),
        remembered=None if run.format is None else run.format.encoding,
        readings=() if run.format is None else run.format.readings,
    )
