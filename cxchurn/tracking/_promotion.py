"""What was decided about a challenger, in words, numbers and plain data."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxchurn.evaluation import Evaluation

_WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Promotion:
    """Whether a challenger became the champion, and on what evidence.

    Attributes
    ----------
    promoted : bool
    why : str
        In words.
    rule : str
        "not worse" or "better".
    margin : float
        What loss in log loss counts as none, for "not worse".
    name : str
        The registered model.
    challenger, champion : str or None
        Their versions in the registry, before; None where there was no champion.
    compared : str or None
        "fits": the two models as they are. "recipe": the challenger's recipe, fitted as of an earlier cut-off. None: nothing.
    differences : DataFrame or None
        As `Evaluation.differences`: challenger minus champion, on the same customers, with intervals.
    evaluation : Evaluation or None
    matures : str or None
        When enough outcomes will be known to tell, as far as can be said.
    """

    promoted: bool
    why: str
    rule: str
    margin: float
    name: str
    challenger: str
    champion: str | None
    compared: str | None = None
    differences: pd.DataFrame | None = None
    evaluation: Evaluation | None = None
    matures: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what was decided as plain data, without tables."""
        names = ("promoted", "why", "rule", "margin", "name", "challenger", "champion", "compared", "matures")
        said = {name: getattr(self, name) for name in names}
        if self.differences is not None:
            rows = self.differences[self.differences["cutoff"] == "pooled"].set_index("metric")
            said["differences"] = rows[["difference", "low", "high"]].astype(float).round(6).to_dict("index")
        return said

    def __str__(self) -> str:
        who = f"{self.name} version {self.challenger}"
        head = f"{who} is the champion now." if self.promoted else f"{who} is not promoted."
        if self.champion is not None:
            head += f" {'Before it was' if self.promoted else 'The champion stays'} version {self.champion}."
        return "\n".join([head, textwrap.fill(self.why, _WIDTH)])

    def __repr__(self) -> str:
        return str(self)
