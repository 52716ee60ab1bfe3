"""Activity that fades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn.features._builder import Builder, labelled, spans, words
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM, theme_of_measure
from cxchurn.history import Seen


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
                says="has had the equivalent of {value:.1f} interactions of their own, older ones counting less and less",
                window=half,
                expects=-1,
            )
            for measure, name in labelled(self.measures):
                theme = theme_of_measure(measure)
                yield Column(
                    f"decay_{name}_{half}",
                    seen.decayed_sum(half, measure),
                    says=f"has {words(measure)} of {{value:,.2f}} from their own interactions, older amounts counting less",
                    unit=measure,
                    window=half,
                    expects=-1 if measure == "value" or theme == RHYTHM else 0,
                    theme=theme,
                )
