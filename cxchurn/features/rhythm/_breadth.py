"""How widely customers make use of a company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, labelled, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen, mix


class _Texts(NamedTuple):
    """How to speak of a label column."""

    variety: str
    largest: str
    none: str
    different: str
    new: str
    not_new: str
    drift: str
    same: str
    few: str


_FEW = "has no interactions of their own both in the last {window} and before"
_KIND = _Texts(
    variety="has had what amounts to {value:#kind} of interaction of their own",
    largest="has kept to one kind of interaction {value:share} of the time",
    none="has no interaction of their own on record",
    different="had {value:#kind} of interaction of their own in the last {window}",
    new="had {value:share} of their kinds of interaction of the last {window} for the first time",
    not_new="had no kind of interaction for the first time in the last {window}",
    drift="moved {value:share} of their interactions of the last {window} to other kinds than before",
    same="moved none of their interactions of the last {window} to other kinds than before",
    few=_FEW,
)
_TOUCHPOINT = _Texts(
    variety="has used what amounts to {value:#touchpoint}",
    largest="has kept to one touchpoint {value:share} of the time",
    none="has used no touchpoint on record",
    different="used {value:#touchpoint} in the last {window}",
    new="used {value:share} of their touchpoints of the last {window} for the first time",
    not_new="used no touchpoint for the first time in the last {window}",
    drift="moved {value:share} of their interactions of the last {window} to other touchpoints than before",
    same="moved none of their interactions of the last {window} to other touchpoints than before",
    few=_FEW,
)
_OTHER = _Texts(
    variety="has had to do with what amounts to {value:#label}",
    largest="has kept to one {label} {value:share} of the time",
    none="has had to do with no {label} on record",
    different="had to do with {value:#label} in the last {window}",
    new="had to do with {value:share} of their {label:many} of the last {window} for the first time",
    not_new="had to do with no {label} for the first time in the last {window}",
    drift="moved {value:share} of their interactions of the last {window} to other {label:many} than before",
    same="moved none of their interactions of the last {window} to other {label:many} than before",
    few=_FEW,
)


class Breadth(Builder):
    """How widely customers make use of a company, and whether they have begun to use it in another way.

    Own interactions count. Columns for each label column of the log, such as the kind, if training knew more than one of its
    labels. Over the life: ``breadth_<label>_variety`` (the exponential of the entropy of the labels' shares: how many equally
    frequent labels would be as varied), ``breadth_<label>_largest_share`` (of the most frequent one); missing without a label.
    Lately: ``breadth_<label>_count_<window>`` (different labels, 0 over nothing), ``breadth_<label>_new_<window>`` (share of
    these that were new to the customer), ``breadth_<label>_drift_<window>`` (share of the interactions that would have to bear
    another label for the mix to be that of the time before: the total variation distance); the last two missing where there
    is nothing to compare.

    Parameters
    ----------
    windows : tuple of str
    by : tuple of str, default ("kind", "touchpoint")
        The label columns to look at.
    """

    driver = "breadth"
    sees = "own"
    theme = "rhythm"

    def __init__(
        self, *, windows: Sequence[str] = ("30D", "90D"), by: tuple[str, ...] = ("kind", "touchpoint")
    ) -> None:
        self.windows = windows
        self.by = by

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for column, name in labelled(self.by):
            # columns with too many labels to learn have none that are known
            if seen.has(column) and len(seen.known(column)) != 1:
                yield from _widely(seen, column, name)
                for w in spans(self.windows):
                    yield from _lately(seen, column, name, w)


def _texts(column: str) -> _Texts:
    return {"kind": _KIND, "touchpoint": _TOUCHPOINT}.get(column, _OTHER)


def _widely(seen: Seen, column: str, name: str) -> Iterator[Column]:
    texts = _texts(column)
    for statistic, values, says, unit, expects in (
        ("variety", np.exp(seen.entropy(column)), texts.variety, "count", -1),
        ("largest_share", mix(seen, column).largest, texts.largest, "share", 1),
    ):
        yield Column(
            f"breadth_{name}_{statistic}",
            values,
            says=says,
            missing=texts.none,
            unit=unit,
            expects=expects,
            label=column,
            role="categories",
        )


def _lately(seen: Seen, column: str, name: str, w: Span) -> Iterator[Column]:
    lately, texts = mix(seen, column, w), _texts(column)
    comparable = ~np.isnan(lately.drift)
    yield Column(
        f"breadth_{name}_count_{w}",
        lately.different,
        says=texts.different,
        window=w,
        expects=-1,
        label=column,
        role="categories",
    )
    new = np.divide(lately.fresh, lately.different, out=np.full(comparable.size, np.nan), where=comparable)
    for statistic, values, says, zero in (
        ("new", new, texts.new, texts.not_new),
        ("drift", lately.drift, texts.drift, texts.same),
    ):
        yield Column(
            f"breadth_{name}_{statistic}_{w}",
            values,
            says=says,
            zero=zero,
            missing=texts.few,
            unit="share",
            window=w,
            label=column,
            role="categories",
        )
