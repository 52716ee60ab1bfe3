"""What the first page says, for those who decide: without a word of statistics."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxchurn._core import span
from cxchurn.evaluate import Evaluation, said_and_came
from cxchurn.explain import contacts_words
from cxchurn.report.page._people import can_be_kept, has_values, person
from cxchurn.report.page._sheet import (
    Sheet,
    about,
    as_it_is,
    between,
    few,
    money,
    of_hundred,
    sheet,
    titled,
    whole,
)
from cxchurn.words import said, value_words

_BANDS = ("high", "medium", "low")
_FIRST = 6
_COSTLY = 8
_FEW = 200


def as_of(scores: pd.DataFrame | None) -> str:
    """Return the instant before which everything known counts, in words: a day, and the hour where it is not midnight."""
    if scores is None or not len(scores) or "as_of" not in scores:
        return ""
    return said("page", "as_of", moment=pd.Timestamp(scores["as_of"].iloc[0]))


def verdict(scores: pd.DataFrame | None, model: Any, evaluation: Evaluation | None = None) -> list[str]:
    """Return what lies ahead, in sentences: how many leave, where they are, what is at risk."""
    if scores is None:
        return []
    here = can_be_kept(scores)
    if not len(here):
        return [said("page", "nobody")]
    length, leaving = _horizon(model), here["churn_probability"].sum()
    about_all = {"leaving": about(leaving), "n": len(here), "share": of_hundred(leaving / len(here))}
    sentences = [said("page", "will_leave", **about_all, horizon=length, hedge=_hedge(evaluation))]
    high = here[here["band"] == "high"] if "band" in here else here.head(0)
    if len(high):
        leaving, rate = high["churn_probability"].sum(), high["churn_probability"].mean()
        sentences.append(said("page", "at_high", n=len(high), leaving=about(leaving), share=of_hundred(rate)))
    if has_values(here):
        worth, loss = money(here["value"].sum()), money(here["expected_loss"].sum())
        sentences.append(said("page", "worth", worth=worth, loss=loss))
    silent = int(scores.dropna(subset="churn_probability").get("already_silent", pd.Series(dtype=bool)).sum())
    return [*sentences, *([said("page", "silent", n=silent, horizon=length)] if silent else [])]


def bands(scores: pd.DataFrame | None) -> Sheet | None:
    """Return how many customers are at high, medium and low risk, and what that means."""
    if scores is None or "band" not in scores:
        return None
    here = can_be_kept(scores)
    rows = here.groupby("band").agg(customers=("band", "size"), leaving=("churn_probability", "sum"))
    rows = rows.reindex([name for name in _BANDS if name in rows.index])
    rows["risk"] = [value_words("bands", name) for name in rows.index]
    rows["rate"] = rows["leaving"] / rows["customers"]
    if has_values(here):
        rows["loss"] = here.groupby("band")["expected_loss"].sum()
    writers: dict[str, Any] = {"risk": str, "customers": whole, "leaving": about, "rate": of_hundred, "loss": money}
    return sheet(rows, titled("page", writers))


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
    return said("page", "hedge_fewer" if tried["verdict"] == "too high" else "hedge_more")


def _tried(evaluation: Evaluation) -> pd.Series | None:
    """Return what was said and what came over all cut-offs; None where nobody left or everybody, which tells nothing."""
    overall = said_and_came(evaluation).iloc[-1]
    return overall if 0 < overall["came"] < 1 else None


def trust(evaluation: Evaluation | None, model: Any) -> list[str]:
    """Return in plain words how well such numbers held when they were tried."""
    if evaluation is None:
        return [said("page", "not_tried")]
    overall, cutoffs = _tried(evaluation), said_and_came(evaluation)["cutoff"].iloc[:-1]
    if overall is None:
        return []
    first_one, last_one = cutoffs.iloc[0], cutoffs.iloc[-1]
    when = first_one if len(cutoffs) == 1 else said("page", "from_to", low=first_one, high=last_one)
    rates = {"said": of_hundred(overall["said"]), "came": of_hundred(overall["came"])}
    who, therefore = _who(evaluation, model), _therefore(evaluation, overall)
    tried = said("page", "tried", model=who, when=when, **rates, therefore=therefore)
    few_left = int(overall["churned"])
    rough = [said("page", "rough", n=few_left)] if few_left < _FEW else []
    return [tried, *_order(evaluation, overall["came"]), *rough]


def _who(evaluation: Evaluation, model: Any) -> str:
    learned = evaluation.learned
    same = learned is not None and learned.version and learned.version == getattr(model, "version_", None)
    return said("page", "this_model" if same else "alike_model")


def _therefore(evaluation: Evaluation, overall: pd.Series) -> str:
    if overall["verdict"] == "as said":
        return said("page", "as_said")
    high = overall["verdict"] == "too high"
    before = 0.0 if evaluation.learned is None else evaluation.learned.rate
    moved = before > overall["high"] if high else 0 < before < overall["low"]
    why = said("page", "fewer_than_before" if high else "more_than_before", before=of_hundred(before)) if moved else ""
    return said("page", "too_many" if high else "too_few", why=why)


def _order(evaluation: Evaluation, rate: float) -> list[str]:
    pooled = evaluation.metrics[evaluation.metrics["cutoff"] == "pooled"]
    lift = pooled[(pooled["model"] == pooled["model"].iloc[0]) & (pooled["metric"] == "lift_10")].iloc[0]
    if pd.isna(lift["value"]):
        return []
    sure = "order_sure" if lift["low"] > 1 else "order_unsure"
    return [said("page", sure, left=of_hundred(rate * lift["value"]), times=lift["value"])]


def _horizon(model: Any) -> Any:
    churn = getattr(model, "churn_", None)
    return said("page", "time_asked") if churn is None else span(churn.horizon)


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
    days = {"since": pd.Timestamp(ledger.since), "until": pd.Timestamp(ledger.until)}
    drawn = "followed" if ledger.drawn is None else "followed_drawn"
    sentences = [said("page", drawn, **days, n=ledger.customers, contacts=len(ledger))]
    if not len(costly):
        return {"says": [*sentences, said("page", "none_costly")], "table": None}
    ends = costly[["heads_low", "heads_high"]].to_numpy()
    shown = costly.assign(range=[between(low, high, few) for low, high in ends])
    worst = shown.iloc[0]
    cost = {"contact": worst["contact"], "heads": few(worst["heads"]), "range": worst["range"]}
    sentences.append(said("page", "costliest", **cost))
    writers: dict[str, Any] = {"contact": str, "contacts": whole, "went_well": of_hundred, "heads": few}
    writers |= {"range": as_it_is, "money": money}
    return {"says": sentences, "table": sheet(shown, titled("page", writers))}
