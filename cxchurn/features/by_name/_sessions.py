"""Page after page: what became of customers' sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._sittings import Abandoned, HadStep, StillSearching, ToGoal
from cxchurn.history import Measure, Seen, Window, matters

GOALS = (
    "booking", "checkout_complete", "confirmation", "order", "order_confirmed", "payment_done", "purchase", "signup",
    "submitted",
)  # fmt: skip
BEGUN = ("add_to_cart", "application", "basket", "booking_form", "cart", "checkout", "form", "payment")
SEARCHES = ("no_results", "search", "search_results")
ERRORS = ("404", "500", "declined", "error", "failed", "failure", "payment_failed", "timeout")


class Sessions(Builder):
    """Page after page: whether customers get on a website, or in an app, what they came for, or give up.

    A session is the events of a customer that share a ``session_id``; what an event is, its ``step`` says, or its kind. Looked
    at are sessions whose last event lies in a window, and that were over `idle` before the cut-off. Columns for each window:
    ``sessions_count_<window>`` (which tells that a customer came: rhythm); and, as far as the log knows such steps,
    ``sessions_steps_to_goal_<window>`` and ``sessions_seconds_to_goal_<window>`` (the mean up to the first of `goals` in a
    session), ``sessions_abandoned_share_<window>`` (of the sessions in which something of `begun` or of `goals` was done,
    those without a goal), ``sessions_error_share_<window>`` (of all sessions, those with one of `errors`) and
    ``sessions_in_vain_share_<window>`` (of the sessions with one of `searches`, those whose last event is one).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    goals, begun, searches, errors : tuple of str
        Steps, or kinds, that are what one came for; the way there; looking for something; something that went wrong.
    idle : str, default "1h"
        How long after its last event a session is over.
    """

    driver = "sessions"
    needs = ("roles.session_id",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        goals: tuple[str, ...] = GOALS,
        begun: tuple[str, ...] = BEGUN,
        searches: tuple[str, ...] = SEARCHES,
        errors: tuple[str, ...] = ERRORS,
        idle: str = "1h",
    ) -> None:
        self.windows = windows
        self.goals = goals
        self.begun = begun
        self.searches = searches
        self.errors = errors
        self.idle = idle

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        known = {*seen.known("step"), *seen.known("kind")}
        idle = span(self.idle, name="idle")
        for w in spans(self.windows):
            recent = seen.last(w)
            yield Column(
                f"sessions_count_{w}",
                recent.distinct("session_id"),
                says="had {value:#session} in the last {window}",
                window=w,
                theme=RHYTHM,
                expects=-1,
            )
            over = recent.before(idle)
            if known & set(self.goals):
                yield from _to_goal(recent, self.goals, w)
                if known & set(self.begun):
                    yield _abandoned(over, Abandoned(self.begun, self.goals), w)
            if known & set(self.errors):
                yield _errors(over, HadStep(self.errors), w)
            if known & set(self.searches):
                yield _in_vain(over, StillSearching(self.searches), w)


def _to_goal(recent: Window, goals: tuple[str, ...], w: Span) -> Iterator[Column]:
    for what, says in (("steps", "{value:#step}"), ("seconds", "{value:seconds}")):
        yield Column(
            f"sessions_{what}_to_goal_{w}",
            recent.mean(ToGoal(goals, what)),
            says=f"needed {says} on average to get online what they came for in the last {{window}}",
            zero="got online at once what they came for in the last {window}",
            missing="got nothing online in the last {window} that they came for",
            unit=what,
            window=w,
            expects=1,
        )


def _share(over: Window, name: str, measure: Measure, w: Span, *, says: str, zero: str, missing: str) -> Column:
    """Return the mean of a measure over the sessions that are over and for which it is known."""
    return Column(
        f"sessions_{name}_share_{w}",
        matters(over, measure, by="session_id").mean,
        says=says,
        zero=zero,
        missing=missing,
        unit="share",
        window=w,
        expects=1,
    )


def _abandoned(over: Window, abandoned: Measure, w: Span) -> Column:
    return _share(
        over,
        "abandoned",
        abandoned,
        w,
        says="gave up {value:share} of what they began online in the last {window}",
        zero="gave up nothing that they began online in the last {window}",
        missing="began nothing online in the last {window}",
    )


def _errors(over: Window, had: Measure, w: Span) -> Column:
    return _share(
        over,
        "error",
        had,
        w,
        says="met with an error in {value:share} of their sessions of the last {window}",
        zero="met with no error in their sessions of the last {window}",
        missing="had no session in the last {window}",
    )


def _in_vain(over: Window, searching: Measure, w: Span) -> Column:
    return _share(
        over,
        "in_vain",
        searching,
        w,
        says="left right after a search in {value:share} of the sessions of the last {window} in which they searched",
        zero="went on from every search in their sessions of the last {window}",
        missing="searched for nothing in the last {window}",
    )
