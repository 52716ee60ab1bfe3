"""Which labels a feature set knows: those of its past that are no single customer's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, listed
from cxchurn.features._standard import attribute_names
from cxchurn.history import KnownLabels, Populations, attribute_labels, labels_by_condition
from cxchurn.interactions import ROLES, InteractionLog, constants_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# a column of more is text or a name: each further label has too few customers to learn from, and would find them
_MOST_LABELS = 50
# who a row is about, and whom they met: these tell people apart
_IDS = ("customer_id", "case_id", "agent_id")
_IDS_AS_ROLES = frozenset({"session_id", "peer_id"})


def labels_of(
    log: InteractionLog,
    at: np.datetime64,
    customers: np.ndarray,
    populations: Populations,
    *,
    since: np.datetime64 | None = None,
    fewest: int,
) -> KnownLabels:
    """Return the labels known before an instant, by column; none of a column that tells customers apart.

    Where a population knows others than all events do (or another is its most frequent), also by ``column@population``.
    Labels of interactions are learned from those known at or after `since`, where a look-back lets nobody see earlier ones.
    Labels that fewer than `fewest` customers have are left out and counted, since one so rare may be an address or a name: all
    but those that the schema or the churn definition names, and those of roles with a fixed set of words.
    """
    ids = {*_IDS, *(_IDS_AS_ROLES & log.roles)}
    columns = [name for name in log.types.names if name not in ids]
    parts = {name: condition for name, condition in populations.conditions.items() if condition is not None}
    spared = _in_no_ones_words(log, populations)
    asked = [None, *parts.values()]
    known, *of_parts = labels_by_condition(log, columns, at, asked, since=since, fewest=fewest, spared=spared)
    theirs = attribute_labels(log, attribute_names(log)[0], at, fewest=fewest)
    labels = known.labels | {f"customers.{name}": found for name, found in theirs.labels.items()}
    long = any(len(found) > _MOST_LABELS for found in labels.values())
    many = max(_MOST_LABELS, pd.unique(customers).size // 2) if long else _MOST_LABELS
    kept = {name: found[:_MOST_LABELS] for name, found in labels.items() if 0 < len(found) <= many}
    for part, of_part in zip(parts, of_parts, strict=True):
        found = {name: some[:_MOST_LABELS] for name, some in of_part.labels.items() if name in kept}
        kept |= {f"{name}@{part}": some for name, some in found.items() if some != kept[name]}
    return KnownLabels(kept, known.rare | {f"customers.{name}": count for name, count in theirs.rare.items()})


def about_rare(rare: Mapping[str, int], fewest: int) -> list[str]:
    """Return in words how many labels were too rare to be told apart: one sentence, where there are any."""
    counts = [f"{count:,} of {name.replace('customers.', 'the attribute ')}" for name, count in rare.items()]
    said = f"labels that fewer than {fewest} customers have are not told apart, and stand in no saved model: "
    return [said + listed(counts)] if counts else []


def _in_no_ones_words(log: InteractionLog, populations: Populations) -> dict[str, set[str]]:
    """Return the labels by column that were not written by or about a customer."""
    fixed = {name: set(role.allowed) for name, role in ROLES.items() if role.allowed}
    kinds = {kind for schema in log.schemas for kind in schema.kinds or ()}
    kinds |= {later.event_kind for schema in log.schemas for later in schema.later}
    spared = fixed | {"kind": kinds, "touchpoint": set()}
    for schema in log.schemas:
        for role, label in constants_of(schema).items():
            spared.setdefault(role, set()).add(label)
    for condition in populations.conditions.values():
        for column, _, values in condition.tests if condition else ():
            spared.setdefault(column, set()).update(value for value in values if isinstance(value, str))
    return spared
