"""Labels that differ by upper case or blanks alone: said, and one label where the schema asks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa

from cxchurn._core import listed, typed
from cxchurn.interactions.store._batch import flat
from cxchurn.interactions.store._labels import LABEL

# so many different labels are no kinds, touchpoints or the like
MANY = 10_000
_SHOWN = 5
# rows that are counted at a time: few enough to stay near the processor
_ROWS = 1 << 17
_SIGNS = re.compile(r"[-_ ./]+")
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
            if len(found) <= MANY:
                found.update(labels_in(part[name].combine_chunks()))
    return counts


def notes_on(counts: Mapping[str, Counter[str]]) -> list[str]:
    """Return a note for every column whose counted labels differ by upper case or blanks alone."""
    return [note for name, found in counts.items() if len(found) <= MANY for note in _notes(name, found)]


def labels_in(column: pa.Array) -> dict[str, int]:
    """Count the labels of a dictionary column; of too many to be words each counts once."""
    if len(column.dictionary) > MANY:
        return dict.fromkeys(column.dictionary.to_pylist(), 1)
    levels, counts = column.dictionary.to_pylist(), np.zeros(len(column.dictionary) + 1, dtype=np.int64)
    for start in range(0, len(column), _ROWS):
        counts += np.bincount(flat(column.indices.slice(start, _ROWS), -1) + 1, minlength=counts.size)
    return {level: count for level, count in zip(levels, counts[1:].tolist(), strict=True) if count}


def spelled_alike(counts: Counter[str]) -> list[list[str]]:
    """Return the labels that differ by upper case or blanks alone, a list for those that are one; most frequent first."""
    groups: dict[str, list[str]] = {}
    # of labels that are as frequent those in lower case first, whatever order they came in
    for label in sorted(counts, key=lambda label: (-counts[label], label.swapcase())):
        groups.setdefault(folded(label), []).append(label)
    return [labels for labels in groups.values() if len(labels) > 1]


def _notes(name: str, counts: Counter[str]) -> Iterator[str]:
    several = spelled_alike(counts)
    if several:
        yield (
            f"{name} has labels that differ by upper case or blanks alone, and count as different: "
            f"{_shown(several, counts)}. "
            + typed("Schema(ignore_case=True)", "ignore_case = true under [format] of the schema")
            + " makes one of them."
        )
    apart = [[labels[0] for labels in group] for group in _apart_by_signs(counts)]
    if apart:
        yield (
            f"{name} has labels that differ by signs between their words, and count as different: {_shown(apart, counts)}. "
            "Make them alike in a query, if they are."
        )


def _shown(several: list[list[str]], counts: Counter[str]) -> str:
    shown = "; ".join(listed(f"{label!r} ({counts[label]:,} rows)" for label in labels) for labels in several[:_SHOWN])
    return shown + (f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else "")


def _apart_by_signs(counts: Counter[str]) -> list[list[list[str]]]:
    """Return what differs by hyphens and the like alone, as e-mail and email do: of each spelling all that are one by case."""
    groups: dict[str, dict[str, list[str]]] = {}
    for label in sorted(counts, key=lambda label: (-counts[label], label.swapcase())):
        # figures mean something else where a sign goes
        if not any(map(str.isdigit, label)) and (bare := _SIGNS.sub("", folded(label))):
            groups.setdefault(bare, {}).setdefault(folded(label), []).append(label)
    return [list(spellings.values()) for spellings in groups.values() if len(spellings) > 1]


def label_columns(types: pa.Schema) -> list[str]:
    """Return the columns of labels that are words."""
    return [column.name for column in types if column.type == LABEL and is_folded(column.name)]
