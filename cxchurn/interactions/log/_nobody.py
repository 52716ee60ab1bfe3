"""Ids that stand for nobody in particular, such as those of guests: said, for they would be the busiest customers of all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from cxchurn._core import Deferred

pc = Deferred("pyarrow.compute")

_WORDS = re.compile(
    r"(?i:guest|anonymous|anon|unknown|nobody|test|gast|unbekannt|anonym|invit.|desconocido|n[.]n[.])",
)
# numbers that may be somebody's: they are nobody's where they have many times as many rows as others
_NUMBERS = re.compile(r"-1|0+|9{4,}|0{8}-0{4}-0{4}-0{4}-0{12}")
_TIMES_AS_MANY = 10


def nobodies(customers: Iterable[pa.Array | pa.ChunkedArray]) -> list[str]:
    """Return a note for every customer whose id says that it is nobody in particular.

    Parameters
    ----------
    customers : iterable of arrays
        The customer of every event, part by part.
    """
    rows, ids, found = 0, 0, Counter[str]()
    for part in customers:
        counts = pc.value_counts(part)
        rows, ids = rows + len(part), ids + len(counts)
        # few ids are of this kind: only they become text
        texts = pc.cast(counts.field("values"), pa.string())
        odd = pc.match_substring_regex(texts, f"^({_WORDS.pattern}|{_NUMBERS.pattern})$")
        for who, count in zip(
            texts.filter(odd).to_pylist(), counts.field("counts").filter(odd).to_pylist(), strict=True
        ):
            found[who] += count
    return [
        f"the customer {who!r} has {count:,} of {rows:,} rows: where that is whoever is not known, leave these out by a query."
        for who, count in found.items()
        if _WORDS.fullmatch(who) or count * ids >= _TIMES_AS_MANY * rows
    ]
