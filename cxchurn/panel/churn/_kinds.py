"""Kinds as people say them: which of them exist, which count, and how a condition reads."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from cxchurn._core import UsageError, did_you_mean, listed, logger, toml_value, typed
from cxchurn.history import Where, histories_of, labels_before, where
from cxchurn.interactions import InteractionLog, folded
from cxchurn.panel.churn._leaving_words import LEAVING
from cxchurn.words import Phrase, Together, called, some_of

Kinds = tuple[str, ...] | Where | None
EVER = np.datetime64("9999-01-01", "us")


def labels_in(log: InteractionLog, column: str, *, at: np.datetime64 = EVER) -> tuple[str, ...]:
    """Return the labels of a column among events known before an instant, the most frequent first; looked for once a log."""
    cache, key = histories_of(log).cache, ("labels", column, int(at.astype("datetime64[us]").astype(np.int64)))
    if key not in cache:
        cache[key] = labels_before(log, column, at)
    return tuple(cache[key])


def preset_labels(log: InteractionLog, column: str, labels: tuple[str, ...], *, at: np.datetime64 = EVER) -> None:
    """Let a log that has some of the events, or none, answer `labels_in` by what all of them have."""
    histories_of(log).cache["labels", column, int(at.astype("datetime64[us]").astype(np.int64))] = labels


def _join() -> str:
    return typed("Schema(ignore_case=True)", "ignore_case = true under [format] of the schema")


def plainly(kind: str) -> str:
    """Return a kind in lower-case letters alone, so that "Close account" is "closeaccount"."""
    return re.sub(r"[\W\d_]", "", kind.lower())


def named_like(kinds: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """Return the kinds whose name, in letters alone, is one of the names."""
    return tuple(kind for kind in kinds if plainly(kind) in names)


def counts_of(kinds: Kinds) -> Where | None:
    """Return which own acts count as activity; None for all of them."""
    return kinds if isinstance(kinds, Where) or kinds is None else where(kind=tuple(kinds))


def words_of(kinds: Kinds) -> str:
    """Return what counts as activity in words, such as "purchase or call", or "purchase with value of at least 0.01".

    Examples
    --------
    >>> words_of(where(kind="purchase", at_least={"value": 0.01}))
    'purchase with value of at least 0.01'
    """
    if kinds is None:
        return Phrase("churn", "own_activity")
    if not isinstance(kinds, Where):
        return Phrase("lists", "text", text=_named(kinds))
    named = [_named(values) for column, test, values in kinds.tests if (column, test) == ("kind", "==")]
    further = [_said(*test) for test in kinds.tests if test[:2] != ("kind", "==")]
    what = Together(named or [Phrase("churn", "activity")], "and")
    if not further:
        return Phrase("lists", "text", text=what)
    return Phrase("churn", "with", kinds=what, conditions=Together(further, "and"))


def _named(kinds: tuple[str | float, ...]) -> Together:
    """Name kinds, those in quotes that are no nouns: "show no opened" would be no sentence."""
    return Together((called(str(kind), "kind") for kind in kinds), "or")


def _either(values: tuple[str | float, ...]) -> Together:
    return Together((value if isinstance(value, str) else f"{value:g}" for value in values), "or")


def _said(column: str, test: str, values: tuple[str | float, ...]) -> str:
    words = {"==": "equal", "!=": "unequal", ">=": "at_least", "<=": "at_most"}
    return Phrase("churn", words[test], column=column, values=_either(values))


def check_activity(log: InteractionLog, kinds: Kinds) -> None:
    """Raise an error for kinds, or a condition on columns and kinds, that the log has nothing of."""
    if not isinstance(kinds, Where):
        check_labels(log, "kind", kinds, "kinds")
        return
    for column, test, values in kinds.tests:
        if column not in log.types.names:
            raise UsageError(
                f"kinds is a condition on {column!r}, which the log does not have.",
                allowed=listed(sorted(log.types.names), most=40),
                hint=did_you_mean(column, log.types.names),
            )
        if test == "==" and values and all(isinstance(value, str) for value in values):
            check_labels(log, column, tuple(map(str, values)), "kinds")


def check_labels(log: InteractionLog, column: str, labels: tuple[str, ...] | None, name: str) -> None:
    """Raise an error for labels (kinds, reasons) that never occur in the log."""
    what = "kind" if column == "kind" else "label"
    check_tuple(labels, name, what)
    present = labels_in(log, column)
    for label in labels or ():
        alike = _alike(label, present)
        if label not in present:
            raise unknown_label(name, what, label, present)
        if alike:
            logger.warning(
                f"{name} names the {what} {label!r}; {alike} and are not meant. {_join()} makes one of them."
            )


def unknown_label(name: str, what: str, label: str, present: Collection[str]) -> UsageError:
    """Return the error for a label that never occurs, with what may have been meant and how that is written.

    Parameters
    ----------
    name : str
        The parameter that names it.
    what : str
        "kind", or "label".
    label : str
        The label.
    present : collection of str
        Those that occur.
    """
    hint = f"{alike}." if (alike := _alike(label, present)) else did_you_mean(str(label), present)
    if plainly(str(label)) in LEAVING and (ends := named_like(present, LEAVING)):
        meant = f"{ends[0]!r}" if name == "kind" else f"({ends[0]!r},)"
        in_file = toml_value(ends[0] if name == "kind" else [ends[0]])
        hint = f"what sounds like leaving here is {listed(map(repr, ends))}: write "
        hint += typed(f"{name}={meant}.", f"{name} = {in_file} under [churn].")
    elif hint is None and name == "kind":
        hint = "name the kind that ends a contract here: " + typed("kind='...'.", 'kind = "..." under [churn].')
    return UsageError(
        f"{name} names the {what} {label!r}, which never occurs in the log.", allowed=listed(present), hint=hint
    )


def spelled_alike(log: InteractionLog, churn: object) -> list[str]:
    """Say which kinds that a churn definition names are in the log under other spellings too, which are not meant."""
    named = [getattr(churn, "kind", None)]
    for part in ("kinds", "ended_by", "returns"):
        given = getattr(churn, part, None)
        named += given if isinstance(given, (tuple, list)) else []
    present = labels_in(log, "kind")
    found = {kind: _alike_phrase(kind, present) for kind in named if kind is not None}
    return [
        Phrase("panel", "spelled", kind=repr(kind), alike=alike, how=_join()) for kind, alike in found.items() if alike
    ]


def _alike_phrase(label: str, present: Collection[str]) -> Phrase | None:
    others = _others(label, present)
    return Phrase("panel", "alike", n=len(others), others=some_of(map(repr, others))) if others else None


def _alike(label: str, present: Collection[str]) -> str | None:
    others = _others(label, present)
    return f"{listed(map(repr, others))} differ from it by upper case or blanks alone" if others else None


def _others(label: str, present: Collection[str]) -> list[str]:
    return [other for other in present if other != label and folded(other) == folded(str(label))]


def check_tuple(labels: object, name: str, what: str = "kind") -> None:
    """Raise an error for what is no tuple of labels (nor None): a text above all, which is a tuple of letters."""
    if isinstance(labels, str):
        raise UsageError(
            f"{name} is the text {labels!r}.", allowed=f"a tuple of {what}s", hint=f"write {name}=({labels!r},)."
        )
    if labels is not None and not isinstance(labels, (tuple, list)):
        example = "('purchase',)" if what == "kind" else "('payment failed',)"
        raise UsageError(f"{name} is {labels!r}.", allowed=f"a tuple of {what}s", hint=f"write {name}={example}.")
