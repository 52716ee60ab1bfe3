"""The table of columns to be doubted, which prints in full."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd

_WIDTH = 80
_NOTHING = "Nothing found, which is no proof: a value overwritten without a trace looks like any other."


class Suspicions(pd.DataFrame):
    """A frame of columns to be doubted that prints every word of what speaks against them; pieces of it are plain frames.

    Examples
    --------
    >>> print(Suspicions({"column": ["plan"], "where": ["customers"], "why": ["x"], "evidence": ["y"], "advice": ["z"]}))
    plan (customers): x
      y
      Advice: z
    """

    def __repr__(self) -> str:
        if not {"column", "where", "why", "evidence", "advice"} <= set(self.columns):
            # somebody took columns out of it
            return super().__repr__()
        return "\n".join(_said(row) for row in self.to_dict("records")) or _NOTHING

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return self.to_html(notebook=True)


def _said(row: dict[Any, Any]) -> str:
    lines = [f"{row['column']} ({row['where']}): {row['why']}", row["evidence"], f"Advice: {row['advice']}"]
    return "\n".join(
        textwrap.fill(
            line, _WIDTH, initial_indent="  " if place else "", subsequent_indent="    ", break_long_words=False
        )
        for place, line in enumerate(lines)
    )
