"""The family of errors: what was found, what is allowed, what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CxchurnError(Exception):
    """Something cxchurn cannot go on with, said so that the reader knows what to do.

    Parameters
    ----------
    found : str
        What was found, in one sentence.
    allowed : str, optional
        What would have been accepted.
    hint : str, optional
        The next thing to try or to type.

    Attributes
    ----------
    exit_code : int
        What the command line returns for this error: 1 the data broke its contract, 2 wrong usage,
        3 the model and the log do not fit each other.
    """

    exit_code = 2

    def __init__(self, found: str, *, allowed: str | None = None, hint: str | None = None) -> None:
        self.found = found
        self.allowed = allowed
        self.hint = hint
        lines = [found]
        if allowed:
            lines.append(f"Allowed: {allowed}")
        if hint:
            lines.append(f"Hint: {hint}")
        super().__init__("\n".join(lines))


class DataError(CxchurnError, ValueError):
    """The data broke its contract: a file, a table or its rows are not what they were said to be."""

    exit_code = 1


class UsageError(CxchurnError, ValueError):
    """A call or a command was given something it cannot work with."""


class MismatchError(CxchurnError, ValueError):
    """A model and a log do not fit each other."""

    exit_code = 3


class UntrustedError(MismatchError):
    """A saved model uses a class of somebody's own that whoever loads it did not name."""


class InternalError(CxchurnError, RuntimeError):
    """By cxchurn's own count something was lost or doubled: a fault of cxchurn, not of the data or the call."""

    exit_code = 1


class MissingExtraError(CxchurnError, ImportError):
    """An optional library is not installed; the message names the extra that brings it."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return ``"did you mean 'x'?"`` for the known word nearest to `word`, or None.

    Examples
    --------
    >>> did_you_mean("custmer_id", ["customer_id", "kind"])
    "did you mean 'customer_id'?"
    """
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=0.6)
    return f"did you mean {names[near[0]]!r}?" if near else None


def listed(words: Iterable[object], *, most: int = 12) -> str:
    """Return the words as one readable list, shortened after `most` of them.

    Examples
    --------
    >>> listed(["a", "b"])
    'a, b'
    """
    texts = [str(word) for word in words]
    if len(texts) > most:
        return ", ".join(texts[:most]) + f" and {len(texts) - most} more"
    return ", ".join(texts)
