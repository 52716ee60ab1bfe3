"""What counts as activity, kind by kind, and which kinds look like the company's own doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, Deferred, UsageError, logger, typed
from cxchurn.history import Seen, Which, ask_as_of, by_label, each_part, histories_of
from cxchurn.interactions import InteractionLog, looks_outbound
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.panel.churn._kinds import EVER, labels_in
from cxchurn.words import Phrase, some_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# the list is sorted by frequency: what comes after counts hardly anything
_MOST_KINDS = 40
_SHOWN = 8
# a kind whose rows fall on many customers at one instant was not done by them, one by one
_MANY, _SHARE_OF_CUSTOMERS, _HALF = 10, 0.01, 0.5
# rows that carry days alone meet on every day; what was sent out meets on few of them
_FEW_DAYS = 0.2
# rows stamped with their day alone stand at one time of the day in UTC, or at two where clocks are set forward and back
_FEW_HOURS = 2
# how times are stamped shows in any quarter of a million rows
_SAMPLE = 1 << 18


def activity_counts(log: InteractionLog, churn: ChurnDefinition) -> dict[str, int]:
    """Return how many events count as activity, kind by kind, the most frequent first; the rarest kinds are left out."""
    cache, key = histories_of(log).cache, ("activity counts", churn.populations)
    if key not in cache:
        cache[key] = _counted(log, churn)
    return dict(cache[key])


def _counted(log: InteractionLog, churn: ChurnDefinition) -> dict[str, int]:
    kinds = labels_in(log, "kind")[:_MOST_KINDS]
    ids = histories_of(log).ids
    about = {"populations": churn.populations}

    def count(rows: Which, seen: Seen) -> np.ndarray:
        return by_label(seen.activity, "kind", kinds).events.sum(axis=1)

    parts = list(each_part(log, ids, np.full(ids.size, EVER), count, **about))
    totals = np.sum(parts, axis=0).astype(np.int64).tolist()
    found = {kind: total for kind, total in zip(kinds, totals, strict=True) if total}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def check_counts(log: InteractionLog, churn: ChurnDefinition, said: object) -> None:
    """Raise an error where nothing in the log counts as activity: kinds may occur and yet be no act of the customers."""
    ids = histories_of(log).ids
    found = ask_as_of(
        log, ids, np.full(ids.size, EVER), lambda seen: seen.activity.count(), populations=churn.populations
    )
    if not found.any():
        raise UsageError(
            f"nothing in the log counts as activity, by kinds={said!r}.",
            allowed="what customers did: not what was sent to them (direction outbound), nor what only became known later",
            hint="name other kinds, or leave kinds out.",
        )


def what_counts(log: InteractionLog, churn: ChurnDefinition) -> tuple[str, ...]:
    """Return in words which kinds count as activity, with their shares; nothing for a log of one kind.

    Where the log does not say who reached out and the definition names no kinds, everything counts, and so it is said; a
    warning is logged for kinds that look like what the company does.
    """
    if len(labels_in(log, "kind")) < 2:
        return ()
    counts = activity_counts(log, churn)
    total = max(1, sum(counts.values()))
    shares = [Phrase("panel", "kind_share", kind=kind, share=number / total) for kind, number in counts.items()]
    kinds = some_of(shares, most=_SHOWN) if shares else Phrase("panel", "nothing")
    notes = [Phrase("panel", "counts", kinds=kinds)]
    if "direction" not in log.types.names and getattr(churn, "kinds", ()) is None:
        notes.append(Phrase("panel", "no_direction"))
        for kind, why in companys(log, tuple(counts)).items():
            logger.warning(
                "%s counts as activity (%.1f %% of it) and looks like what the company does: %s. "
                "Say what the customers do: %s, or map the direction in the schema.",
                kind,
                100 * counts[kind] / total,
                why,
                typed("kinds=(...)", "kinds = [...] under [churn]"),
            )
    return tuple(notes)


def companys(log: InteractionLog, kinds: tuple[str, ...]) -> dict[str, str]:
    """Return the kinds that look like what the company does, with the reason why."""
    cache = histories_of(log).cache
    if ("companys", kinds) not in cache:
        cache["companys", kinds] = _looked_at(log, kinds)
    return dict(cache["companys", kinds])


def _looked_at(log: InteractionLog, kinds: tuple[str, ...]) -> dict[str, str]:
    others = [kind for kind in kinds if looks_outbound(kind) is not False]
    found = {kind: "it is called so" for kind in others if looks_outbound(kind)}
    rows = _sample(log)
    for kind, of_kind in rows.groupby("kind", observed=True):
        if kind in others and kind not in found and _meets(of_kind):
            found[str(kind)] = "its rows fall on many customers at the same instants"
    return found


def _sample(log: InteractionLog) -> pd.DataFrame:
    names = ["customer_id", "timestamp", "kind"]
    table = log.events.select(names) if log.parts is None else log.parts.read(0, names)
    table = table.slice(0, _SAMPLE)
    times = table["timestamp"].cast(pa.int64()).to_numpy()
    who = pd.factorize(table["customer_id"].to_pandas())[0]
    return pd.DataFrame({"kind": table["kind"].to_pandas(), "who": who, "at": times}).drop_duplicates()


def _meets(rows: pd.DataFrame) -> bool:
    """Whether most of the rows of a kind fall on many customers at one instant, on some days and not on all."""
    at_once = rows.groupby("at")["who"].transform("size").to_numpy()
    crowded = at_once >= max(_MANY, _SHARE_OF_CUSTOMERS * rows["who"].nunique())
    if crowded.mean() < _HALF:
        return False
    times = rows["at"].to_numpy()
    if np.unique(times % DAY).size > _FEW_HOURS:
        return True
    days = np.unique(times[crowded] // DAY)
    return days.size <= _FEW_DAYS * ((times.max() - times.min()) // DAY + 1)
