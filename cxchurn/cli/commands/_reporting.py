"""What `cxchurn report` does, and what the demonstration shares with it: read, call, write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cxchurn as cx
from cxchurn._core import UsageError, step
from cxchurn.cli._config import read_run
from cxchurn.cli._language import in_language, spoken_by
from cxchurn.cli._log_part import LogPart, inputs_of, read_log
from cxchurn.cli._options import given
from cxchurn.cli._output import check_apart, check_writable
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import paragraph, where_to_look
from cxchurn.words import as_spoken, said

if TYPE_CHECKING:
    import pandas as pd

_EXAMPLE = "pipelines/report.toml is an example."
# customers whose explanation the page sums up; of more, some are taken at equal steps down the list
_EXPLAINED = 20_000
# customers followed from touchpoint to touchpoint, and for how long
_FOLLOWED, _SINCE = 5_000, timedelta(days=90)


@dataclass(frozen=True)
class ReportPart:
    """``[report]``: of which model, as of when, and where to."""

    model: str | None = None
    out: str = "report.html"
    at: str | None = None
    title: str | None = None
    language: str | None = None
    value: str | None = None
    bands: str | None = None
    references: str | None = None
    allow_shallow: bool = False
    allow_missing: bool = False
    judged: bool = True
    test_from: str | None = None
    touchpoints: bool = True
    trust: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReportConfig:
    """A whole report."""

    log: LogPart
    report: ReportPart


def report(config: Path | None, log: dict[str, Any], options: dict[str, Any]) -> None:
    """Write a report on a saved model and a log, as a TOML file and options say."""
    whole = report_config(config, log, options)
    with spoken_by(whole.report.language):
        _report(whole, config)


def _report(whole: ReportConfig, config: Path | None) -> None:
    part, out = whole.report, Path(whole.report.out)
    read_from = (*inputs_of(whole.log), part.model, part.references, part.value, part.language, config)
    check_apart([out], [one for one in read_from if one])
    check_writable(out.parent)
    model = in_language(cx.load_model(str(part.model), trust=own_classes(part.trust)), part.language)
    read = read_log(whole.log, like=model)
    references = None if part.references is None else cx.read_references(part.references)
    wanted = {name: getattr(part, name) for name in ("at", "value", "bands", "allow_shallow", "allow_missing")}
    scores = cx.score(model, read, reasons=3, references=references, **wanted)
    panel = evaluation = None
    if part.judged:
        panel, evaluation = _judged(model, read, part)
    explanation = explained(model, read, scores, references=references)
    ledger = None
    if part.touchpoints:
        ledger = followed(model, read, scores, references=references, value=part.value)
    out.parent.mkdir(parents=True, exist_ok=True)
    written = cx.write_report(
        out,
        model=model,
        evaluation=evaluation,
        explanation=explanation,
        scores=scores,
        panel=panel,
        touchpoints=ledger,
        title=part.title,
    )
    paragraph(as_spoken(scores.attrs["summary"]))
    where_to_look({"report": written})


def explained(
    model: cx.ChurnModel, log: cx.InteractionLog, scores: pd.DataFrame, *, references: cx.References | None = None
) -> cx.Explanation:
    """Explain the customers of a list of scores, or some of them at equal steps down the list, by the model that made it."""
    asked = scores.dropna(subset="churn_probability")
    some = asked.iloc[:: max(1, -(-len(asked) // _EXPLAINED))]
    rows = some[["customer_id", "as_of"]].rename(columns={"as_of": "cutoff"}).reset_index(drop=True)
    with step(f"explaining {len(rows):,} customers"):
        return cx.explain(model, rows, references=references, log=log)


def followed(
    model: cx.ChurnModel,
    log: cx.InteractionLog,
    scores: pd.DataFrame,
    *,
    references: cx.References | None = None,
    value: Any = None,
) -> cx.Ledger | None:
    """Follow customers over the three months before the scores, from touchpoint to touchpoint; None where there are none."""
    if not len(scores):
        return None
    until = scores["as_of"].iloc[0]
    options = {"sample": _FOLLOWED, "value": value, "references": references}
    try:
        return cx.touchpoints(model, log, since=until - _SINCE, until=until, **options)
    except cx.DataError:
        return None  # nobody is asked about in that time


def report_config(path: Path | None, log: dict[str, Any], options: dict[str, Any]) -> ReportConfig:
    """Read a file, if there is one, and put over it what the command line gives; None where nothing was given."""
    whole = read_run(ReportConfig, path, {"log": log, "report": given(options)}, example=_EXAMPLE)
    if not (whole.log.interactions or whole.log.query or whole.log.source):
        raise _missing("log")
    if not whole.report.model:
        raise _missing("model")
    return whole


def _judged(model: cx.ChurnModel, log: cx.InteractionLog, part: ReportPart) -> tuple[Any, Any]:
    """Return what the model learned from and how good it is; where that cannot be told the reason is said instead."""
    panel = evaluation = None
    try:
        panel = cx.learned_panel(model, log, at=part.at)
        with step("judging"):
            evaluation = cx.evaluate_saved(model, log, at=part.at, test_from=part.test_from)
    except (cx.UsageError, cx.DataError) as error:
        if part.test_from is not None:
            raise
        paragraph(said("scores", "not_judged", error=str(error)))
    return panel, evaluation


def _missing(option: str) -> UsageError:
    return UsageError(
        f"Missing option '--{option}'.",
        allowed="--model and --log, or a TOML file that says them",
        hint="Try 'cxchurn report -h' for help.",
    )
