"""One customer's risk, and why it is what it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, html_result, html_table, iso
from cxchurn.explain._explain import explain_features
from cxchurn.explain._explanation import Explanation
from cxchurn.explain.ledger import cutoff_in, one_customer, plain_rows, share
from cxchurn.features import References, subject_words
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import asked_about

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH = 80
_INDENT = " " * 9


@dataclass(frozen=True, eq=False, repr=False)
class CustomerExplanation:
    """One customer's risk as of an instant, with what raises and what lowers it; made by `explain_customer`.

    Attributes
    ----------
    customer_id : str or int
    at : datetime64[us]
    probability : float
        To churn; NaN where the customer is not asked about.
    band : str
        high, medium, low, or "not eligible".
    not_asked : str
        Why the customer is not asked about, "" where they are.
    reasons : DataFrame
        What raises and what lowers the risk, see `Explanation.details`; empty for who is not asked about. Points are those of
        the whole ``subject``, of which the sentence tells one thing.
    explanation : Explanation
        Of this one row.
    model_version : str
    """

    customer_id: Any
    at: np.datetime64
    probability: float
    band: str
    not_asked: str
    reasons: pd.DataFrame
    explanation: Explanation
    model_version: str

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        head = ["", "points", "by", "what", "can be acted on"]
        rows = (
            [
                row["side"],
                f"{row['points']:+.1f}",
                subject_words(row["subject"]),
                _with_own_usual(row),
                "yes" if row["actionable"] else "",
            ]
            for row in self.reasons.to_dict("records")
        )
        risk = (
            f"not asked about ({self.not_asked})" if self.not_asked else f"risk {share(self.probability)} ({self.band})"
        )
        about = f"{self.customer_id} as of {iso(self.at)[:16]}, {risk}"
        return html_result("CustomerExplanation", about, html_table(head, rows) if len(self.reasons) else "")

    def to_dict(self) -> dict[str, Any]:
        """Return what is said as plain data, for JSON; what is missing is None."""
        about = {
            "customer_id": self.customer_id,
            "as_of": iso(self.at),
            "churn_probability": None if self.not_asked else self.probability,
            "band": self.band,
            "not_asked": self.not_asked,
            "model_version": self.model_version,
        }
        return {**about, "reasons": plain_rows(self.reasons.drop(columns=["customer_id", "cutoff"], errors="ignore"))}

    def _lines(self) -> Iterator[str]:
        head = f"{self.customer_id} as of {iso(self.at)[:16]}: "
        if self.not_asked:
            yield f"{head}not asked about ({self.not_asked})"
            return
        yield f"{head}risk {share(self.probability)} ({self.band})"
        for side in ("raises", "lowers"):
            rows = self.reasons[self.reasons["side"] == side].to_dict("records")
            yield from [f"What {side} the risk"] if rows else []
            for row in rows:
                # the points are those of the whole subject, of which the sentence tells one thing
                yield f"  {row['points']:+5.1f} points: {subject_words(row['subject'])}"[:_WIDTH]
                yield textwrap.fill(_with_own_usual(row), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
        if not len(self.reasons):
            yield "Nothing that can be told moves the risk by half a point."


def explain_customer(
    model: ChurnModel,
    log: InteractionLog,
    customer: Any,
    *,
    at: Any = None,
    reasons: int = 3,
    references: References | None = None,
) -> CustomerExplanation:
    """Explain one customer's risk: what raises it, and what lowers it.

    Parameters
    ----------
    model : ChurnModel
        A fitted model.
    log : InteractionLog
        The customer's interactions; those of others do not matter.
    customer : str or int
        The customer's id.
    at : str or datetime, optional
        As of when. Default: the end of the log.
    reasons : int, default 3
        How many on either side.
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.

    Raises
    ------
    MismatchError
        Where the log knows nothing of the customer.

    Examples
    --------
    >>> explain_customer(model, log, "C-000042")  # doctest: +SKIP
    """
    who, cutoff = one_customer(model, log, customer), cutoff_in(log, at)
    model, cutoffs = with_references(model, references), np.array([cutoff])
    why = str(asked_about(log, model.churn_, who, cutoffs).why_not[0])
    rows = pd.DataFrame({"customer_id": who, "cutoff": cutoffs})
    found = explain_features(model, rows, model.features_.with_log(log).transform(rows), log=log)
    told = found.details(top=reasons)
    return CustomerExplanation(
        customer_id=who.tolist()[0],
        at=cutoff,
        probability=np.nan if why else float(found.probability[0]),
        band="not eligible" if why else str(model.bands_.name(found.probability)[0]),
        not_asked=why,
        reasons=told[:0] if why else told,
        explanation=found,
        model_version=model.version_,
    )


def _with_own_usual(row: dict[Any, Any]) -> str:
    own = row["usual_own_said"]
    return f"{row['sentence']}; own usual: {own}" if own and own != row["value_said"] else str(row["sentence"])
