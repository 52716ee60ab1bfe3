"""How far to trust the first page: what was said beside what came, and the verdict on the order, in plain words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from cxchurn.evaluation import Evaluation, order_of, said_and_came
from cxchurn.report.page._sheet import of_hundred
from cxchurn.words import Phrase, Together, either, said

# with fewer who left an area under the curve is known to some four hundredths only: `sufficiency` tells the same
_FEW = 200


def hedge(evaluation: Evaluation | None) -> str:
    """Return what a reader of the number of leavers has to know at once: that such numbers were too high or too low."""
    tried = None if evaluation is None else _tried(evaluation)
    if tried is None or tried["verdict"] == "as said":
        return ""
    return said("page", "hedge_fewer" if tried["verdict"] == "too high" else "hedge_more")


def trust(evaluation: Evaluation | None, model: Any, *, above: bool) -> list[str]:
    """Return in plain words how well such numbers held when they were tried.

    Parameters
    ----------
    evaluation : Evaluation or None
    model : ChurnModel
    above : bool
        Whether the page says above how many will leave.
    """
    if evaluation is None:
        return [said("page", "not_tried")]
    overall, cutoffs = _tried(evaluation), said_and_came(evaluation)["cutoff"].iloc[:-1]
    if overall is None:
        return []
    days = [datetime.fromisoformat(cutoffs.iloc[place]) for place in (0, -1)]
    when = Together(days[:1]) if len(cutoffs) == 1 else Phrase("page", "from_to", low=days[0], high=days[1])
    rates = {"said": of_hundred(overall["said"]), "came": of_hundred(overall["came"])}
    who, therefore = _who(evaluation, model), _therefore(evaluation, overall, above=above)
    tried = said("page", "tried", model=who, when=when, **rates, therefore=therefore)
    order = order_says(evaluation)
    # customers, of whom one may have left the list at several cut-offs
    left = evaluation.predictions.loc[evaluation.predictions["churned"] == 1, "customer_id"].nunique()
    rough = [said("page", "rough", n=left)] if left < _FEW else []
    return [tried, *([order] if order else []), *rough]


def order_says(evaluation: Evaluation) -> str:
    """Say whether the order can be relied on, for either part of the page; "" where nothing tells."""
    found = order_of(evaluation)
    if found is None:
        return ""
    top = said("page", "order_top", left=of_hundred(found.left), times=found.lift)
    beside = ""
    if found.worse or found.close:
        rules = Together((either("page", f"rule_{one}", one) for one in found.worse or found.close), "or")
        beside = said("page", "order_worse" if found.worse else "order_close", rules=rules)
    return said("page", f"order_{found.verdict.replace(' ', '_')}", top=top, beside=beside)


def _tried(evaluation: Evaluation) -> pd.Series | None:
    """Return what was said and what came over all cut-offs; None where nobody left or everybody, which tells nothing."""
    overall = said_and_came(evaluation).iloc[-1]
    return overall if 0 < overall["came"] < 1 else None


def _who(evaluation: Evaluation, model: Any) -> str:
    learned = evaluation.learned
    same = learned is not None and learned.version and learned.version == getattr(model, "version_", None)
    return said("page", "this_model" if same else "alike_model")


def _therefore(evaluation: Evaluation, overall: pd.Series, *, above: bool) -> str:
    if overall["verdict"] == "as said":
        return said("page", "as_said")
    high = overall["verdict"] == "too high"
    before = 0.0 if evaluation.learned is None else evaluation.learned.rate
    moved = before > overall["high"] if high else 0 < before < overall["low"]
    why = said("page", "fewer_than_before" if high else "more_than_before", before=of_hundred(before)) if moved else ""
    found = said("page", "too_many" if high else "too_few", why=why)
    return said("page", f"{'too_high' if high else 'too_low'}_above", found=found) if above else found
