"""What a scorer answers: one customer's risk in numbers and words, and what became of the events it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxchurn._core import iso
from cxchurn.interactions import Finding


@dataclass(frozen=True)
class CustomerScore:
    """How likely one customer is to leave, as of an instant; the numbers and sentences that `score` gives for a log.

    Attributes
    ----------
    customer_id : str or int
    churn_probability : float or None
        None for a customer who is not asked about.
    band : str
        ``"high"``, ``"medium"``, ``"low"``, or ``"not eligible"``.
    reasons : tuple of str
        What raises the risk most, first an experience where one counts; fewer than asked for where nothing more raises it.
    reason_points : tuple of float
        How much each reason raises the risk, in points of probability, as ``points_1`` of `score`.
    reason_subjects : tuple of str
        What each reason is about, as ``subject_1`` of `score`.
    already_silent : bool
        Whether the customer met the definition of churned already, and may return.
    not_asked : str
        In words why the customer is not asked about, such as ``"cancelled on 3 May 2025"``; ``""`` for one who is.
    why : str
        The same in the one word that `score` has for it (``"ended"``, ``"silent too long"``, ``"new"``), and
        ``"never seen"`` for a customer of whom nothing was known before the instant.
    as_of : datetime64[us]
        The cut-off, UTC.
    model_version, references_version : str
    """

    customer_id: str | int
    churn_probability: float | None
    band: str
    reasons: tuple[str, ...]
    reason_points: tuple[float, ...]
    reason_subjects: tuple[str, ...]
    already_silent: bool
    not_asked: str
    why: str
    as_of: np.datetime64
    model_version: str
    references_version: str

    @property
    def asked(self) -> bool:
        """Whether the customer is asked about, and so has a probability."""
        return self.why == ""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as what JSON can hold; ``as_of`` as ISO 8601 text with its zone."""
        said = iso(self.as_of)
        as_of = f"{said}Z" if "T" in said else f"{said}T00:00:00Z"
        lists = {name: list(getattr(self, name)) for name in ("reasons", "reason_points", "reason_subjects")}
        return {**vars(self), **lists, "as_of": as_of}


@dataclass(frozen=True)
class Updated:
    """What became of the events of one update; their numbers add up to those given.

    Attributes
    ----------
    kept : int
        New events that count from now on.
    repeats : int
        Events that were there already (one `event_id`, one content), ignored.
    refused : int
        Events that broke a rule and were left out; only where the update was told to keep the others.
    findings : tuple of Finding
        The rules that events broke, and what else there is to know of them.
    unread : tuple of str
        Columns that the events have and nothing reads: meant so, or misspelt.
    unseen : dict of str to dict
        Labels of the events kept that the model never met, by column: ``labels`` (how many), ``rows`` (that have them),
        ``such_as``.
    """

    kept: int
    repeats: int = 0
    refused: int = 0
    findings: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()
    unseen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, the rules that were broken, and what else was noticed, as what JSON can hold."""
        found = [{"rule": f.rule, "column": f.column, "says": f.says, "rows": f.rows} for f in self.findings]
        counts = {"kept": self.kept, "repeats": self.repeats, "refused": self.refused, "findings": found}
        return {**counts, "unread": list(self.unread), "unseen": {name: {**one} for name, one in self.unseen.items()}}
