"""One customer's risk, and why it is what it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, html_result, html_table, iso, on_clock
from cxchurn.explanation._explain import explain_features
from cxchurn.explanation._explanation import Explanation
from cxchurn.explanation.ledger import cutoff_in, one_customer, plain_rows
from cxchurn.features import References, subject_words
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import asked_about
from cxchurn.words import Language, Printed, said, value_words, written

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH = 80
_INDENT = " " * 9


@dataclass(frozen=True, eq=False, repr=False)
class CustomerExplanation(Printed):
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
    timezone: str = "UTC"

    @property
    def language(self) -> Language:  # type: ignore[override]
        """What it is printed in: that of the model."""
        return self.explanation.language

    def _text(self) -> str:
        return "\n".join(self._lines())

    def _html(self) -> str:
        head = ["", *(said("explain", f"head_{name}") for name in ("points", "by", "what", "actionable"))]
        rows = (
            [
                said("explain", f"side_{row['side']}"),
                written(row["points"], "+.1f"),
                subject_words(row["subject"]),
                _with_own_usual(row),
                said("explain", "yes") if row["actionable"] else "",
            ]
            for row in self.reasons.to_dict("records")
        )
        about = f"{self._who}, {self._risk}"
        return html_result("CustomerExplanation", about, html_table(head, rows) if len(self.reasons) else "")

    @property
    def _who(self) -> str:
        at = iso(on_clock(self.at, self.timezone))[:16].replace("T", " ")
        return said("explain", "about", customer=str(self.customer_id), at=at)

    @property
    def _risk(self) -> str:
        if self.not_asked:
            return said("explain", "not_asked", why=value_words("not_asked", self.not_asked))
        return said("explain", "risk", probability=self.probability, band=value_words("bands", self.band))

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
        yield f"{self._who}: {self._risk}"
        if self.not_asked:
            return
        for side in ("raises", "lowers"):
            rows = self.reasons[self.reasons["side"] == side].to_dict("records")
            yield from [said("explain", side)] if rows else []
            for row in rows:
                # the points are those of the whole subject, of which the sentence tells one thing
                points = said("explain", "points", points=f"{written(row['points'], '+.1f'):>5}")
                yield f"  {points}: {subject_words(row['subject'])}"[:_WIDTH]
                yield textwrap.fill(_with_own_usual(row), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
        if not len(self.reasons):
            yield said("explain", "nothing")


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
    >>> print(cx.explain_customer(model, log, "C-000042"))
    C-000042 as of 2024-12-01: risk ...
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
        timezone=log.timezone,
    )


def _with_own_usual(row: dict[Any, Any]) -> str:
    own = row["usual_own_said"]
    if not own or own == row["value_said"]:
        return str(row["sentence"])
    return said("explain", "own_usual", sentence=row["sentence"], usual=own)
