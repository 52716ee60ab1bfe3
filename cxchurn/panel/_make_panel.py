"""Making panels: from a churn definition, or from labels of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import (
    DataError,
    Deferred,
    UsageError,
    as_pandas,
    did_you_mean,
    instants,
    iso,
    listed,
    span,
    typed,
    zone,
)
from cxchurn.history import customers_asked, histories_of
from cxchurn.interactions import InteractionLog, absent_ids
from cxchurn.panel._asked import Asked, asked_about
from cxchurn.panel._counted import what_counts
from cxchurn.panel._cutoffs import label, to_cutoffs
from cxchurn.panel._definition import ChurnDefinition
from cxchurn.panel._kinds import spelled_alike
from cxchurn.panel._late import delay_words, known_late
from cxchurn.panel._observed import Ending, observed_end
from cxchurn.panel._own_labels import OwnLabels
from cxchurn.panel._panel import Panel
from cxchurn.panel._summary import by_reason, summarise
from cxchurn.words import Phrase, Together, some_of, value_phrase

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def make_panel(log: InteractionLog, churn: ChurnDefinition, *, cutoffs: Any) -> Panel:
    """Look at the customers at each cut-off: who was there, and who churned afterwards.

    What a definition leaves to the log (what ends a customer, what shows that somebody is back) is decided on the whole log,
    said in the notes, and part of the panel's definition from then on: it is the meaning of the question. `Panel.split` says
    where the log would have decided otherwise at the first test cut-off.

    Rows whose label window runs past what was observed are refused and counted: an unfinished future is not "stayed", and a
    load that stopped is not "churned". Observation ends with the log, or earlier, where what the definition counts stopped
    arriving (`observed_end`). Who had ended before the cut-off, though that became known only later, is left out and counted.

    Parameters
    ----------
    log : InteractionLog
        The interactions.
    churn : ChurnDefinition
        `Inactivity` or `Cancellation`.
    cutoffs : Cutoffs, list or instant
        `monthly`, `weekly`, `every`, `after_first`, `after_interactions`, `before`, or instants; or a list of some of these.

    Returns
    -------
    Panel
        Rows ordered by cut-off, then customer.

    Raises
    ------
    UsageError
        For cut-offs outside the log, or where no label window ends within what was observed.
    DataError
        Where nobody is eligible.

    Examples
    --------
    >>> panel = cx.make_panel(log, cx.Inactivity("60D"), cutoffs=cx.monthly("2024-01-01"))
    >>> panel.frame.columns.tolist()
    ['customer_id', 'cutoff', 'group', 'churned', 'already_silent']
    """
    churn.check(log)
    definition = churn.resolved(log)
    rows, asked = rows_at(log, definition, cutoffs)
    if not asked.asked.any():
        raise DataError(
            f"nobody is eligible at any cut-off, by {churn!r}{_counted(asked)}.",
            allowed="at least one customer who was active before a cut-off",
            hint="choose later cut-offs, or another churn definition (such as a longer active_within, or other kinds).",
        )
    rows = rows[asked.asked].reset_index(drop=True)
    ending = observed_end(log, definition)
    finished = np.asarray(rows["cutoff"].to_numpy() + definition.reach <= ending.until)
    if not finished.any():
        _refuse_all(log, definition, rows["cutoff"].to_numpy(), ending)
    counts = {"refused": _by_group(rows, ~finished)}
    frame, aside = _labelled(rows.loc[finished].reset_index(drop=True), log, definition)
    counts |= {why: _by_group(aside, (aside["why"] == why).to_numpy()) for why in ("left_out", "known_late")}
    decided = [
        *churn.decided(log),
        *spelled_alike(log, definition),
        *what_counts(log, definition),
        *_not_asked(asked),
        *ending.said,
        *_whole_cutoffs(rows, finished, ending),
        *_left_out(counts["left_out"], counts["known_late"], definition),
        *delay_words(log, definition),
        *_reasons(frame, log, definition),
    ]
    summary = summarise(frame, **counts)
    return Panel(frame, log, definition, summary, decided=tuple(decided), aside=aside, given=churn)


def rows_at(log: InteractionLog, definition: ChurnDefinition, cutoffs: Any) -> tuple[pd.DataFrame, Asked]:
    """Return every customer known at each cut-off, by cut-off, then customer, and who of them is asked about.

    Parameters
    ----------
    log : InteractionLog
    definition : ChurnDefinition
        With everything said that it leaves to the log.
    cutoffs : Cutoffs, list or instant

    Returns
    -------
    rows : DataFrame
        ``customer_id``, ``cutoff``, ``group``, ``already_silent``.
    asked : Asked
    """
    histories = histories_of(log)
    customers, times, groups = to_cutoffs(cutoffs).rows(histories, log)
    order = np.lexsort((histories.positions(customers), times))
    rows = pd.DataFrame({"customer_id": customers[order], "cutoff": times[order], "group": groups[order]})
    asked = asked_about(log, definition, customers[order], times[order])
    return rows.assign(already_silent=asked.already_silent), asked


def outcomes(rows: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> tuple[np.ndarray, np.ndarray]:
    """Return what became of rows: who churned (int8), and why a row is left out ("left_out", "known_late" or "")."""
    customers, times = rows["customer_id"].to_numpy(), rows["cutoff"].to_numpy()
    churned = churn.churned(log, customers, times).astype(np.int8)
    why = np.where(churn.left_out(log, customers, times), "left_out", "").astype(object)
    why[known_late(log, churn, customers, times)] = "known_late"
    return churned, why


def panel_from_labels(
    log: InteractionLog, labels: Any, *, horizon: str, gap: str = "0D", churn: ChurnDefinition | None = None
) -> Panel:
    """Make a panel from your own table of who churned.

    Parameters
    ----------
    log : InteractionLog
        The interactions that features come from.
    labels : DataFrame, polars DataFrame or Arrow table
        Columns ``customer_id``, ``cutoff``, ``churned`` (0/1 or bool), one row a customer and cut-off.
    horizon, gap : str
        How far after the cut-off the labels look: needed to keep training and test apart.
    churn : ChurnDefinition, optional
        Says who is asked about, what ends a customer and what counts as activity: for who is eligible, for features that
        compare with everybody, and for the baselines. Its own horizon says who is silent already. Default: everybody known is
        asked about, and all own acts count.

    Returns
    -------
    Panel
        The rows in the order of `labels`; ``frame["position"]`` is each one's place in it. Customers of whom the log knows
        nothing before their cut-off are left out, so are those `churn` does not ask about and labels whose window runs past
        the end of the log: counted as ``refused``, and said in the notes.
    """
    frame = _checked(labels, log)
    given = OwnLabels(horizon, gap=gap, churn=churn)
    given.check(log)
    definition = given.resolved(log)
    asked = asked_about(log, definition, frame["customer_id"].to_numpy(), frame["cutoff"].to_numpy())
    if not asked.asked.any():
        raise DataError(
            f"no labelled customer is asked about at their cut-off{_counted(asked)}."
            if churn is not None
            else "no labelled customer has an interaction before their cut-off.",
            allowed="customer_id values and cut-offs that fit the log",
            hint=f"the log's customers look like {histories_of(log).ids.tolist()[0]!r}; "
            f"the labels' like {as_pandas(labels)['customer_id'].tolist()[0]!r}.",
        )
    kept = asked.asked & (frame["cutoff"].to_numpy() + definition.reach <= log.observed_until)
    if not kept.any():
        _refuse_all(log, definition, frame["cutoff"].to_numpy()[asked.asked], observed_end(log, definition))
    refused = _by_group(frame, ~kept).sort_index()
    frame = frame.assign(already_silent=asked.already_silent)
    frame = frame[["customer_id", "cutoff", "group", "churned", "already_silent", "position"]]
    frame = frame[kept].reset_index(drop=True)
    decided = (*given.decided(log), *_not_asked(asked))
    return Panel(frame, log, definition, summarise(frame, refused), decided=decided)


def _labelled(rows: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the panel's frame, and the rows that are left out, with why.

    left_out: they neither stayed nor churned; known_late: they had ended before the cut-off, though that became known only
    later.
    """
    churned, why = outcomes(rows, log, churn)
    late, out = why == "known_late", why == "left_out"
    if late.all():
        raise DataError(
            f"all {late.size:,} rows are left out: the customers had ended by then, though that became known only later.",
            hint="choose earlier cut-offs.",
        )
    if (out | late).all():
        raise DataError(
            f"all {out.size:,} rows are left out: they neither stayed nor churned, by {churn!r}.",
            hint="name fewer reasons in but=, or choose other cut-offs.",
        )
    frame = rows.assign(churned=churned)[["customer_id", "cutoff", "group", "churned", "already_silent"]]
    aside = frame.assign(why=why)[out | late]
    return frame[~(out | late)].reset_index(drop=True), aside.reset_index(drop=True)


def _by_group(rows: pd.DataFrame, which: np.ndarray) -> pd.Series:
    return pd.Series(which).groupby(rows["group"].to_numpy(), sort=False).sum().astype(np.int64)


def _counted(asked: Asked) -> str:
    said = ", ".join(f"{number:,} {why}" for why, number in asked.counts().items())
    return f" ({said})" if said else ""


def _not_asked(asked: Asked) -> list[str]:
    counts = asked.counts()
    if not counts:
        return []
    why = [
        Phrase("scores", "left", number=number, why=value_phrase("not_asked", one)) for one, number in counts.items()
    ]
    return [Phrase("panel", "not_asked", n=sum(counts.values()), all=asked.asked.size, why=some_of(why))]


def _whole_cutoffs(rows: pd.DataFrame, finished: np.ndarray, ending: Ending) -> list[str]:
    """Say which cut-offs have no row, because nobody's label window is over."""
    some = rows.assign(finished=finished).groupby("group", sort=False)["finished"].any()
    none = some.index[~some.to_numpy()]
    if not len(none) or ending.probability is not None:
        return []
    return [Phrase("panel", "refused_whole", n=len(none), cutoffs=some_of(map(str, none)), until=iso(ending.until))]


def _reasons(frame: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> list[str]:
    """Say why customers left, where the log knows reasons."""
    left = frame[frame["churned"] == 1]
    if getattr(churn, "reason", None) not in log.types.names or left.empty:
        return []
    shares = by_reason(left, log, churn).to_dict("records")
    said = [Phrase("panel", "reason", reason=row["reason"], share=row["share"]) for row in shares]
    return [Phrase("panel", "reasons", reasons=some_of(said, most=8))]


def _left_out(left_out: pd.Series, late: pd.Series, churn: ChurnDefinition) -> list[str]:
    said: list[str] = []
    if left_out.sum():
        but = getattr(churn, "but", ())
        causes = [Phrase("panel", "for_reasons", reasons=Together(but, "or"))] if but else []
        causes += [Phrase("panel", "in_gap")] if span(churn.gap, zero=True).microseconds else []
        said.append(Phrase("panel", "left_out", n=int(left_out.sum()), causes=Together(causes, "or")))
    if late.sum():
        said.append(Phrase("panel", "known_late", n=int(late.sum())))
    return said


def _refuse_all(log: InteractionLog, churn: ChurnDefinition, times: np.ndarray, ending: Ending) -> None:
    earliest = times.min() + churn.reach
    raise UsageError(
        f"no label window is finished: the first ends on {iso(earliest)}, {ending}.",
        allowed=f"a cut-off, a gap ({churn.gap}) and a horizon ({churn.horizon}) that end within what was observed"
        f" ({iso(log.start)} to {iso(ending.until)})",
        hint="choose earlier cut-offs or a shorter horizon."
        if ending.probability is None
        else f"load what is missing, or {_complete()} if it is complete; or choose earlier cut-offs.",
    )


def _complete() -> str:
    return typed("read the log with observed_until=", "say observed_until under [log]")


def _checked(labels: Any, log: InteractionLog) -> pd.DataFrame:
    labels = as_pandas(labels)
    if not isinstance(labels, pd.DataFrame):
        raise UsageError(f"the labels are a {type(labels).__name__}.", allowed="a frame of pandas, polars or Arrow")
    wanted = ("customer_id", "cutoff", "churned")
    missing = [name for name in wanted if name not in labels.columns]
    if missing:
        raise DataError(
            f"the labels lack {listed(missing)}; found the columns {listed(labels.columns)}.",
            allowed=listed(wanted),
            hint=did_you_mean(missing[0], map(str, labels.columns)),
        )
    frame = labels.loc[:, list(wanted)].reset_index(drop=True)
    values = pd.to_numeric(frame["churned"], errors="coerce")
    problems = [] if len(frame) else ["there is no row."]
    for rows, says in (
        (~values.isin([0, 1]), "labels are neither 0 nor 1."),
        (absent_ids(frame["customer_id"], what="the labels"), "rows lack the customer_id."),
    ):
        problems += [f"{rows.sum()} {says}"] if rows.any() else []
    try:
        frame["cutoff"] = instants(frame["cutoff"], name="cutoff", timezone=log.timezone)
    except UsageError as error:
        problems.append(error.found)
    if not problems:
        frame["customer_id"] = customers_asked(log, frame["customer_id"], what="the labels")
    twice = int(frame.duplicated(["customer_id", "cutoff"]).sum())
    problems += [f"{twice} rows repeat a customer and cut-off."] if twice else []
    if problems:
        raise DataError(
            "the labels cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems),
            allowed="one row a customer and cut-off; churned 0 or 1, or False or True",
        )
    frame["churned"] = values.astype(np.int8)
    frame.insert(2, "group", [label(at, zone(log.timezone)) for at in frame["cutoff"].to_numpy(dtype="datetime64[us]")])
    return frame.assign(position=np.arange(len(frame)))
