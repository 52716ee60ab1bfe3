"""Activity that fades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn.features._builder import Builder, labelled, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import expects_of_measure, theme_of_measure
from cxchurn.history import Seen

_HALF = "of late (each counts half after {window})"
# what to say, what of nothing, and what of less than nothing
_MONEY = (
    f"has brought in {{value:money}} {_HALF}",
    "has brought in no money on balance",
    f"has taken back {{value:money}} more than they brought in {_HALF}",
)
_AMOUNT = (
    f"has come to {{value}} in {{label}} {_HALF}",
    "has come to nothing in {label} on balance",
    f"has had {{value}} more taken off than added in {{label}} {_HALF}",
)


class Decay(Builder):
    """Activity that fades: recent interactions count in full, older ones less and less.

    Columns: ``decay_count_<half life>``, the number of own interactions, each halved for every half-life of its age;
    ``decay_<measure>_<half life>``, the same sum of a measure.

    Parameters
    ----------
    half_lives : tuple of str
    measures : tuple of str
        The measures to sum.
    """

    driver = "decay"
    sees = "own"
    theme = "rhythm"

    def __init__(self, *, half_lives: Sequence[str] = ("14D", "60D", "180D"), measures: tuple[str, ...] = ()) -> None:
        self.half_lives = half_lives
        self.measures = measures

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for half in spans(self.half_lives):
            yield Column(
                f"decay_count_{half}",
                seen.decayed_sum(half),
                says=f"has had {{value:#interaction}} of their own {_HALF}",
                zero="has had no interaction of their own yet",
                window=half,
                expects=-1,
            )
            for measure, name in labelled(self.measures):
                theme = theme_of_measure(measure)
                says, zero, below = _MONEY if measure == "value" else _AMOUNT
                yield Column(
                    f"decay_{name}_{half}",
                    seen.decayed_sum(half, measure),
                    says=says,
                    zero=zero,
                    below=below,
                    unit="money" if measure == "value" else measure,
                    window=half,
                    expects=-1 if measure == "value" else expects_of_measure(measure),
                    theme=theme,
                    label=measure,
                    role="measures",
                )
