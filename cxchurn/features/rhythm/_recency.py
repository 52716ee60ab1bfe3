"""Who has been here lately."""

from __future__ import annotations

from collections.abc import Iterator

from cxchurn.features._builder import Builder, labelled, last
from cxchurn.features._column import Column
from cxchurn.features._themes import PROFILE, RHYTHM, theme_of_kind
from cxchurn.history import Seen, age_by_label, tenure

_NONE = "has had no interaction of their own yet"
_ONE = "has had no more than one interaction of their own"
_FEW = "has had fewer than {nth} interactions of their own"


class Recency(Builder):
    """How long ago customers were last here, and how long they have been customers.

    Their own interactions count. Columns: ``recency_days_last``, ``..._last_2`` and so on up to `stack`,
    ``recency_days_first`` (tenure, where it is known), and for each known kind and touchpoint
    ``recency_days_last_kind_<kind>``,
    ``recency_days_last_touchpoint_<touchpoint>``; all in days, missing for never.

    Parameters
    ----------
    stack : int, default 3
        How many of the last interactions to give the age of.
    by : tuple of str, default ("kind", "touchpoint")
        The label columns to look at one label at a time.
    most : int, default 8
        How many labels of each at most, the most frequent first.
    since : str, optional
        The date of the customers table from which one is a customer, such as ``"signup_date"``; it goes before the log.
        Without, and for whom it is not on file, the first interaction tells, unless it lies within a horizon of the log's
        start or of the look-back's edge: then they may be older, and the tenure is missing.
    """

    driver = "recency"
    sees = "own"
    theme = "rhythm"

    def __init__(
        self,
        *,
        stack: int = 3,
        by: tuple[str, ...] = ("kind", "touchpoint"),
        most: int = 8,
        since: str | None = None,
    ) -> None:
        self.stack = stack
        self.by = by
        self.most = most
        self.since = since

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for nth in range(1, self.stack + 1):
            yield Column(
                "recency_days_last" if nth == 1 else f"recency_days_last_{nth}",
                seen.age(nth=nth),
                says=f"had the {last(nth)} interaction of their own {{value:when}}",
                missing={1: _NONE, 2: _ONE}.get(nth, _FEW),
                unit="days",
                expects=1,
                missing_tells=True,
                slots={"nth": nth},
            )
        yield Column(
            "recency_days_first",
            tenure(seen, since=self.since),
            says="has been a customer for {value:days}",
            zero="has just become a customer",
            missing="has been a customer for an unknown time",
            unit="days",
            expects=-1,
            theme=PROFILE,
        )
        for column in self.by:
            labels = seen.known(column)[: self.most]
            for (text, name), age in zip(labelled(labels), age_by_label(seen, column, labels), strict=True):
                theme = theme_of_kind(text) if column == "kind" else RHYTHM
                yield Column(
                    f"recency_days_last_{column}_{name}",
                    age,
                    says="last had {label:a} {value:when}",
                    missing="has never had {label:a}",
                    unit="days",
                    # to have been long without something good, or to have had something bad lately
                    expects=1 if theme == RHYTHM else -1,
                    theme=theme,
                    missing_tells=theme == RHYTHM,
                    label=text,
                    role=column,
                )
