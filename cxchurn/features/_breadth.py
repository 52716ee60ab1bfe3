"""How widely customers make use of a company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, labelled, spans, words
from cxchurn.features._column import Column
from cxchurn.features._says import plural
from cxchurn.history import Seen, mix


class _Label(NamedTuple):
    """A label column, and how to speak of it: what is done with one, what one and several are called."""

    column: str
    name: str
    done: str
    noun: str
    of: str

    @property
    def many(self) -> str:
        return plural(self.noun) + self.of


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
        for label in self._labels(seen):
            none = f"has no {label.noun}{label.of} on record"
            yield Column(
                f"breadth_{label.name}_variety",
                np.exp(seen.entropy(label.column)),
                says=f"has {label.done} what amounts to {{value:#{label.noun}}}{label.of}",
                missing=none,
                expects=-1,
            )
            yield Column(
                f"breadth_{label.name}_largest_share",
                mix(seen, label.column).largest,
                says=f"has kept to one and the same {label.noun}{label.of} {{value:.0%}} of the time",
                missing=none,
                unit="share",
                expects=1,
            )
            for w in spans(self.windows):
                yield from _lately(seen, label, w)

    def _labels(self, seen: Seen) -> Iterator[_Label]:
        for column, name in labelled(self.by):
            # columns with too many labels to learn have none that are known
            if seen.has(column) and len(seen.known(column)) != 1:
                if column == "kind":
                    yield _Label(column, name, "had", "kind", " of interaction of their own")
                elif column == "touchpoint":
                    yield _Label(column, name, "used", "touchpoint", "")
                else:
                    yield _Label(column, name, "had to do with", words(column.replace("_", " ")), "")


def _lately(seen: Seen, label: _Label, w: Span) -> Iterator[Column]:
    lately = mix(seen, label.column, w)
    comparable = ~np.isnan(lately.drift)
    none = f"has no {label.noun}{label.of} on record to compare the last {{window}} with the time before"
    yield Column(
        f"breadth_{label.name}_count_{w}",
        lately.different,
        says=f"{label.done} {{value:#{label.noun}}}{label.of} in the last {{window}}",
        window=w,
        expects=-1,
    )
    yield Column(
        f"breadth_{label.name}_new_{w}",
        np.divide(lately.fresh, lately.different, out=np.full(comparable.size, np.nan), where=comparable),
        says=f"had never before {label.done} {{value:.0%}} of the {label.many} of the last {{window}}",
        zero=f"{label.done} no new {label.noun}{label.of} in the last {{window}}",
        missing=none,
        unit="share",
        window=w,
    )
    yield Column(
        f"breadth_{label.name}_drift_{w}",
        lately.drift,
        says=f"moved {{value:.0%}} of their interactions of the last {{window}} to another {label.noun} than before",
        zero=f"kept the mix of {label.many} in the last {{window}} exactly as before",
        missing=none,
        unit="share",
        window=w,
    )
