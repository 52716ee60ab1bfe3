"""Which families a model starts with: all of them, the standard ones, or a lean set for tiny data."""

from __future__ import annotations

from cxchurn._core import DAY, Span, span
from cxchurn.features._builder import Builder
from cxchurn.features.by_name._bargain import Bargain
from cxchurn.features.by_name._bot_loops import BotLoops
from cxchurn.features.by_name._clock import Clock
from cxchurn.features.by_name._last_k import LastK
from cxchurn.features.by_name._loyalty import Loyalty
from cxchurn.features.by_name._network import Network
from cxchurn.features.by_name._overdue import Overdue
from cxchurn.features.by_name._prior import Prior
from cxchurn.features.by_name._returns import Returns
from cxchurn.features.by_name._sessions import Sessions
from cxchurn.features.by_name._staff import Staff
from cxchurn.features.by_name._track_record import TrackRecord
from cxchurn.features.compared._disruption import Disruption
from cxchurn.features.compared._standing import Standing
from cxchurn.features.experience._after_sale import AfterSale
from cxchurn.features.experience._attention import Attention
from cxchurn.features.experience._balance import Balance
from cxchurn.features.experience._basics import Basics
from cxchurn.features.experience._consistency import Consistency
from cxchurn.features.experience._effort import Effort
from cxchurn.features.experience._feedback import Feedback
from cxchurn.features.experience._human_touch import HumanTouch
from cxchurn.features.experience._moments import Moments
from cxchurn.features.experience._peak_end import PeakEnd
from cxchurn.features.experience._recovery import Recovery
from cxchurn.features.experience._refunds import Refunds
from cxchurn.features.experience._response import Response
from cxchurn.features.experience._speed import Speed
from cxchurn.features.experience._word_of_mouth import WordOfMouth
from cxchurn.features.money._value import Value
from cxchurn.features.profile._attributes import Attributes
from cxchurn.features.profile._hindsight import outcome_name
from cxchurn.features.rhythm._active_days import ActiveDays
from cxchurn.features.rhythm._activity import Activity
from cxchurn.features.rhythm._breadth import Breadth
from cxchurn.features.rhythm._cadence import Cadence
from cxchurn.features.rhythm._calendar_lags import CalendarLags
from cxchurn.features.rhythm._continuation import Continuation
from cxchurn.features.rhythm._decay import Decay
from cxchurn.features.rhythm._journey import Journey
from cxchurn.features.rhythm._recency import Recency
from cxchurn.features.rhythm._renewal import Renewal
from cxchurn.features.rhythm._trend import Trend
from cxchurn.features.rhythm._volume import Volume
from cxchurn.features.shared._measures import flags_of, levels_of
from cxchurn.interactions import InteractionLog

# what the date is called from which one is a customer: lower case, letters and figures alone; the plainest first
_SINCE = (
    "customersince", "membersince", "clientsince", "signup", "signupdate", "signupat", "signedup", "signedupat", "signedupon",
    "dateofsignup", "registered", "registeredat", "registeredon", "registration", "registrationdate", "registrationat",
    "dateregistered", "joined", "joinedat", "joinedon", "joindate", "joiningdate", "datejoined", "enrolled", "enrolledat",
    "enrollmentdate", "enrolmentdate", "accountcreated", "accountcreatedat", "accountopened", "accountopeneddate",
    "customercreated", "customercreatedat", "createdat", "created", "createdon", "createddate", "datecreated",
    "creationdate",
)  # fmt: skip
BUILDERS: tuple[type[Builder], ...] = (
    Activity, Recency, Volume, ActiveDays, Cadence, Renewal, Continuation, CalendarLags, Trend, Decay, LastK, Breadth, Clock,
    Value, Refunds, Journey, Attributes, Standing, Prior, TrackRecord, Balance, PeakEnd, Basics, Overdue, Moments, HumanTouch,
    BotLoops, Effort, Speed, Staff, Consistency, AfterSale, Recovery, Feedback, WordOfMouth, Attention, Response, Bargain,
    Loyalty, Sessions, Network, Returns, Disruption,
)  # fmt: skip
# by the court (tests/benchmarks/RESULTS.md): the first three helped on no real log for certain, and two of them hurt on some;
# of people, bots, promises, discounts, loyalty, sessions, peers and returns no real log there tells, and track
# records helped on none: they are asked for by name
OFF: tuple[type[Builder], ...] = (
    Prior, LastK, Clock, BotLoops, Staff, Overdue, Bargain, Loyalty, Sessions, Network, Returns, TrackRecord,
)  # fmt: skip
# each makes about twelve columns: hundreds of measures would take hours and gigabytes to train on, and tell little more
MEASURES = 50
# many columns on few rows lose to a few good ones
_FEW_ROWS = 1000


def every_family(log: InteractionLog, horizon: str | Span = "60D") -> list[Builder]:
    """Return every family of the catalogue, with windows that follow the horizon; for arguments see `standard`.

    Of the schema's measures the first 50 are taken.
    """
    length = span(horizon, name="horizon")
    return [*_acts(log, length), *_standings(log, length), *_experiences(length)]


def _acts(log: InteractionLog, length: Span) -> list[Builder]:
    """Return the families of how often, how lately and how much."""
    detail = _windows(length, (1, 4))
    amounts = tuple(log.measures)[:MEASURES]
    levels = tuple(name for name in levels_of(log) if name in amounts)
    flags = flags_of(log, [name for name in amounts if name not in levels])
    return [
        Activity(),
        Recency(since=since_when(log)),
        Volume(
            windows=_windows(length, (0.25, 0.5, 1, 2, 4)),
            detail=detail,
            measures=amounts,
            levels=levels,
            flags=flags,
            rates=_windows(length, (2, 4)),
        ),
        ActiveDays(windows=_windows(length, (0.25, 0.5, 1, 2, 4))),
        Cadence(),
        Renewal(horizons=_windows(length, (0.5, 1))),
        Continuation(),
        CalendarLags(windows=_windows(length, (1,))),
        Trend(windows=_windows(length, (0.5, 1))),
        Decay(half_lives=_windows(length, (0.25, 1, 4)), measures=("value",) if "value" in log.roles else ()),
        LastK(measures=amounts, levels=levels, flags=flags),
        Breadth(windows=_windows(length, (1,))),
        Clock(windows=_windows(length, (1,))),
    ]


def _standings(log: InteractionLog, length: Span) -> list[Builder]:
    """Return the families of money, of who customers are, and of where they stand among all."""
    short = _windows(length, (0.5, 1, 4))
    names, dates = _foreseeable(log)
    return [
        Value(windows=short),
        Refunds(windows=short),
        Journey(windows=_windows(length, (1,))),
        Attributes(names, dates=dates),
        Standing(window=str(length)),
        Prior(window=str(length)),
        TrackRecord(by=("touchpoint", *log.categories), window=str(length)),
    ]


def _experiences(length: Span) -> list[Builder]:
    """Return the families of what it was like, and of what changed for everybody."""
    h, short, detail = str(length), _windows(length, (0.5, 1, 4)), _windows(length, (1, 4))
    return [
        Balance(half_lives=detail, windows=short),
        PeakEnd(windows=detail),
        Basics(windows=detail),
        Overdue(windows=detail),
        Moments(windows=detail),
        HumanTouch(windows=detail),
        BotLoops(windows=detail),
        Effort(windows=short),
        Speed(windows=detail),
        Staff(quiet=h, moments=4),
        Consistency(windows=detail),
        AfterSale(windows=detail),
        Recovery(windows=detail),
        Feedback(windows=detail),
        WordOfMouth(windows=detail, quiet=h),
        Attention(windows=detail),
        Response(windows=detail),
        Bargain(windows=detail, new=h),
        Loyalty(windows=detail),
        Sessions(windows=detail),
        Network(windows=detail),
        Returns(windows=detail),
        Disruption(window=h),
    ]


def standard(log: InteractionLog, horizon: str | Span = "60D") -> list[Builder]:
    """Return the families that belong to every model, with windows that follow the horizon.

    All families of the catalogue but those that did not earn their place on the logs they were tried on, or that no real log
    there could try (`OFF`). Of the schema's measures the first 50 are taken: each makes about twelve columns.

    Parameters
    ----------
    log : InteractionLog
        Its roles, measures and attributes are looked at; of its events only whether a measure ever is anything but 0 and 1,
        as yes and no are said otherwise than amounts.
    horizon : str, default "60D"
        The churn definition's horizon.

    Returns
    -------
    list of Builder
        Families whose roles the log lacks are in it too; a `FeatureSet` leaves them off and says so.

    Examples
    --------
    >>> cx.standard(log, "60D")[2]
    Volume(windows=('15D', '30D', '60D', '120D', '240D'), detail=('60D', '240D'), rates=('120D', '240D'), ...)
    """
    return [builder for builder in every_family(log, horizon) if not isinstance(builder, OFF)]


def small(log: InteractionLog, horizon: str | Span = "60D") -> list[Builder]:
    """Return a lean set of about 40 columns, for a few hundred customers; for arguments see `standard`."""
    length = span(horizon, name="horizon")
    one = _windows(length, (1,))
    return [
        Activity(),
        Recency(stack=2, by=("kind",), most=3, since=since_when(log)),
        ActiveDays(windows=one),
        Renewal(horizons=one),
        Effort(windows=one),
        Balance(half_lives=one, windows=one),
    ]


def suited(log: InteractionLog, horizon: str, *, rows: int) -> list[Builder]:
    """Return the builders for a log and so many rows to learn from: the standard ones, of fewer than 1,000 the small set."""
    return (small if rows < _FEW_ROWS else standard)(log, horizon)


def attribute_names(log: InteractionLog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the customers table's attributes, and of those that are dates."""
    if log.customers is None:
        return (), ()
    kinds = log.customers.attributes
    return tuple(kinds), tuple(name for name, kind in kinds.items() if kind == "time")


def since_when(log: InteractionLog) -> str | None:
    """Return the date of the customers table that says, by its name, since when one is a customer; None where none does."""
    dates = {"".join(filter(str.isalnum, name.lower())): name for name in attribute_names(log)[1]}
    return next((dates[name] for name in _SINCE if name in dates), None)


def _foreseeable(log: InteractionLog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the attributes, and those that are dates, without those of an undated table that are called like the outcome."""
    names, dates = attribute_names(log)
    if log.customers is None or log.customers.dated:
        return names, dates
    kept = {name for name in names if name in log.customers.known_ahead or not outcome_name(name)}
    return tuple(name for name in names if name in kept), tuple(name for name in dates if name in kept)


def _windows(length: Span, factors: tuple[float, ...]) -> tuple[str, ...]:
    unit = "D" if length.microseconds >= DAY else "h"
    windows = [length.scaled(factor) for factor in factors]
    return tuple(dict.fromkeys(str(w) for w in windows if unit == "h" or w.microseconds >= DAY))
