"""Everything about a run that is decided before the first customer is scored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, instant, iso, logger, on_clock
from cxchurn.features import FeatureSet, References, read_references
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import Asked, Values, asked_about, observed_end, values_of
from cxchurn.scoring._complete import check_complete
from cxchurn.scoring._inside import check_inside
from cxchurn.scoring._shallow import check_depth
from cxchurn.scoring.batch._bands import BandRule
from cxchurn.scoring.batch._excluded import excluded
from cxchurn.scoring.batch._wanted import Wanted
from cxchurn.words import Phrase, Together, value_phrase

# asked customers in a batch: what is written, and gone on from, at a time
BATCH = 1 << 15


@dataclass(frozen=True, eq=False)
class Prepared:
    """What is known before the first customer is scored.

    Attributes
    ----------
    model : ChurnModel
        With the references that serve.
    features : FeatureSet
        The model's, over the log.
    log : InteractionLog
    cutoff : datetime64[us]
    wanted : Wanted
    rule : BandRule or None
    asked : DataFrame
        ``customer_id``, ``cutoff``, ``already_silent``: who is asked about, in the order of their ids.
    rest : DataFrame
        ``customer_id``, ``not_asked``: who is not, and why.
    who : Asked
        Both of them together.
    values : Values or None
        Of those asked about.
    batches : list of ndarray
        Which rows of `asked` go together: whole parts of the log.
    notes : list of str
        What there is to say of the scores.
    """

    model: ChurnModel
    features: FeatureSet
    log: InteractionLog
    cutoff: np.datetime64
    wanted: Wanted
    rule: BandRule | None
    asked: pd.DataFrame
    rest: pd.DataFrame
    who: Asked
    values: Values | None
    batches: list[np.ndarray]
    notes: list[str]

    @property
    def references(self) -> References:
        """The tables about customers in general that serve."""
        return self.model.features_.references_

    @property
    def says(self) -> str:
        """Who is asked about and who is not, in words."""
        return says_of(self.who, self.cutoff, self.log.timezone)


def says_of(who: Asked, cutoff: np.datetime64, timezone: str = "UTC") -> str:
    """Say who is asked about and who is not, with the cut-off on the clock of the log."""
    silent = int(who.already_silent.sum())
    left = [Phrase("scores", "left", number=n, why=value_phrase("not_asked", why)) for why, n in who.counts().items()]
    return Phrase(
        "scores",
        "asked_silent" if silent else "asked",
        n=who.asked.size,
        at=iso(on_clock(cutoff, timezone)),
        asked=int(who.asked.sum()),
        silent=silent,
        left=Together(left or [Phrase("scores", "nobody")]),
    )


def prepare(model: ChurnModel, log: InteractionLog, wanted: Wanted) -> Prepared:
    """Look at the log and say who is asked about, whether the log suffices, and who goes together."""
    cutoff = log.observed_until if wanted.at is None else instant(wanted.at, name="at", timezone=log.timezone)
    check_inside(cutoff, log)
    rule = None if wanted.bands is None else BandRule.read(wanted.bands)
    check_wanted(model, wanted, rule)
    given = references_given(wanted.references)
    model = with_references(model, given)
    run = people(model, log, wanted, cutoff, rule)
    notes = [
        *reference_notes(given, model.features_.references_, cutoff),
        *stopped_notes(model, log, cutoff),
        *check_complete(model, log, len(run.who.asked), allow=wanted.allow_missing),
        *check_depth(run.features, log, run.asked, allow=wanted.allow_shallow),
    ]
    for note in run.notes:
        logger.info("%s.", note)
    return replace(run, notes=[*notes, *run.notes])


def people(
    model: ChurnModel, log: InteractionLog, wanted: Wanted, cutoff: np.datetime64, rule: BandRule | None
) -> Prepared:
    """Say who of a log is asked about and who goes together; whether the log suffices is not looked at.

    Parameters
    ----------
    model : ChurnModel
        With the references that serve.
    log : InteractionLog
        Of everybody, or of some.
    wanted : Wanted
    cutoff : datetime64[us]
    rule : BandRule or None
    """
    known = known_customers(log, cutoff)
    notes: list[str] = []
    if wanted.exclude is not None:
        out, notes = excluded(log, wanted.exclude, known)
        known = known[~out]
    cutoffs = np.full(known.size, cutoff)
    who = asked_about(log, model.churn_, known, cutoffs)
    asked = pd.DataFrame({"customer_id": known[who.asked], "cutoff": cutoffs[who.asked]})
    asked["already_silent"] = who.already_silent[who.asked]
    rest = pd.DataFrame({"customer_id": known[~who.asked], "not_asked": who.why_not[~who.asked]})
    values = None if wanted.value is None else values_of(log, wanted.value, known[who.asked], cutoff)
    notes += [] if values is None else values.notes
    batches, features = _batches(log, known[who.asked]), model.features_.with_log(log)
    return Prepared(model, features, log, cutoff, wanted, rule, asked, rest, who, values, batches, notes)


def check_wanted(model: ChurnModel, wanted: Wanted, rule: BandRule | None) -> None:
    """Refuse what cannot be said, before the work."""
    if rule is not None and rule.by == "value" and wanted.value is None:
        raise UsageError(
            "bands by value need values.",
            hint="value= (or --value): an attribute of the customers, or a table of customer_id and value.",
        )
    if rule is not None:
        rule.names(model, np.empty(0), np.empty(0))
    if wanted.intervals is not False:
        model.interval_of(np.empty(0), level=wanted.level)


def references_given(references: object) -> References | None:
    """Return newer tables about customers in general, read from a file where one is named."""
    return references if references is None or isinstance(references, References) else read_references(references)  # type: ignore[arg-type]


def reference_notes(given: References | None, compared: References, cutoff: np.datetime64) -> list[str]:
    """Return what there is to say about the tables that serve, and say it."""
    notes = []
    if given is not None and given.tables and given.moment(cutoff) is None:
        notes.append(f"the references given, {given!r}, are of after {iso(cutoff)}: the model's own serve.")
    if note := compared.note(cutoff):
        notes.append(note)
    for note in notes:
        logger.warning("%s", note)
    return notes


def stopped_notes(model: ChurnModel, log: InteractionLog, cutoff: np.datetime64) -> list[str]:
    """Return what there is to say where what counts as activity stopped arriving before the cut-off, and say it."""
    ending = observed_end(log, model.churn_)
    if ending.probability is None or cutoff <= ending.until:
        return []
    note = f"{ending.why}. Who seems silent since then may be waiting for a load that is missing"
    logger.warning("%s.", note)
    return [note]


def known_customers(log: InteractionLog, cutoff: np.datetime64) -> np.ndarray:
    """Return the ids of the customers known before a cut-off."""
    histories = histories_of(log)
    return histories.ids[histories.began < cutoff.astype(np.int64)]


def _batches(log: InteractionLog, customers: np.ndarray) -> list[np.ndarray]:
    """Return which rows go together: whole parts of the log, in their order, until a batch is full."""
    histories = histories_of(log)
    part = histories.part[histories.positions(customers)] if customers.size else np.empty(0, dtype=np.int32)
    order = np.argsort(part, kind="stable")
    _, sizes = np.unique(part, return_counts=True)
    ends, full = [], 0
    for end in np.cumsum(sizes).tolist():
        if end - full >= BATCH:
            ends.append(end)
            full = end
    return [rows for rows in np.split(order, ends) if rows.size]
