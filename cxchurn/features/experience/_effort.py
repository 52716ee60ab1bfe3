"""How hard customers had to work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._in_matter import ContactMatter, Reopening, TouchpointSwitch
from cxchurn.history import Seen, Window, ratio, where

_CONTACT = where(at_least={"transfers": 0}, unless={"direction": "outbound"})
_OPEN = where(resolved=0)


class Effort(Builder):
    """How hard customers had to work: being passed on, waiting, coming back with the same matter.

    Contacts are what has a number of transfers on record, which may have become known later, and was not sent by the company.
    Matters are told apart by ``case_id``; contacts of a matter are what customers did about it: not what the company sent, no
    answered survey, nothing only known later. Columns, as far as the log has the roles: ``effort_contacts_<window>``,
    ``effort_transfers_<sum|mean|max>_<window>``, ``effort_transfers_last``; ``effort_wait_s_<mean|max>_<window>`` (seconds),
    ``effort_wait_s_last``; ``effort_contacts_per_matter_<window>``, ``effort_matters_<window>``;
    ``effort_unresolved_<window>`` (contacts that ended with the matter open); ``effort_repeat_share_<window>`` (contacts
    within `repeat` of the one before); ``effort_switches_<window>`` (contacts over another touchpoint than the one before in
    the same matter) and ``effort_reopened_<window>`` (contacts about a matter that had been closed).

    How many contacts and matters there were tells that a customer came, not what it was like: rhythm.

    Parameters
    ----------
    windows : tuple of str
    repeat : str, default "7D"
        Within how long a further contact counts as coming back.
    """

    driver = "effort"
    needs = ("transfers|case_id",)
    theme = "experience"

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D", "365D"), repeat: str = "7D") -> None:
        self.windows = windows
        self.repeat = repeat

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        if seen.has("transfers"):
            yield Column(
                "effort_transfers_last",
                seen.latest("transfers"),
                says="was passed on {value:#time} at the last contact",
                zero="was not passed on at the last contact",
                missing="has had no contact yet",
                expects=1,
            )
        if seen.has("wait_s"):
            yield Column(
                "effort_wait_s_last",
                seen.latest("wait_s"),
                says="waited {value:seconds} the last time",
                zero="did not have to wait the last time",
                missing="has never had to wait",
                unit="seconds",
                expects=1,
            )
        for w in spans(self.windows):
            recent = seen.last(w)
            if seen.has("transfers"):
                yield from self._contacts(recent, w)
            if seen.has("wait_s"):
                yield from _waits(recent, w)
            if seen.has("case_id"):
                yield from _matters(recent, w)
                yield from _in_matters(seen, recent, w)
            if seen.has("resolved"):
                yield Column(
                    f"effort_unresolved_{w}",
                    recent.count(_OPEN),
                    says="left {value:#contact} with the matter open in the last {window}",
                    window=w,
                    expects=1,
                )

    def _contacts(self, recent: Window, w: Span) -> Iterator[Column]:
        yield Column(
            f"effort_contacts_{w}",
            recent.count(_CONTACT),
            says="had to get in touch {value:#time} in the last {window}",
            zero="had no contact in the last {window}",
            window=w,
            expects=1,
            # how often somebody got in touch tells how lively they are, not what it was like
            theme=RHYTHM,
        )
        yield from _transfers(recent, w)
        yield Column(
            f"effort_repeat_share_{w}",
            recent.gaps_within(self.repeat, _CONTACT),
            says="had to come back within {soon} after {value:share} of the contacts in the last {window}",
            zero="never had to come back within {soon} in the last {window}",
            slots={"soon": span(self.repeat, name="repeat")},
            missing="had too few contacts in the last {window} to come back",
            unit="share",
            window=w,
            expects=1,
        )


def _transfers(recent: Window, w: Span) -> Iterator[Column]:
    none = "had no contact in the last {window}"
    for statistic, values, says, missing in (
        ("sum", recent.sum("transfers"), "was passed on {value:#time} in the last {window}", None),
        ("mean", recent.mean("transfers"), "was passed on {value:#time} per contact in the last {window}", none),
        ("max", recent.max("transfers"), "was passed on {value:#time} in the worst contact of the last {window}", none),
    ):
        yield Column(
            f"effort_transfers_{statistic}_{w}",
            values,
            says=says,
            zero="was never passed on in the last {window}",
            missing=missing,
            window=w,
            expects=1,
        )


def _waits(recent: Window, w: Span) -> Iterator[Column]:
    none = "had no contact with a wait in the last {window}"
    for statistic, values, when in (
        ("mean", recent.mean("wait_s"), "on average"),
        ("max", recent.max("wait_s"), "at worst"),
    ):
        yield Column(
            f"effort_wait_s_{statistic}_{w}",
            values,
            says=f"waited {{value:seconds}} {when} in the last {{window}}",
            zero="never waited in the last {window}",
            missing=none,
            unit="seconds",
            window=w,
            expects=1,
        )


def _matters(recent: Window, w: Span) -> Iterator[Column]:
    matters = recent.distinct(ContactMatter())
    yield Column(
        f"effort_matters_{w}",
        matters,
        says="had {value:#matter} in the last {window}",
        window=w,
        expects=1,
        theme=RHYTHM,
    )
    yield Column(
        f"effort_contacts_per_matter_{w}",
        ratio(recent.count_of(ContactMatter()), matters),
        says="needed {value:#contact} per matter in the last {window}",
        missing="had no matter in the last {window}",
        window=w,
        expects=1,
    )


def _in_matters(seen: Seen, recent: Window, w: Span) -> Iterator[Column]:
    if seen.has("touchpoint"):
        yield Column(
            f"effort_switches_{w}",
            recent.count_of(TouchpointSwitch()),
            says="had to turn to another touchpoint with the same matter {value:#time} in the last {window}",
            zero="never had to turn to another touchpoint with the same matter in the last {window}",
            window=w,
            expects=1,
        )
    if seen.has("resolved"):
        yield Column(
            f"effort_reopened_{w}",
            recent.count_of(Reopening()),
            says="had to come back {value:#time} about a matter said to be closed in the last {window}",
            zero="never had to come back about a matter said to be closed in the last {window}",
            window=w,
            expects=1,
        )
