"""Promotion by evidence: the alias moves where later customers show that it should."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import MismatchError, UsageError, instant, iso, listed
from cxchurn.evaluation import Evaluation
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, load_model
from cxchurn.tracking._contest import FITS, LEAST, RECIPE, Contest, enough
from cxchurn.tracking._facts import same_recipe
from cxchurn.tracking._patience import patience
from cxchurn.tracking._promotion import Promotion
from cxchurn.tracking._registry import version_of
from cxchurn.tracking._store import failures, opened

NOT_WORSE, BETTER = "not worse", "better"
_METRIC = "log_loss"
_TAG = "cxchurn.promotion"


@dataclass(frozen=True)
class _Case:
    """Who is compared with whom, and by which rule."""

    rule: str
    margin: float
    name: str
    challenger: str
    champion: str | None

    def said(self, promoted: bool, why: str, **found: Any) -> Promotion:
        return Promotion(promoted, why, self.rule, self.margin, self.name, self.challenger, self.champion, **found)


def promote(
    name: str,
    *,
    log: InteractionLog,
    challenger: str = "challenger",
    champion: str = "champion",
    at: Any = None,
    rule: str | None = None,
    margin: float = 0.005,
    trust: Iterable[type | str] = (),
    replicates: int = 500,
    random_state: int | None = 0,
    tracking_uri: str | None = None,
) -> Promotion:
    """Make a challenger the champion where later customers show that it should be, or say why not and when one will know.

    Both are judged on cut-offs that come after every outcome that either has learned from. Where too few such outcomes are
    known yet, the challenger's recipe is fitted as of an earlier cut-off, on what was known then, and compared instead; that is
    said.
    The difference in log loss has an interval over draws of whole customers, the same for both.

    Parameters
    ----------
    name : str
        The registered model, such as ``"churn"``.
    log : InteractionLog
        The interactions of everybody, up to (at least) `at`.
    challenger, champion : str
        Aliases of the two versions. The second one moves.
    at : instant, optional
        Outcomes count that were known by then. Default: the end of the log.
    rule : {"not worse", "better"}, optional
        "not worse": it learned from later cut-offs, and the interval excludes a loss of more than `margin`. "better": the
        interval lies below 0. Default: "not worse" for the same recipe trained again, "better" for another one.
    margin : float, default 0.005
        In log loss, for "not worse".
    trust : iterable of classes or str, optional
        Your own builders, as in `load_model`.
    replicates : int, default 500
    random_state : int or None, default 0
    tracking_uri : str, optional
        The MLflow store. Default: MLflow's own.

    Returns
    -------
    Promotion

    Raises
    ------
    UsageError
        Where there is no such model or alias.
    MismatchError
        Where the two answer different questions.

    Examples
    --------
    Needs a store of MLflow's:

    >>> cx.promote("churn", log=log)  # doctest: +SKIP
    churn version 4 is the champion now. Before it was version 3.
    """
    _check(rule, margin)
    with patience():
        client = opened(tracking_uri)
        ours, theirs = _versions(client, name, challenger, champion)
        new = _loaded(client, name, ours, trust)
        if theirs is None:
            case = _Case(rule or BETTER, margin, name, str(ours.version), None)
            first = case.said(True, "There was no champion to compare with.")
            return _moved(client, first, champion, ours, theirs)
        old = _loaded(client, name, theirs, trust)
        _check_question(new, old)
        moment = log.observed_until if at is None else instant(at, name="at", timezone=log.timezone)
        chosen = rule or (NOT_WORSE if same_recipe(new, old) else BETTER)
        case = _Case(chosen, margin, name, str(ours.version), str(theirs.version))
        found = _decided(Contest(new, old, log, moment), case, replicates=replicates, random_state=random_state)
        return _moved(client, found, champion, ours, theirs)


def _check(rule: str | None, margin: float) -> None:
    if rule not in (None, NOT_WORSE, BETTER):
        raise UsageError(f"rule is {rule!r}.", allowed=listed(map(repr, (NOT_WORSE, BETTER))))
    if isinstance(margin, bool) or not isinstance(margin, (int, float)) or not 0 <= margin < 1:
        raise UsageError(f"margin is {margin!r}.", allowed="a difference in log loss, from 0 to 1, such as 0.005")


def _versions(client: Any, name: str, challenger: str, champion: str) -> tuple[Any, Any]:
    ours = version_of(client, name, challenger)
    if ours is None:
        raise UsageError(
            f"no version of {name!r} has the alias {challenger!r} in the registry.",
            hint=f"cx.log_run(..., register_as={name!r}, alias={challenger!r}) gives it to one.",
        )
    theirs = version_of(client, name, champion)
    if theirs is not None and theirs.version == ours.version:
        raise UsageError(
            f"version {ours.version} of {name!r} is {champion!r} already.",
            hint=f"give the alias {challenger!r} to a version trained later.",
        )
    return ours, theirs


def _loaded(client: Any, name: str, version: Any, trust: Iterable[type | str]) -> ChurnModel:
    return load_model(f"models:/{name}/{version.version}", trust=trust, tracking_uri=client.tracking_uri)


def _check_question(new: ChurnModel, old: ChurnModel) -> None:
    if new.churn_ != old.churn_:
        raise MismatchError(
            f"the challenger answers {new.churn_!r}, the champion {old.churn_!r}: which is better cannot be said.",
            allowed="two models of one churn definition",
            hint="register models of another definition under another name.",
        )


def _decided(contest: Contest, case: _Case, *, replicates: int, random_state: int | None) -> Promotion:
    rule = case.rule
    if rule == NOT_WORSE and contest.challenger.learned_from_.last <= contest.champion.learned_from_.last:
        why = (
            f'By the rule "{NOT_WORSE}" a challenger has to have learned from later cut-offs, and it learned up to '
            f"{contest.challenger.learned_from_.last}, the champion up to {contest.champion.learned_from_.last}."
        )
        return case.said(False, why)
    panel, compared = contest.panel(contest.after_both), FITS
    if not enough(panel):
        panel, compared = contest.panel(contest.after_champion), RECIPE
    if panel is None or not enough(panel):
        return _too_early(contest, panel, case)
    judged = contest.challenger if compared == FITS else contest.refitted(panel)
    evaluation = contest.judged(judged, panel, replicates=replicates, random_state=random_state)
    return _ruled(contest, evaluation, compared, case)


def _too_early(contest: Contest, panel: Any, case: _Case) -> Promotion:
    start, gap = contest.after_champion, contest.gap
    known = 0 if panel is None else len(np.unique(panel.cutoffs))
    matures = iso(start + known * gap + contest.reach)
    what = (
        "No outcome is" if panel is None else f"Outcomes of fewer than {LEAST} customers who left, or who stayed, are"
    )
    why = (
        f"{what} known yet after {iso(start)}, up to when the champion has learned. The next cut-off's outcomes are known on "
        f"{matures}."
    )
    return case.said(False, why, matures=matures)


def _ruled(contest: Contest, evaluation: Evaluation, compared: str, case: _Case) -> Promotion:
    rule, margin = case.rule, case.margin
    rows = evaluation.differences
    row = rows[(rows["metric"] == _METRIC) & (rows["cutoff"] == "pooled")].iloc[0]
    difference, low, high = (float(row[key]) for key in ("difference", "low", "high"))
    bound = margin if rule == NOT_WORSE else 0.0
    promoted = high < bound
    said = f"Log loss of the challenger less that of the champion: {difference:+.4f} [{low:+.4f}, {high:+.4f}]"
    on = f"on {evaluation.headline()}"
    verdict = {
        (NOT_WORSE, True): f"a loss of more than {margin:g} is excluded, and it has learned from later cut-offs",
        (NOT_WORSE, False): f"a loss of more than {margin:g} is not excluded",
        (BETTER, True): "it is better",
        (BETTER, False): "it is not shown to be better",
    }[rule, promoted]
    whose = "" if compared == FITS else f" {_recipe_words(evaluation)}"
    matures = None if promoted else _when(contest, evaluation, difference, high, bound)
    later = "" if matures is None else f" At this difference one may know on {matures}."
    why = f'{said}, {on}. By the rule "{rule}" {verdict}.{whose}{later}'
    return case.said(promoted, why, compared=compared, differences=rows, evaluation=evaluation, matures=matures)


def _recipe_words(evaluation: Evaluation) -> str:
    first = iso(evaluation.predictions["cutoff"].min().to_datetime64())
    return (
        f"Compared was the challenger's recipe, fitted on what was known on {first}, not the challenger's own fit: too few"
        " outcomes are known yet that it has not learned from."
    )


def _when(contest: Contest, evaluation: Evaluation, difference: float, high: float, bound: float) -> str | None:
    """Return when the interval will be narrow enough, if the difference stays as it is and outcomes come as they did."""
    if difference >= bound or not math.isfinite(high):
        return None
    times = np.unique(evaluation.predictions["cutoff"].to_numpy(dtype="datetime64[us]"))
    # an interval narrows with the square root of what it rests on
    factor = ((high - difference) / (bound - difference)) ** 2
    more = max(1, math.ceil((factor - 1) * times.size))
    return iso((times[-1] + more * contest.gap + contest.reach).astype("datetime64[D]").astype("datetime64[us]"))


def _moved(client: Any, found: Promotion, alias: str, ours: Any, theirs: Any) -> Promotion:
    """Move the alias where it is to move and nobody moved it meanwhile; write down what was decided."""
    try:
        client.set_model_version_tag(found.name, ours.version, _TAG, str(found)[:5000])
        if found.promoted:
            now = version_of(client, found.name, alias)
            if (now and now.version) != (theirs and theirs.version):
                raise UsageError(
                    f"the alias {alias!r} of {found.name!r} was moved while the models were compared.",
                    hint="compare again.",
                )
            client.set_registered_model_alias(found.name, alias, ours.version)
    except failures() as error:
        raise UsageError(f"the registry does not take the decision: {str(error).splitlines()[0]}\n{found}") from error
    return found
