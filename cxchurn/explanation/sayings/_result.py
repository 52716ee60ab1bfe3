"""What the log says to each claim, as a table and a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxchurn._core import Deferred
from cxchurn.explanation.sayings._words import html, page, records
from cxchurn.words import Language, Printed, speaking

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


@dataclass(frozen=True, eq=False, repr=False)
class Claims(Printed):
    """What the log says to the sayings of the trade; made by `claims`.

    Attributes
    ----------
    table : DataFrame
        One row a claim: ``claim`` (its name), ``saying``, ``said`` (the share that the saying names, as text); ``share`` here,
        ``like`` (the share among like customers), ``difference`` with its 95 % interval ``low`` and ``high`` (where nobody is
        compared the interval is that of the share), ``p``; ``exposed`` and ``compared`` (customers on either side),
        ``outcomes`` (rows with the outcome); ``verdict`` ("holds here", "holds in direction, not in size", "does not
        hold here", "cannot be told"), ``why`` (the rule that decided, and who was counted), ``source``.
    churn : str
        What leaving is, in words.
    notes : tuple of str
        What was compared with what, and the rule.
    texts : tuple of (str, str)
        The saying and the why of each row, as they can be said in another language.
    language : Language, optional
        What it is printed in; see `in_language`.
    """

    table: pd.DataFrame
    churn: str
    notes: tuple[str, ...]
    texts: tuple[tuple[str, str], ...] = ()
    language: Language | None = None

    def said(self) -> pd.DataFrame:
        """Return the table with what is said and why in the language that the claims speak."""
        with speaking(self.language):
            return pd.DataFrame(records(self), columns=self.table.columns)

    def _text(self) -> str:
        return page(self)

    def _html(self) -> str:
        return html(self)
