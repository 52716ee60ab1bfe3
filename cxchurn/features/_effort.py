"""How hard customers had to work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._in_matter import Reopening, ToResolution, TouchpointSwitch
from cxchurn.history import Seen, Window, matters, where

_MATTER = where(unless={"later": True, "direction": "outbound"})
_OPEN = where(resolved=0)


class Effort(Builder):
    """How hard customers had to work: being passed on, waiting, coming back with the same matter.

    Contacts are interactions with a number of transfers on record; matters are told apart by ``case_id``; what the company
    sends out of itself is no contact.
    Columns, as far as the log has the roles: ``effort_contacts_<window>``, ``effort_transfers_<sum|mean|max>_<window>``,
    ``effort_transfers_last``; ``effort_wait_s_<mean|max>_<window>`` (seconds), ``effort_wait_s_last``;
    ``effort_contacts_per_matter_<window>``, ``effort_matters_<window>``; ``effort_unresolved_<window>`` (contacts that ended
    with the matter open); ``effort_repeat_share_<window>`` (contacts within `repeat` of the one before);
    ``effort_switches_<window>`` (contacts over another touchpoint than the one before in the same matter),
    ``effort_contacts_to_resolution_<window>`` (mean over the matters of the window that are closed as of the cut-off),
    ``effort_reopened_<window>`` (contacts about a matter that had been closed).

    Parameters
    ----------
    windows : tuple of str
    repeat : str, default "7D"
        Within how long a further contact counts as coming back.
    """

    driver = "effort"
    needs = ("transfers|case_id",)

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
                missing="has never had to wait",
                unit="seconds",
                expects=1,
            )
        for w in spans(self.windows):
            recent = seen.last(w)
            if seen.has("transfers"):
                yield from self._transfers(recent, w)
            if seen.has("wait_s"):
                yield from self._waits(recent, w)
            if seen.has("case_id"):
                yield from self._matters(recent, w)
                yield from self._in_matters(seen, recent, w)
            if seen.has("resolved"):
                yield Column(
                    f"effort_unresolved_{w}",
                    recent.count(_OPEN),
                    says="left {value:#contact} with the matter open in the last {window}",
                    window=w,
                    expects=1,
                )

    def _transfers(self, recent: Window, w: Span) -> Iterator[Column]:
        none = "had no contact in the last {window}"
        soon = f"within {span(self.repeat, name='repeat').words}"
        yield Column(
            f"effort_contacts_{w}",
            recent.count(where(at_least={"transfers": 0})),
            says="had to get in touch {value:#time} in the last {window}",
            zero=none,
            window=w,
        )
        yield Column(
            f"effort_transfers_sum_{w}",
            recent.sum("transfers"),
            says="was passed on {value:#time} in the last {window}",
            zero="was never passed on in the last {window}",
            window=w,
            expects=1,
        )
        yield Column(
            f"effort_transfers_mean_{w}",
            recent.mean("transfers"),
            says="was passed on {value:.1f} times per contact in the last {window}",
            zero="was never passed on in the last {window}",
            missing=none,
            window=w,
            expects=1,
        )
        yield Column(
            f"effort_transfers_max_{w}",
            recent.max("transfers"),
            says="was passed on {value:#time} in the worst contact of the last {window}",
            zero="was never passed on in the last {window}",
            missing=none,
            window=w,
            expects=1,
        )
        yield Column(
            f"effort_repeat_share_{w}",
            recent.gaps_within(self.repeat, where(at_least={"transfers": 0})),
            says=f"had to come back {soon} after {{value:.0%}} of the contacts in the last {{window}}",
            zero=f"never had to come back {soon} in the last {{window}}",
            missing="had too few contacts in the last {window} to come back",
            unit="share",
            window=w,
            expects=1,
        )

    def _waits(self, recent: Window, w: Span) -> Iterator[Column]:
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

    def _matters(self, recent: Window, w: Span) -> Iterator[Column]:
        matters = recent.distinct("case_id", _MATTER)
        contacts = recent.count_of("case_id", _MATTER)
        yield Column(f"effort_matters_{w}", matters, says="had {value:#matter} in the last {window}", window=w)
        yield Column(
            f"effort_contacts_per_matter_{w}",
            np.divide(contacts, matters, out=np.full(matters.size, np.nan), where=matters > 0),
            says="needed {value:.1f} contacts a matter in the last {window}",
            missing="had no matter in the last {window}",
            window=w,
            expects=1,
        )

    def _in_matters(self, seen: Seen, recent: Window, w: Span) -> Iterator[Column]:
        if seen.has("touchpoint"):
            yield Column(
                f"effort_switches_{w}",
                recent.count_of(TouchpointSwitch()),
                says="had to switch the touchpoint for the same matter {value:#time} in the last {window}",
                zero="never had to switch the touchpoint for the same matter in the last {window}",
                window=w,
                expects=1,
            )
        if seen.has("resolved"):
            yield Column(
                f"effort_contacts_to_resolution_{w}",
                matters(recent, ToResolution()).mean,
                says="needed {value:#contact} on average until a matter was closed in the last {window}",
                missing="had no matter closed in the last {window}",
                window=w,
                expects=1,
            )
            yield Column(
                f"effort_reopened_{w}",
                recent.count_of(Reopening()),
                says="had to come back {value:#time} about a matter said to be closed in the last {window}",
                zero="never had to come back about a matter said to be closed in the last {window}",
                window=w,
                expects=1,
            )
