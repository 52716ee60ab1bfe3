"""Questions about the time between two instants, for labels alone: the only place that looks at or after a cut-off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxchurn._core import UsageError
from cxchurn.history.asking._asking import Which, each_history
from cxchurn.history.asking._depth import ranges
from cxchurn.history.asking.window._rows import Rows
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._history import History
from cxchurn.history.data._run import run
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels
from cxchurn.interactions import InteractionLog


def asked_between(
    log: InteractionLog,
    customers: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    question: Callable[[Window], np.ndarray],
    *,
    clock: str = "happened",
    dtype: type = bool,
) -> np.ndarray:
    """Return the answer to a question about ``[start, stop)`` of each row's customer; shape ``(n,)``.

    Parameters
    ----------
    log : InteractionLog
    customers : ndarray, shape (n,)
    start, stop : ndarray of datetime64[us], shape (n,)
    question : callable
        Gets the window; its ages are days before `stop`.
    clock : {"happened", "known"}
        When an event took place: when it happened, or when it became known.
    dtype : type, default bool
        The type of the answers.

    Raises
    ------
    UsageError
        Where the question is answered with another type, whose values would change without a word.
    """
    out: np.ndarray = np.zeros(len(customers), dtype=dtype)
    begin, end = (at.astype("datetime64[us]").astype(np.int64) for at in (start, stop))

    def ask(rows: Which, history: History, position: np.ndarray) -> None:
        around = ranges(history, position)
        lo, hi = (
            run(_kernels.search, position.size, history.place, *around, at[rows], dtype=np.int64) for at in (begin, end)
        )
        answer = np.asarray(question(Window(Rows(history, end[rows], lo, np.maximum(lo, hi)))))
        if not np.can_cast(answer.dtype, out.dtype, "same_kind"):
            # numpy would make "at least one" of a count, and whole days of a span
            raise UsageError(
                f"a question is answered with {answer.dtype} and asked as {out.dtype}.", hint="name its dtype=."
            )
        out[rows] = answer

    for _ in each_history(log, customers, ask, clock=clock):
        pass
    return out


def count_between(
    log: InteractionLog,
    customers: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    where: Where | None = None,
    *,
    clock: str = "happened",
) -> np.ndarray:
    """Return how many events of each row's customer lie in ``[start, stop)``; int64, shape ``(n,)``.

    Parameters
    ----------
    where : Where, optional
        Which events count. For the others see `asked_between`.
    """

    def counted(window: Window) -> np.ndarray:
        # the answers of windows are floats, also those that count
        return window.count(where).astype(np.int64)

    return asked_between(log, customers, start, stop, counted, clock=clock, dtype=np.int64)
