"""What kinds of interaction are for: which only ask or answer a survey, and which are about a matter that gets closed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions import InteractionLog, tables


class Kinds(NamedTuple):
    """What is found out about kinds over the whole log.

    Attributes
    ----------
    surveys : frozenset of str
        Kinds of which every row asks for a score or gives one.
    matters : frozenset of str
        Kinds with a row about a matter of which anything ever says whether it is closed.
    scored : tuple of str
        The surveys, such as ``("csat", "nps")``; "" stands for scores without a type.
    alone : int
        How many rows say later on that a matter was closed, and do not say which.
    """

    surveys: frozenset[str]
    matters: frozenset[str]
    scored: tuple[str, ...]
    alone: int


def kinds_of(log: InteractionLog) -> Kinds:
    """Look through a log once for what its kinds are for."""
    wanted = ("kind", "later", "score", "score_type", "invited", "resolved", "case_id")
    names = [name for name in wanted if name in log.types.names]
    rows: dict[str, int] = {}
    asking: dict[str, int] = {}
    matters: set[str] = set()
    scored: set[str] = set()
    alone = 0
    for part in tables(log, names):
        kinds = part["kind"].combine_chunks()
        levels, codes = kinds.dictionary.to_pylist(), _codes(kinds)
        at_once = ~_flags(part["later"])
        asks = _present(part, "score") | (_flags(part["invited"]) if "invited" in names else False)
        _count(rows, levels, codes[at_once])
        _count(asking, levels, codes[at_once & asks])
        if "resolved" in names and "case_id" in names:
            matters |= {levels[code] for code in np.unique(codes[_of_matters(part) & at_once & (codes >= 0)]).tolist()}
        scored |= _types(part, names)
        alone += int((~at_once & _present(part, "resolved") & ~_present(part, "case_id")).sum())
    surveys = frozenset(kind for kind, count in asking.items() if count == rows[kind])
    return Kinds(surveys, frozenset(matters), tuple(sorted(scored)), alone)


def _of_matters(part: pa.Table) -> np.ndarray:
    """Where a row is of a matter of which any row says whether it is closed."""
    case = part["case_id"].combine_chunks()
    codes = _codes(case)
    told = np.zeros(len(case.dictionary) + 1, dtype=bool)
    told[codes[_present(part, "resolved")]] = True
    told[-1] = False
    return told[codes]


def _types(part: pa.Table, names: list[str]) -> set[str]:
    """Return the surveys that rows ask about or answer; "" for scores that do not say to which they answer."""
    if "score" not in names and "invited" not in names:
        return set()
    scored = _present(part, "score")
    asked = scored | (_flags(part["invited"]) if "invited" in names else False)
    if "score_type" not in names:
        return {""} if asked.any() else set()
    labels = part["score_type"]
    found = set(pc.unique(labels.filter(pa.array(asked)).cast(pa.string()).drop_null()).to_pylist())
    return found | ({""} if (scored & ~_present(part, "score_type")).any() else set())


def _count(counts: dict[str, int], levels: list[str], codes: np.ndarray) -> None:
    found = np.bincount(codes[codes >= 0], minlength=len(levels))
    for kind, count in zip(levels, found.tolist(), strict=True):
        if count:
            counts[kind] = counts.get(kind, 0) + count


def _codes(labels: pa.DictionaryArray) -> np.ndarray:
    return pc.fill_null(labels.indices, -1).to_numpy(zero_copy_only=False)


def _flags(column: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(column, False).combine_chunks().to_numpy(zero_copy_only=False)


def _present(part: pa.Table, name: str) -> np.ndarray:
    if name not in part.column_names:
        return np.zeros(part.num_rows, dtype=bool)
    return pc.is_valid(part[name]).combine_chunks().to_numpy(zero_copy_only=False)
