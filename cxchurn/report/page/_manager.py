"""What the first page says, for those who decide: without a word of statistics."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxchurn._core import span
from cxchurn.evaluation import Evaluation
from cxchurn.explanation import contacts_words
from cxchurn.report.page._clock import moment_on
from cxchurn.report.page._people import can_be_kept, has_values, person
from cxchurn.report.page._sheet import (
    Sheet,
    about,
    about_said,
    adding_up,
    as_it_is,
    between,
    capital,
    few,
    money,
    of_hundred,
    sheet,
    titled,
    whole,
)
from cxchurn.report.page._trust import hedge
from cxchurn.words import Phrase, said, some_of, value_words

_BANDS = ("high", "medium", "low")
_FIRST = 6
_COSTLY = 8
# of customers: what is less is written as none
_LEAST = 0.05


def as_of(scores: pd.DataFrame | None, timezone: str) -> str:
    """Return the instant before which everything known counts, on the clock of the log: a day, and the hour if not midnight."""
    if scores is None or not len(scores) or "as_of" not in scores:
        return ""
    return said("page", "as_of", moment=moment_on(scores["as_of"].iloc[0], timezone), zone=timezone)


def verdict(scores: pd.DataFrame | None, model: Any, evaluation: Evaluation | None = None) -> list[str]:
    """Return what lies ahead, in sentences: how many leave, where they are, what is at risk."""
    if scores is None:
        return []
    here = can_be_kept(scores)
    if not len(here):
        return [said("page", "nobody")]
    length, leaving = _horizon(model), here["churn_probability"].sum()
    about_all = {"leaving": capital(about_said(leaving)), "n": len(here), "share": of_hundred(leaving / len(here))}
    sentences = [said("page", "will_leave", **about_all, horizon=length, hedge=hedge(evaluation))]
    high = _by_band(here).to_dict("index").get("high")
    if high:
        of_them, share = about_said(high["leaving"]), of_hundred(high["rate"])
        sentences.append(said("page", "at_high", n=high["customers"], leaving=of_them, share=share))
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
    rows = _by_band(here)
    rows["risk"] = [value_words("bands", name) for name in rows.index]
    if has_values(here):
        rows["loss"] = here.groupby("band")["expected_loss"].sum()
    writers: dict[str, Any] = {"risk": str, "customers": whole, "leaving": about, "rate": of_hundred, "loss": money}
    return sheet(rows, titled("page", writers))


def _by_band(here: pd.DataFrame) -> pd.DataFrame:
    """Return for each band how many there are, how many leave (which add up to the number on top), and their rate."""
    if "band" not in here:
        return pd.DataFrame()
    rows = here.groupby("band").agg(customers=("band", "size"), rate=("churn_probability", "mean"))
    rows = rows.reindex([name for name in _BANDS if name in rows.index])
    rows["leaving"] = adding_up(rows["rate"] * rows["customers"])
    return rows


def first(scores: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return whom to look at first, with reasons."""
    if scores is None:
        return []
    return [person(row) for row in can_be_kept(scores).head(_FIRST).to_dict("records")]


def first_says(scores: pd.DataFrame | None) -> str:
    """Say by what they are the first, and of how many; "" where there are none."""
    here = 0 if scores is None else len(can_be_kept(scores))
    if scores is None or not here:
        return ""
    key = "first_worth" if has_values(scores) else "first_likely"
    return said("page", key, n=min(here, _FIRST), all=here)


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
    told = table[table["told"] > 0]
    costly = told[(told["heads_low"] > 0) & (told["heads"] >= _LEAST)].head(_COSTLY)
    hidden = table[(table["told"] == 0) & (table["heads_low"] > 0)]
    days = {name: moment_on(getattr(ledger, name), ledger.timezone).date() for name in ("since", "until")}
    drawn = "followed" if ledger.drawn is None else "followed_drawn"
    sentences = [said("page", drawn, **days, n=ledger.customers, contacts=len(ledger))]
    left = (
        [said("page", "untold", contacts=some_of(hidden["contact"], word="semicolon"))]
        if len(hidden) and len(told)
        else []
    )
    left += _alone(ledger)
    if not len(costly):
        return {"says": [*sentences, said("page", "none_costly" if len(told) else "none_told"), *left], "table": None}
    ends = costly[["heads_low", "heads_high"]].to_numpy()
    shown = costly.assign(range=[between(low, high, few) for low, high in ends])
    worst = shown.iloc[0]
    cost = {"contact": worst["contact"], "heads": few(worst["heads"]), "range": worst["range"]}
    sentences.append(said("page", "costliest", **cost))
    writers: dict[str, Any] = {"contact": str, "contacts": whole, "went_well": of_hundred, "heads": few}
    writers |= {"range": as_it_is, "money": money}
    if shown["went_well"].isna().all():
        del writers["went_well"]
        sentences.append(said("page", "no_outcomes"))
    return {"says": [*sentences, *left], "table": sheet(shown, titled("page", writers))}


def _alone(ledger: Any) -> list[str]:
    """Return what has to be said of outcomes that belong to no case, and so stand among the contacts."""
    found = [one.places["n"] for one in ledger.notes if isinstance(one, Phrase) and one.key == "later_alone"]
    return [said("page", "outcomes_alone", n=n) for n in found]
