"""Labels that differ by upper case or blanks alone: said, and one label where the schema asks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from cxchurn._core import Deferred, listed
from cxchurn.interactions.store._labels import LABEL

pc = Deferred("pyarrow.compute")

# so many different labels are no kinds, touchpoints or the like
_MANY = 10_000
_SHOWN = 5
# what labels of persons and matters are: ids, not words
IDS = ("customer_id", "case_id", "agent_id")


def folded(label: str) -> str:
    """Return a label in lower case, with one blank where there are several.

    Examples
    --------
    >>> folded("Phone  Call")
    'phone call'
    """
    return re.sub(r"[ \t\r\n\f]+", " ", label).strip(" ").lower()


def folded_sql(label: str) -> str:
    """Return the SQL that does the same."""
    return f"lower(regexp_replace({label}, '[ \\t\\r\\n\\f]+', ' ', 'g'))"


def is_folded(name: str) -> bool:
    """Whether labels of a column are words, whose upper case may not matter."""
    return name not in IDS


def alike(events: Iterable[pa.Table], names: Iterable[str]) -> list[str]:
    """Return a note for every column whose labels differ by upper case or blanks alone.

    Parameters
    ----------
    events : iterable of pyarrow.Table
        Canonical events, part by part.
    names : iterable of str
        The columns of labels to look at.
    """
    return notes_on(label_counts(events, names))


def label_counts(events: Iterable[pa.Table], names: Iterable[str]) -> dict[str, Counter[str]]:
    """Count the labels of columns; no further than until there are too many to be words. For arguments see `alike`."""
    counts = {name: Counter[str]() for name in names}
    for part in events:
        for name, found in counts.items():
            if len(found) <= _MANY:
                found.update(_counted(part[name].combine_chunks()))
    return counts


def notes_on(counts: Mapping[str, Counter[str]]) -> list[str]:
    """Return a note for every column whose counted labels differ by upper case or blanks alone."""
    return [note for name, found in counts.items() if len(found) <= _MANY for note in _notes(name, found)]


def _counted(column: pa.Array) -> dict[str, int]:
    if len(column.dictionary) > _MANY:
        return dict.fromkeys(column.dictionary.to_pylist(), 1)
    found = pc.value_counts(column.indices.drop_null())
    places, counts = found.field("values").to_pylist(), found.field("counts").to_pylist()
    levels = column.dictionary.to_pylist()
    return {levels[place]: count for place, count in zip(places, counts, strict=True)}


def _notes(name: str, counts: Counter[str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    # of labels that are as frequent those in lower case first, whatever order they came in
    for label in sorted(counts, key=lambda label: (-counts[label], label.swapcase())):
        groups.setdefault(folded(label), []).append(label)
    several = [labels for labels in groups.values() if len(labels) > 1]
    if several:
        shown = "; ".join(
            listed(f"{label!r} ({counts[label]:,} rows)" for label in labels) for labels in several[:_SHOWN]
        )
        more = f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else ""
        yield (
            f"{name} has labels that differ by upper case or blanks alone, and count as different: {shown}{more}. "
            "ignore_case = true under [format] of the schema, or Schema(ignore_case=True), makes one of them."
        )


def label_columns(types: pa.Schema) -> list[str]:
    """Return the columns of labels that are words."""
    return [column.name for column in types if column.type == LABEL and is_folded(column.name)]
