"""One customer's risk from interaction to interaction, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateFormatter, AutoDateLocator

from cxchurn._core import zone
from cxchurn.report.plots._look import (
    FAINT,
    INK,
    LEAVING,
    ON_PAPER,
    STAYING,
    canvas,
    dressed,
    in_percent,
    legend_below,
    literal,
    speaks,
    subtitled,
    table_of,
)
from cxchurn.words import said

_NEEDED = ("known_at", "kind", "valence", "before", "after", "experience_points")
_NAMED = 5
_LEAST = 0.5  # points; what did less is not named
_FELT = (("felt_bad", LEAVING, "v"), ("felt_good", STAYING, "^"), ("felt_neither", FAINT, "o"))


@speaks
def plot_account(result: Any, ax: Axes | None = None) -> Axes:
    """Draw one customer's risk over time: how it moves with each interaction, and with the silence between them.

    Parameters
    ----------
    result : Account or DataFrame
        A table as `Account.table`: known_at, kind, valence, before, after, experience_points. The interactions whose experience
        moved the risk most are named. An account is drawn with the silence before the first and after the last of them.
    ax : Axes, optional
        Where to draw. Default: a new figure of pyplot, which notebooks show; it is the ``.figure`` of the answer.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes = cx.plot_account(cx.account(model, log, "C-000042"))
    """
    table = table_of(result, "table", *_NEEDED)
    table = table.assign(known_at=_on_clock(table["known_at"], result))
    ax = canvas(ax, height=3.6, width=6.2)
    when, risk = _path(result, table)
    ax.plot(when, risk, color=INK, linewidth=1.0)
    felt = table["valence"].to_numpy(dtype=float)
    for (name, colour, marker), rows in zip(_FELT, (felt < 0, felt > 0, ~(felt < 0) & ~(felt > 0)), strict=True):
        if rows.any():
            some = table[rows]
            look: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 5, "linestyle": "none"}
            ax.plot(some["known_at"], some["after"], label=said("plots", name), **look)
    top = float(np.nan_to_num(risk).max(initial=0.05))
    # room for names above the highest risk
    ax.set_ylim(0, 1.6 * top)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= min(1.0, 1.1 * top)])
    _name(ax, table, top)
    in_percent(ax.yaxis)
    dates = AutoDateLocator(maxticks=5)
    ax.xaxis.set_major_locator(dates)
    ax.xaxis.set_major_formatter(AutoDateFormatter(dates))
    legend_below(ax, down=-0.14)
    dressed(ax, title=_title(result), x="", y=said("plots", "probability"))
    return subtitled(ax, said("plots", "account_says"))


def _path(result: Any, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the risk just before and just after each interaction; of an account also where it begins and where it ends."""
    when = np.repeat(table["known_at"].to_numpy().astype("datetime64[us]"), 2)
    risk = table[["before", "after"]].to_numpy(dtype=float).ravel()
    if not hasattr(result, "closing"):
        return when, risk
    since, at = (_on_clock([end], result) for end in (result.since, result.at))
    return np.concatenate([since, when, at]), np.concatenate([[result.opening], risk, [result.closing]])


def _on_clock(times: Any, result: Any) -> np.ndarray:
    """Return instants as the clock of the log shows them, where an account says which; datetime64[us]."""
    ticks = np.asarray(times, dtype="datetime64[us]").astype(np.int64)
    return zone(getattr(result, "timezone", "UTC")).local(ticks).astype("datetime64[us]")


def _title(result: Any) -> str:
    who = getattr(result, "customer_id", None)
    return literal(said("plots", "some_account") if who is None else said("plots", "account", customer=str(who)))


def _name(ax: Axes, table: pd.DataFrame, top: float) -> None:
    moved = table["experience_points"].abs().fillna(0.0)
    largest = moved[moved >= _LEAST].sort_values(ascending=False, kind="stable").index[:_NAMED]
    middle = table["known_at"].min() + (table["known_at"].max() - table["known_at"].min()) / 2
    for place, row in enumerate(table.loc[sorted(largest)].to_dict("records")):
        if np.isnan(row["after"]):
            continue
        # beside its line, on the side where there is room; each higher, so that neighbours in time do not cover each other
        right, height = bool(row["known_at"] > middle), top * (1.08 + 0.1 * place)
        ax.vlines(row["known_at"], row["after"], height, color=FAINT, linewidth=0.6, zorder=1)
        ax.text(
            row["known_at"],
            height,
            literal(said("plots", "named_contact", kind=row["kind"], points=row["experience_points"])),
            ha="right" if right else "left",
            fontsize=8,
            color=INK,
            # where the line to another name runs through this one, the name stays legible
            path_effects=[ON_PAPER],
        )
