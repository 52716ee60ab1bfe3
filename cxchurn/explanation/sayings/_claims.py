"""Testing what is said in the trade on one's own log."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, iso, on_clock, span, step
from cxchurn.explanation._discovery import LEVEL, false_discovery
from cxchurn.explanation.sayings._checked import AnyClaim, checked_claims
from cxchurn.explanation.sayings._claim import YearlyClaim
from cxchurn.explanation.sayings._finding import HOLDS, IN_DIRECTION, UNKNOWN, Finding
from cxchurn.explanation.sayings._result import Claims
from cxchurn.explanation.sayings._standard import standard_claims
from cxchurn.explanation.sayings._study import Study
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition, every, make_panel, monthly
from cxchurn.words import Phrase, Together, said, written

# in a log of less than four months monthly cut-offs would be two or three: weekly ones there
_MONTHS = np.timedelta64(120, "D")


def claims(
    log: InteractionLog,
    churn: ChurnDefinition,
    *,
    claims: Sequence[AnyClaim] | None = None,
    window: str = "60D",
    cutoffs: Any = None,
    costs: Mapping[str, float] | None = None,
) -> Claims:
    """Test what is said in the trade on your own log: does it hold here, does it not, or can it not be told.

    At each cut-off customers who had something in the window before it (a bad experience, being passed on) are compared with
    like customers who had not: of the same cut-off, as likely to leave by how lately and how often they came, what they spent
    and who they are, and as often in touch. What happened before the cut-off is set beside what came after it, on the clocks
    of the panel. It is association, not effect.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition
        What leaving is.
    claims : sequence of Claim, optional
        Default: `standard_claims`. Add your own to them.
    window : str, default "60D"
        How long before a cut-off counts.
    cutoffs : Cutoffs, list or instant, optional
        Default: every month (every week, in a short log) from a window after the log's beginning on, as far as outcomes are
        known.
    costs : mapping, optional
        ``{"win": money for a customer won, "keep": money spent on one kept for a year}``.

    Returns
    -------
    Claims
        ``.table`` has one row a claim.

    Examples
    --------
    >>> print(cx.claims(log, churn))
    Claims: ... hold here, ...
    ...
    “Delighted customers stay.”
      Holds here: ... of them, ... of like customers: ...
    ...
    """
    asked = checked_claims(standard_claims() if claims is None else claims)
    _check_costs(costs)
    length = span(window, name="window").microseconds
    with step("testing claims"):
        panel = make_panel(log, churn, cutoffs=_regular(log, churn, length) if cutoffs is None else cutoffs)
        study = Study(panel, window)
        findings = [_tested(claim, study, costs) for claim in asked]
    findings = _together(findings)
    lines = [
        {"claim": claim.name, "saying": claim.saying, "said": _said(claim), **vars(finding), "source": claim.source}
        for claim, finding in zip(asked, findings, strict=True)
    ]
    texts = tuple((line["saying"], line["why"]) for line in lines)
    return Claims(pd.DataFrame(lines), panel.definition.says, tuple(_notes(panel, study)), texts)


def _check_costs(costs: Mapping[str, float] | None) -> None:
    if costs is None:
        return
    for name in ("win", "keep"):
        cost = costs.get(name) if isinstance(costs, Mapping) else None
        if isinstance(cost, bool) or not isinstance(cost, (int, float)) or not (0 < cost < math.inf):
            raise UsageError(
                f"costs is {costs!r}.",
                allowed="money above 0 for 'win' and 'keep'",
                hint="costs={'win': 120, 'keep': 25}",
            )


def _regular(log: InteractionLog, churn: ChurnDefinition, window: int) -> Any:
    """Return cut-offs from a window after the log's beginning to its end: monthly, or weekly where that would be few."""
    if log.start is None:
        return monthly("2000-01-01")  # refused in words by the panel
    first = log.start + np.timedelta64(window, "us")
    last = log.observed_until - churn.reach
    if last - first < _MONTHS:
        return every("7D", iso(first.astype("datetime64[D]") + 1))
    month = first.astype("datetime64[M]") + 1
    return monthly(str(month.astype("datetime64[D]")), iso(log.observed_until))


def _tested(claim: AnyClaim, study: Study, costs: Mapping[str, float] | None) -> Finding:
    missing = [need for need in claim.needs if not study.log.roles & set(need.split("|"))]
    if missing:
        roles = Together(Together(need.split("|"), "or") for need in missing)
        return Finding(why=Phrase("claims", "no_role", roles=roles))
    return claim.test(study, costs)


def _together(findings: list[Finding]) -> list[Finding]:
    """Take back what would hold by itself, but may be a chance find among so many claims."""
    q = false_discovery(np.array([finding.p for finding in findings]))
    return [
        replace(finding, verdict=UNKNOWN, why=Phrase("claims", "chance"))
        if finding.verdict in (HOLDS, IN_DIRECTION) and chance > LEVEL
        else finding
        for finding, chance in zip(findings, q.tolist(), strict=True)
    ]


def _said(claim: AnyClaim) -> str:
    if isinstance(claim, YearlyClaim):
        return said("claims", "between", low=claim.said[0], high=claim.said[1])
    return "" if claim.said is None else written(claim.said, ".0%")


def _notes(panel: Any, study: Study) -> list[str]:
    ends = (on_clock(at, study.log.timezone) for at in (study.cutoffs.min(), study.cutoffs.max()))
    when = dict(zip(("first", "last"), (iso(at)[:10] for at in ends), strict=True))
    customers = int(study.whose.max()) + 1
    size = {
        "n": len(panel),
        "customers": customers,
        "cutoffs": np.unique(study.cutoffs).size,
        "rate": study.churned.mean(),
    }
    tested = Phrase("claims", "tested", **size, **when, churn=panel.definition.says)
    return [tested, Phrase("claims", "rule"), Phrase("claims", "like")]
