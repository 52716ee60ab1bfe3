"""Ids that stand for nobody in particular, such as those of guests: said, for they would be the busiest customers of all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from cxchurn._core import Deferred

pc = Deferred("pyarrow.compute")

_WORDS = r"(?i:guest|anonymous|anon|unknown|nobody|test|gast|unbekannt|anonym|invit.|desconocido|n[.]n[.])"
# numbers that may be somebody's: they are nobody's where they have many times as many rows as others
_NUMBERS = r"-1|0+|9{4,}|0{8}-0{4}-0{4}-0{4}-0{12}"
_TIMES_AS_MANY = 10


def like_nobody(ids: pa.Array) -> list[str]:
    """Return those of some ids, given as text, that are mostly nobody's in particular."""
    found: list[str] = ids.filter(pc.match_substring_regex(ids, f"^({_WORDS}|{_NUMBERS})$")).to_pylist()
    return found


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def rows_of(suspects: Iterable[str], customers: Iterable[pa.ChunkedArray]) -> Counter[str]:
    """Count the rows of suspects.

    Parameters
    ----------
    suspects : iterable of str
        What `like_nobody` found.
    customers : iterable of pyarrow.ChunkedArray
        The customer of every event, part by part.
    """
    counts, few = Counter[str](), pa.array(suspects, pa.string())
    for part in customers if len(few) else ():
        # a log has many customers, and few of them are looked for
        some = part.filter(pc.is_in(part, value_set=few.cast(_plain(part.type))))
        counts.update({str(found["values"]): found["counts"] for found in some.value_counts().to_pylist()})
    return counts


def nobodies(counts: Counter[str], *, rows: int, customers: int) -> list[str]:
    """Return a note for every customer whose id, and whose rows, say that it is nobody in particular.

    Parameters
    ----------
    counts : Counter
        What `rows_of` counted.
    rows, customers : int
        How many there are in the log; of customers at least.
    """
    return [
        f"the customer {who!r} has {count:,} of {rows:,} rows: where that is whoever is not known, leave these out by a query."
        for who, count in sorted(counts.items())
        if re.fullmatch(_WORDS, who) or count * customers >= _TIMES_AS_MANY * rows
    ]
