"""Until when a log is complete: as was said, or by its last interactions, and never beyond the present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxchurn._core import UsageError, did_you_mean, instant, iso, listed, logger, zone
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._arrivals import Arrivals


def named_zones(schemas: Sequence[Schema]) -> tuple[str, ...]:
    """Return the zones that schemas name, each once; UTC, which is also what a schema says that names none, last."""
    zones = dict.fromkeys(schema.timezone for schema in schemas)
    return tuple(sorted(zones, key=lambda name: name == "UTC")) or ("UTC",)


def say_zones(schemas: Sequence[Schema]) -> None:
    """Warn where sources name several zones: the days of the log can be those of one alone."""
    zones = [name for name in named_zones(schemas) if name != "UTC"]
    if len(zones) > 1:
        logger.warning(
            "the sources' times are of several zones (%s): the log's days, weeks and hours are those of %s, "
            "the first one named.",
            listed(zones),
            zones[0],
        )


def with_ends(arrivals: Sequence[Arrivals], said: Any, timezone: str) -> tuple[Arrivals, ...]:
    """Return what arrived, with the ends that a mapping of sources' names to instants says."""
    if not isinstance(said, Mapping):
        return tuple(arrivals)
    names = [one.source for one in arrivals]
    for name in said:
        if names.count(name) != 1:
            raise UsageError(
                f"observed_until= names {name!r}, {'no' if name not in names else 'more than one'} source of this log.",
                allowed=listed(map(repr, names)),
                hint=did_you_mean(str(name), names) or "say it beside the data: Source(..., observed_until=...).",
            )
    ends = {name: instant(end, name="observed_until", timezone=timezone) for name, end in said.items()}
    return tuple(replace(one, until=ends.get(one.source, one.until)) for one in arrivals)


def end_of(arrivals: Sequence[Arrivals], schemas: Sequence[Schema], said: Any, now: np.datetime64) -> np.datetime64:
    """Return the instant before which the log is complete.

    Parameters
    ----------
    arrivals : sequence of Arrivals
        One a source.
    schemas : sequence of Schema
        One a source.
    said : instant, mapping or None
        As given to `read_interactions`.
    now : datetime64[us]
        The present, beyond which nothing has been observed.
    """
    given = [one.until for one in arrivals if one.until is not None]
    if said is not None and not isinstance(said, Mapping):
        given.append(instant(said, name="observed_until", timezone=named_zones(schemas)[0]))
    for end in given:
        if end > now:
            raise UsageError(
                f"observed_until is {iso(end)}, which is after the present ({iso(now)}).",
                allowed="an instant up to the present",
                hint="leave it out: by default the log ends on the day of its last interaction.",
            )
    if said is not None and not isinstance(said, Mapping):
        return given[-1]
    ends = [
        _by_rows(one, schema) if one.until is None else one.until for one, schema in zip(arrivals, schemas, strict=True)
    ]
    return min(max(ends), now)


def check_end(end: np.datetime64, start: np.datetime64 | None) -> None:
    """Refuse an end before the first interaction."""
    if start is not None and end < start:
        raise UsageError(
            f"observed_until is {iso(end)}, but the first interaction was on {iso(start)}.",
            allowed="the instant of the first interaction, or a later one",
            hint="check its year, or leave it out.",
        )


def _by_rows(one: Arrivals, schema: Schema) -> np.datetime64:
    """The midnight after a source's last row; of one that comes late, as much later."""
    rows = [day for _, later, day in one.counts if not (later and one.arrives)]
    if not rows:
        return np.datetime64(np.iinfo(np.int64).min + 1, "us")
    return zone(schema.timezone).midnight(max(rows) + 1) + np.timedelta64(one.arrives, "us")
