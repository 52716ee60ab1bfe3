"""Whether the log that is scored holds what the model learned from: all sources, and all kinds that were frequent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxchurn._core import MismatchError, listed, logger, typed
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel

if TYPE_CHECKING:
    from cxchurn.model import TrainingLog

# so many customers do not all lack a kind by chance
_MANY = 100


def check_complete(model: ChurnModel, log: InteractionLog, customers: int, *, allow: bool) -> list[str]:
    """Refuse a log of many customers that lacks a source, or kinds that made up 1 % and more of the training log.

    A log of a few customers, such as a service or a small country has, is judged by its columns alone: they may well have met
    with nothing else.

    Parameters
    ----------
    model : ChurnModel
    log : InteractionLog
    customers : int
        How many are known before the cut-off.
    allow : bool
        Say instead of refusing.

    Returns
    -------
    list of str
        What there is to say, at most one note.

    Raises
    ------
    MismatchError
    """
    seen: TrainingLog | None = getattr(model, "training_log_", None)
    if seen is None or customers < _MANY or not log.arrivals:
        return []
    places, kinds = seen.lacking(log)
    places = sorted({*places, *_unread(model, log)}) if len(seen.sources) > 1 else []
    if not places and not kinds:
        return []
    said = [f"source {place + 1} of {len(seen.sources)} ({_of(seen, place)})" for place in places]
    of_sources = {kind for place in places for kind in seen.sources[place]}
    said += [
        f"the kind {kind!r} ({share:.0%} of the training log)"
        for kind, share in kinds.items()
        if kind not in of_sources
    ]
    found = f"the log lacks what the model learned from: {listed(said)}"
    if not allow:
        raise MismatchError(
            f"{found}.",
            allowed="the sources and kinds of the training log",
            hint="give all sources; where it is known why they are missing, "
            + typed("allow_missing=True", "--allow-missing")
            + " scores all the same, and customers seem to lack what is only not there.",
        )
    note = f"{found}. Customers seem to lack what is only not there"
    logger.warning("%s.", note)
    return [note]


def _unread(model: ChurnModel, log: InteractionLog) -> list[int]:
    """Return the places of the model's sources that the log has not read, where it is read by some of their schemas."""
    own = [replace(schema, words=None) for schema in log.schemas]
    if not all(schema in model.schemas_ for schema in own):
        return []
    return [place for place, schema in enumerate(model.schemas_) if schema not in own]


def _of(seen: TrainingLog, place: int) -> str:
    kinds = seen.sources[place]
    share = sum(seen.kinds.get(kind, 0.0) for kind in kinds)
    return f"{listed(kinds, most=5) or 'rare kinds'}; {share:.0%} of the training log"
