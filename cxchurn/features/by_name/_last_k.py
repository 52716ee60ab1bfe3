"""The last time beside the times before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from cxchurn.features._builder import Builder, labelled
from cxchurn.features._column import Column
from cxchurn.features._themes import MONEY, theme_of_measure
from cxchurn.features.shared._measures import form_of
from cxchurn.history import Seen, Where, label_is, ratio


@dataclass(frozen=True)
class _Theme:
    """A number that interactions have, what to tell of it, and how to say it: of a greater one, a smaller and an equal one."""

    name: str
    column: str
    more: str
    less: str
    same: str
    few: str
    unit: str
    expects: int = 0
    where: Where | None = None
    tells: tuple[str, ...] = ("minus_mean", "minus_before")
    theme: str | None = None
    label: str | None = None
    role: str = ""


# how an unequal and an equal number go on
_USUAL = " than usual the last time", " as usual the last time"
# of what only says yes or no
_MARKED = "had an interaction of their own marked {label:quoted} the last time"
_NOT_MARKED = "had an interaction of their own not marked {label:quoted} the last time"
_MARKED_THAN = (
    "was marked {label:quoted} more",
    "was marked {label:quoted} less",
    "was marked {label:quoted} as much",
)
_BEFORE = " the last time than the time before", " the last time as the time before"
# what payments usually are, and the last wait, tone and score, are told by other families
_ROLES = (
    _Theme(
        "value",
        "value",
        "paid {value:money} more",
        "paid {value:money} less",
        "paid as much",
        "has not paid twice yet",
        "money",
        -1,
        tells=("minus_before",),
        theme=MONEY,
    ),
    _Theme(
        "wait_s",
        "wait_s",
        "waited {value:seconds} longer",
        "waited {value:seconds} less",
        "waited as long",
        "has not waited twice yet",
        "seconds",
        1,
    ),
    _Theme(
        "duration_s",
        "duration_s",
        "spent {value:seconds} longer with us",
        "spent {value:seconds} less with us",
        "spent as long with us",
        "has no second interaction of known length",
        "seconds",
    ),
    _Theme(
        "transfers",
        "transfers",
        "was passed on more often",
        "was passed on less often",
        "was passed on as often",
        "has not been in touch twice yet",
        "count",
        1,
    ),
    _Theme(
        "sentiment",
        "sentiment",
        "sounded {value:shade} better",
        "sounded {value:shade} worse",
        "sounded as good",
        "has not shown a tone twice yet",
        "points (-1 to 1)",
        -1,
    ),
)


class LastK(Builder):
    """The last time beside the times before: a longer wait, a smaller payment, a worse tone than usual.

    Columns for wait, duration, transfers and sentiment where the log has them, and for each measure:
    ``last_k_<name>_minus_mean`` (the last value minus the mean of all before it) and ``last_k_<name>_minus_before`` (minus the
    one before); of payments only the second, of scores only the first, for each known score type; of measures also
    ``last_k_<name>_last``. Payments are as in `Value`, measures those of own interactions, all else is what customers met with,
    whoever it came from. In the unit of the value, missing where there are too few. What other families tell of the last value
    is not told again.

    Parameters
    ----------
    measures : tuple of str
        The measures to look at besides the roles.
    levels : tuple of str
        Those of them that do not add up, such as a temperature: below 0 they are said as they are.
    flags : tuple of str
        Those of them that only say yes or no (1 or 0): they are said as marks of interactions.
    """

    driver = "last_k"
    needs = ("value|wait_s|duration_s|transfers|sentiment|score",)
    theme = "experience"

    def __init__(
        self, *, measures: tuple[str, ...] = (), levels: tuple[str, ...] = (), flags: tuple[str, ...] = ()
    ) -> None:
        self.measures = measures
        self.levels = levels
        self.flags = flags

    def lacks(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Return the needed roles that are not among `roles`; none where measures are named."""
        return () if self.measures else super().lacks(roles)

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        experienced = ((seen, theme) for theme in (*_roles(seen), *_scores(seen)))
        for view, theme in (*experienced, *((seen.own, theme) for theme in self._amounts())):
            last, before = (view.latest(theme.column, theme.where, nth=nth) for nth in (1, 2))
            if "last" in theme.tells:
                says, zero, below = self._of_last(theme.column)
                yield Column(
                    f"last_k_{theme.name}_last",
                    last,
                    says=says,
                    zero=zero,
                    below=below,
                    missing="has no record of {label:quoted}"
                    if theme.column in self.flags
                    else "has no record of {label}",
                    unit=theme.unit,
                    theme=theme.theme,
                    label=theme.label,
                    role=theme.role,
                )
            if "minus_mean" in theme.tells:
                change = _beyond(last, _mean_before(view, theme, last))
                yield _difference(theme, "minus_mean", change, _USUAL)
            if "minus_before" in theme.tells:
                yield _difference(theme, "minus_before", _beyond(last, before), _BEFORE)

    def _of_last(self, measure: str) -> tuple[str, str | None, str | None]:
        """Return what is said of the last number, of nothing, and of an amount taken off; a level may lie below 0."""
        if measure in self.flags:
            return _MARKED, _NOT_MARKED, None
        form = form_of(measure)
        below = None if measure in self.levels else f"had {{value:{form}}} taken off in {{label}} the last time"
        return f"had {{value:{form}}} in {{label}} the last time", None, below

    def _amounts(self) -> Iterator[_Theme]:
        for measure, name in labelled(self.measures):
            form, yes = form_of(measure), measure in self.flags
            amount = (
                f"had {{value:{form}}} more in {{label}}",
                f"had {{value:{form}}} less in {{label}}",
                "had as much in {label}",
            )
            yield _Theme(
                name,
                measure,
                *(_MARKED_THAN if yes else amount),
                "has no second record of {label:quoted}" if yes else "has no second record of {label}",
                measure,
                tells=("last", "minus_mean", "minus_before"),
                theme=theme_of_measure(measure),
                label=measure,
                role="measures",
            )


def _roles(seen: Seen) -> Iterator[_Theme]:
    for theme in _ROLES:
        if seen.has(theme.column):
            yield replace(theme, where=seen.populations.payments) if theme.column == "value" else theme


def _scores(seen: Seen) -> Iterator[_Theme]:
    for scale, name in labelled(seen.known("score_type") if seen.has("score") else ()):
        yield _Theme(
            f"score_{name}",
            "score",
            "gave {label:a} {value:#point} higher",
            "gave {label:a} {value:#point} lower",
            "gave {label:a} as high",
            "has not given {label:a} twice yet",
            f"points ({scale})",
            -1,
            where=label_is("score_type", scale),
            tells=("minus_mean",),
            label=scale,
            role="score_type",
        )


def _mean_before(seen: Seen, theme: _Theme, last: np.ndarray) -> np.ndarray:
    """The mean of all values before the last."""
    n = seen.count_of(theme.column, theme.where) - 1
    rest = seen.sum(theme.column, theme.where) - last
    return ratio(rest, n)


def _beyond(last: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The difference; what is left of rounding where there is none is nothing."""
    change = last - before
    return np.where(np.abs(change) <= 1e-9 * np.abs(last), 0.0, change)


def _difference(theme: _Theme, name: str, values: np.ndarray, than: tuple[str, str]) -> Column:
    unequal, equal = than
    return Column(
        f"last_k_{theme.name}_{name}",
        values,
        says=theme.more + unequal,
        zero=theme.same + equal,
        below=theme.less + unequal,
        missing=theme.few,
        unit=theme.unit,
        expects=theme.expects,
        theme=theme.theme,
        neutral=0.0,
        label=theme.label,
        role=theme.role,
    )
