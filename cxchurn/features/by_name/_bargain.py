"""What customers buy on offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import spans
from cxchurn.features._column import Column
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._offers import FullPrice, OffersInRow, OnOffer, Prompted, Reduced
from cxchurn.features.shared._outreach import PROMOTIONS
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.history import Seen, compared, tenure

# sums of whole numbers are the same in whatever order they are made
_UNIT = 1 << 20
_NOTHING = "bought nothing in the last {window} of which it is on record what was taken off"


class Bargain(Comparing):
    """A deep discount brings customers, it does not keep them: who pays full price, and who waits for the next offer.

    A purchase is an event that says its ``discount`` (0 at full price), was not sent by the business, and brought no money
    back. Columns for each window: ``bargain_full_price_share_<window>`` (of the purchases),
    ``bargain_depth_<window>`` (the mean discount of what was bought on offer), ``bargain_shift_<window>`` (the mean discount
    of all purchases less that before the window) and, where the log knows outbound promotions,
    ``bargain_prompted_share_<window>`` (purchases within `within` of one). As of the cut-off: ``bargain_offers_in_row``
    (purchases on offer since the last one at full price), ``bargain_first`` (the discount of the first purchase; missing for
    those who may have bought before the log began) and ``bargain_beside_newcomers``: the discount of the last purchase less
    what newcomers got in the mean with their first one. Newcomers are those who came within `new` before the last Monday; the
    column is missing where these are ten at most, and for who is one. Where a log has prices and no discount, docs/schemas.md
    has the query that tells one by the usual price.

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    promotions : tuple of str, default ("campaign",)
        The kinds of outbound interactions that are promotions.
    within : str, default "14D"
        How long after a promotion a purchase is taken to come of it.
    new : str, default "90D"
        How long one is a newcomer.
    """

    driver = "bargain"
    needs = ("roles.discount",)
    theme = "money"
    actionable = True

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        promotions: tuple[str, ...] = PROMOTIONS,
        within: str = "14D",
        new: str = "90D",
    ) -> None:
        self.windows = windows
        self.promotions = promotions
        self.within = within
        self.new = new

    def reference(self, crowd: Crowd) -> Table:
        """Return what newcomers got in the mean with their first purchase, where there are enough of them."""
        first = np.concatenate([*crowd.everybody(self._first_of_newcomers), np.empty(0)])
        total = int(np.rint(first * _UNIT).astype(np.int64).sum())
        return {"newcomers": shortened([total / _UNIT / first.size])} if first.size > FEWEST else {}

    def _first_of_newcomers(self, seen: Seen) -> np.ndarray:
        first = np.where(tenure(seen.own) <= self._new.days, seen.earliest(Reduced()), np.nan)
        return first[~np.isnan(first)]

    @property
    def _new(self) -> Span:
        return span(self.new, name="new")

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield from self._so_far(seen)
        yield self._beside_newcomers(seen)
        prompted = bool(set(seen.known("kind")) & set(self.promotions)) and seen.has("direction")
        for w in spans(self.windows):
            yield from _paid(seen, w)
            if prompted:
                yield self._prompted(seen, w)

    def _so_far(self, seen: Seen) -> Iterator[Column]:
        yield Column(
            "bargain_offers_in_row",
            seen.latest(OffersInRow()),
            says="made {value:#purchase} in a row on offer",
            zero="paid full price for the last purchase",
            missing="has bought nothing of which it is on record what was taken off",
            expects=1,
        )
        yield Column(
            "bargain_first",
            np.where(np.isnan(tenure(seen.own)), np.nan, seen.earliest(Reduced())),
            says="got {value:share} off their first purchase",
            zero="paid full price for their first purchase",
            missing="has made no first purchase that is on record",
            unit="share",
            expects=1,
        )

    def _beside_newcomers(self, seen: Seen) -> Column:
        here = seen.own.age_of_first()
        own = np.where(here > self._new.days, seen.latest(Reduced()), np.nan)
        return Column(
            "bargain_beside_newcomers",
            compared(seen, self.table_name, BesideNewcomers(), own),
            says="got more off their last purchase than newcomers get off their first, by {value:points}",
            below="got less off their last purchase than newcomers get off their first, by {value:points}",
            zero="got as much off their last purchase as newcomers get off their first",
            missing="is new, or has bought nothing, or there are too few newcomers to compare with",
            unit="share",
            expects=-1,
            neutral=0.0,
        )

    def _prompted(self, seen: Seen, w: Span) -> Column:
        soon = span(self.within, name="within")
        return Column(
            f"bargain_prompted_share_{w}",
            seen.last(w).mean(Prompted(self.promotions, soon.days)),
            says="made {value:share} of their purchases of the last {window} within {soon} of a promotion",
            zero="made no purchase of the last {window} within {soon} of a promotion",
            missing=_NOTHING,
            unit="share",
            window=w,
            slots={"soon": soon},
            expects=1,
        )


@dataclass(frozen=True)
class BesideNewcomers:
    """What is taken off for a customer less what newcomers get."""

    def __call__(self, table: Table, own: np.ndarray) -> np.ndarray | float:
        """Return the difference for each row, NaN where the table tells nothing of newcomers."""
        return own - table["newcomers"][0] if "newcomers" in table else np.nan


def _paid(seen: Seen, w: Span) -> Iterator[Column]:
    recent = seen.last(w)
    yield Column(
        f"bargain_full_price_share_{w}",
        recent.mean(FullPrice()),
        says="paid full price for {value:share} of their purchases of the last {window}",
        zero="bought nothing at full price in the last {window}, only on offer",
        missing=_NOTHING,
        unit="share",
        window=w,
        expects=-1,
    )
    yield Column(
        f"bargain_depth_{w}",
        recent.mean(OnOffer()),
        says="got {value:share} off what they bought on offer in the last {window}",
        missing="is not known to have bought on offer in the last {window}",
        unit="share",
        window=w,
        expects=1,
    )
    yield Column(
        f"bargain_shift_{w}",
        recent.mean(Reduced()) - seen.before(w).mean(Reduced()),
        says="got more off their purchases of the last {window} than off those before, by {value:points}",
        below="got less off their purchases of the last {window} than off those before, by {value:points}",
        zero="got as much off their purchases of the last {window} as off those before",
        missing="is not known to have bought both in the last {window} and before",
        unit="share",
        window=w,
        expects=1,
        neutral=0.0,
    )
