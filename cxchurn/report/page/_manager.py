"""What the first page says, for those who decide: without a word of statistics."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxchurn._core import span
from cxchurn.evaluate import Evaluation, said_and_came
from cxchurn.explain import contacts_words
from cxchurn.report.page._people import can_be_kept, has_values, person
from cxchurn.report.page._sheet import Columns, Sheet, about, day, few, money, of_hundred, sheet, whole

_BANDS = ("high", "medium", "low")
_FIRST = 6
_COSTLY = 8
_FEW = 200


def as_of(scores: pd.DataFrame | None) -> str:
    """Return the instant before which everything known counts, in words: a day, and the hour where it is not midnight."""
    if scores is None or not len(scores) or "as_of" not in scores:
        return ""
    return f"{day(pd.Timestamp(scores['as_of'].iloc[0]))} (UTC)"


def verdict(scores: pd.DataFrame | None, model: Any, evaluation: Evaluation | None = None) -> list[str]:
    """Return what lies ahead, in sentences: how many leave, where they are, what is at risk."""
    if scores is None:
        return []
    here = can_be_kept(scores)
    if not len(here):
        return ["Nobody is asked about: there is no customer who can still be kept."]
    length = _horizon(model)
    leaving, high = (
        here["churn_probability"].sum(),
        here[here.get("band") == "high"] if "band" in here else here.head(0),
    )
    said = [
        f"About {about(leaving)} of {len(here):,} customers will leave within {length}, if nothing changes: "
        f"{of_hundred(leaving / len(here))}{_hedge(evaluation)}."
    ]
    if len(high):
        said.append(
            f"{len(high):,} of them are at high risk: of these about {about(high['churn_probability'].sum())} will leave"
            f" ({of_hundred(high['churn_probability'].mean())})."
        )
    if has_values(here):
        said.append(
            f"Of {money(here['value'].sum())} that customers are worth, {money(here['expected_loss'].sum())} is at risk:"
            " what each is worth, times how likely they leave."
        )
    silent = int(scores.dropna(subset="churn_probability").get("already_silent", pd.Series(dtype=bool)).sum())
    if silent:
        said.append(
            f"Another {silent:,} have been silent for longer than {length} already and may return; they stand apart."
        )
    return said


def bands(scores: pd.DataFrame | None) -> Sheet | None:
    """Return how many customers are at high, medium and low risk, and what that means."""
    if scores is None or "band" not in scores:
        return None
    here = can_be_kept(scores)
    rows = here.groupby("band").agg(customers=("band", "size"), leaving=("churn_probability", "sum"))
    rows = rows.reindex([name for name in _BANDS if name in rows.index])
    rows["risk"], rows["rate"] = rows.index, rows["leaving"] / rows["customers"]
    if has_values(here):
        rows["loss"] = here.groupby("band")["expected_loss"].sum()
    columns: Columns = {
        "risk": ("risk", str),
        "customers": ("customers", whole),
        "leaving": ("of them will leave, about", about),
        "rate": ("that is", of_hundred),
        "loss": ("worth at risk", money),
    }
    return sheet(rows, columns)


def first(scores: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return whom to look at first, with reasons."""
    if scores is None:
        return []
    return [person(row) for row in can_be_kept(scores).head(_FIRST).to_dict("records")]


def _hedge(evaluation: Evaluation | None) -> str:
    """Return what a reader of the number of leavers has to know at once: that such numbers were too high or too low."""
    tried = None if evaluation is None else _tried(evaluation)
    if tried is None or tried["verdict"] == "as said":
        return ""
    more = tried["verdict"] == "too high"
    return f", and likely {'fewer' if more else 'more'}: in a trial such numbers were {tried['verdict']}"


def _tried(evaluation: Evaluation) -> pd.Series | None:
    """Return what was said and what came over all cut-offs; None where nobody left or everybody, which tells nothing."""
    overall = said_and_came(evaluation).iloc[-1]
    return overall if 0 < overall["came"] < 1 else None


def trust(evaluation: Evaluation | None, model: Any) -> list[str]:
    """Return in plain words how well such numbers held when they were tried."""
    if evaluation is None:
        return ["These numbers were not tried on what came afterwards."]
    overall, cutoffs = _tried(evaluation), said_and_came(evaluation)["cutoff"].iloc[:-1]
    if overall is None:
        return []
    when = cutoffs.iloc[0] if len(cutoffs) == 1 else f"{cutoffs.iloc[0]} to {cutoffs.iloc[-1]}"
    said = [
        f"{_who(evaluation, model)} was tried on the customers of {when}: {of_hundred(overall['said'])} were said to leave, "
        f"and {of_hundred(overall['came'])} left{_therefore(evaluation, overall)}."
    ]
    said += _order(evaluation, overall["came"])
    if overall["churned"] < _FEW:
        said.append(f"Only {overall['churned']:,} left in that trial, so these figures are rough.")
    return said


def _who(evaluation: Evaluation, model: Any) -> str:
    learned = evaluation.learned
    if learned is not None and learned.version and learned.version == getattr(model, "version_", None):
        return "This model, which knew only the time before,"
    return "A model made in the same way, which knew only the time before,"


def _therefore(evaluation: Evaluation, overall: pd.Series) -> str:
    if overall["verdict"] == "as said":
        return ": as said"
    more = overall["verdict"] == "too high"
    before = 0.0 if evaluation.learned is None else evaluation.learned.rate
    moved = before > overall["high"] if more else 0 < before < overall["low"]
    why = f", as {'fewer' if more else 'more'} left than in the time before ({of_hundred(before)})" if moved else ""
    so = f"Take the numbers of leavers above as too {'high' if more else 'low'}"
    return f": too {'many' if more else 'few'} were said{why}. {so}"


def _order(evaluation: Evaluation, rate: float) -> list[str]:
    pooled = evaluation.metrics[evaluation.metrics["cutoff"] == "pooled"]
    lift = pooled[(pooled["model"] == pooled["model"].iloc[0]) & (pooled["metric"] == "lift_10")].iloc[0]
    if pd.isna(lift["value"]):
        return []
    times, left = f"{lift['value']:.1f} times", of_hundred(rate * lift["value"])
    said = f"Of the tenth that stood first, {left} left, {times} as many as of all"
    sure = "the order can be relied on" if lift["low"] > 1 else "that may be chance, so do not rely on the order"
    return [f"{said}: {sure}."]


def _horizon(model: Any) -> str:
    churn = getattr(model, "churn_", None)
    return "the time that was asked about" if churn is None else span(churn.horizon).words


def touchpoints(ledger: Any) -> dict[str, Any] | None:
    """Return which touchpoints cost customers by what contacts with them were like: sentences, and a table.

    Parameters
    ----------
    ledger : Ledger or None
        From `touchpoints`.
    """
    if ledger is None:
        return None
    table = ledger.table.copy()
    table["contact"] = contacts_words(table)
    costly = table[table["heads_low"] > 0].head(_COSTLY)
    since, until = (day(pd.Timestamp(one)) for one in (ledger.since, ledger.until))
    drawn = " drawn by chance" if any("were drawn" in note for note in ledger.notes) else ""
    said = [f"From {since} to {until}, over {ledger.customers:,} customers{drawn} and {len(ledger):,} contacts."]
    if not len(costly):
        return {"says": [*said, "No touchpoint cost more customers than chance could explain."], "table": None}
    worst = costly.iloc[0]
    said.append(
        f"Costliest was {worst['contact']}: what these contacts were like cost about {few(worst['heads'])} customers"
        f" ({few(worst['heads_low'])} to {few(worst['heads_high'])})."
    )
    ends = costly[["heads_low", "heads_high"]].to_numpy()
    shown = costly.assign(range=[f"{few(low)} to {few(high)}" for low, high in ends])
    columns: Columns = {
        "contact": ("contact", str),
        "contacts": ("how many", whole),
        "went_well": ("went well", of_hundred),
        "heads": ("customers lost, about", few),
        "range": ("likely between", _as_it_is),
        "money": ("money lost", money),
    }
    return {"says": said, "table": sheet(shown, columns)}


def _as_it_is(text: Any) -> str:
    return str(text)
