"""How much drivers or themes matter over all rows, as a table and as one for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxchurn._core import Deferred, html_table
from cxchurn.features import subject_words
from cxchurn.words import said, written

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def sizes_of(summed: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return how much each column of contributions matters over all rows, the most important first."""
    size = summed.abs().mean()
    total = float(size.sum())
    table = pd.DataFrame(
        {
            name: summed.columns,
            "mean_abs": size.to_numpy(),
            "share": size.to_numpy() / total if total > 0 else 0.0,
            "raises": summed.clip(lower=0).mean().to_numpy(),
            "lowers": summed.clip(upper=0).mean().to_numpy(),
        }
    )
    return table.sort_values(["mean_abs", name], ascending=[False, True]).reset_index(drop=True)


def html_of(table: pd.DataFrame, name: str) -> str:
    """Return what matters over all rows as a table for a notebook; `table` as `Explanation.drivers` or `themes`."""
    rows = (
        [
            subject_words(str(row[name])),
            written(row["share"], ".0%"),
            written(row["raises"], "+.3f"),
            written(row["lowers"], "+.3f"),
        ]
        for row in table.to_dict("records")
    )
    head = (f"by_{name}", "head_share", "head_raises", "head_lowers")
    return html_table([said("explain", one) for one in head], rows)
