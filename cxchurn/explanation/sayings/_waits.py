"""Which waits are long, by touchpoint."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.history import Where, label_is, where
from cxchurn.interactions import InteractionLog, known_before, tables

# of fewer waits a quantile is not read off
_FEWEST = 20


def long_waits(log: InteractionLog, before: np.datetime64, quantile: float) -> tuple[Where, ...]:
    """Return a condition for each touchpoint: its waits above a quantile of those known before an instant."""
    by = "touchpoint" if "touchpoint" in log.roles else "kind"
    found: dict[str | None, list[np.ndarray]] = {}
    for part in tables(known_before(log, before), [by, "wait_s"]):
        told = part.filter(pc.is_valid(part["wait_s"]))
        labels, waits = told[by].cast(pa.string()).to_numpy(), told["wait_s"].to_numpy()
        for label in set(labels.tolist()):
            found.setdefault(label, []).append(waits[labels == label])
    bounds = {label: np.concatenate(waits) for label, waits in found.items() if label is not None}
    return tuple(
        label_is(by, label) & where(at_least={"wait_s": float(np.nextafter(np.quantile(waits, quantile), np.inf))})
        for label, waits in sorted(bounds.items())
        if waits.size >= _FEWEST
    )
