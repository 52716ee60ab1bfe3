"""A training run from log to tracked model, as the commands `train` and `demo` share it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import step
from cxchurn.cli._config import OutputPart
from cxchurn.cli._say import paragraph, say
from cxchurn.cli.commands._reporting import followed


@dataclass(frozen=True)
class Trained:
    """What a training run leaves behind: the evaluated model, the final one on all cut-offs, and what was found.

    The evaluation is of the first, for nothing later than the second is known yet; the explanation is of the second.
    """

    model: cx.ChurnModel
    final: cx.ChurnModel
    panel: cx.Panel
    test: cx.Panel
    evaluation: cx.Evaluation
    explanation: cx.Explanation


def train(log: cx.InteractionLog, blank: cx.ChurnModel, cutoffs: Any, test_from: str, part: OutputPart) -> Trained:
    """Train on earlier cut-offs, judge on later ones, then train once more on all of them."""
    assert blank.churn is not None  # every command says what churn is
    with step("making the panel"):
        panel = cx.make_panel(log, blank.churn, cutoffs=cutoffs)
        past, test = panel.split(test_from)
    _check_tracking(part)
    _say_panel(panel)
    enough = cx.sufficiency(past, test=test)
    enough.check()
    say(f"\n{enough}\n")
    _say_hindsight(past)
    _say_families(past)
    model = blank.fit(past)
    with step("judging on later cut-offs"):
        evaluation = cx.evaluate(model, test, random_state=blank.random_state)
    with step("training once more, on all cut-offs"):
        final = cx.ChurnModel(**blank.get_params(deep=False)).fit(panel)
    with step("explaining"):
        references = cx.refresh(final, log, at=test.cutoffs, at_least=0.0)
        explanation = cx.explain(final, test, references=references)
    return Trained(model, final, panel, test, evaluation, explanation)


def _say_panel(panel: cx.Panel) -> None:
    say("\nWho is asked about\n")
    for note in panel.notes:
        paragraph(f"- {note}", indent="  ")


def _say_hindsight(past: cx.Panel) -> None:
    with step("looking for hindsight"):
        found = cx.check_hindsight(past.log, past.definition)
    if not len(found):
        return
    paragraph("Columns that only make sense with hindsight:")
    for row in found.to_dict("records"):
        paragraph(
            f"- {row['column']} ({row['where']}): {row['why']} ({row['evidence']}). To do: {row['advice']}.",
            indent="  ",
        )
    say()


def _say_families(past: cx.Panel) -> None:
    definition = past.definition
    with step("choosing the feature families"):
        families = cx.FeatureSet(log=past.log, horizon=definition.horizon, churn=definition).fit(past.frame).families_
    off = families[~families["on"]]
    paragraph(f"Feature families on: {families['on'].sum()} of {len(families)}, {families['columns'].sum()} columns.")
    for row in off.to_dict("records"):
        paragraph(f"- {row['builder']} is off: {row['why']}", indent="  ")
    say()


def _check_tracking(part: OutputPart) -> None:
    """Find out before the training whether it can be written down as it is asked for."""
    # here, not above: the help of the command line loads no model
    from cxchurn.tracking import check_asked, check_store

    check_asked(part.register_as, part.alias, part.tags)
    check_store(part.tracking_uri)


def keep(
    trained: Trained, part: OutputPart, *, scores: Any = None, whose: cx.Explanation | None = None
) -> tuple[Path, Path, cx.Run]:
    """Write the model and the report, and the run to MLflow; return the two paths and the run.

    The report is about the model that is kept, throughout: of the customers scored, whose explanation is given, or else of
    the rows that were judged.
    """
    folder = Path(part.folder)
    model = trained.final.save(folder / "model")
    report = cx.write_report(
        folder / "report.html",
        model=trained.final,
        evaluation=trained.evaluation,
        explanation=trained.explanation if whose is None else whose,
        scores=scores,
        panel=trained.panel,
        touchpoints=None if scores is None else followed(trained.final, trained.panel.log, scores),
    )
    try:
        run = cx.log_run(
            trained.model,
            trained.evaluation,
            trained.explanation,
            final=trained.final,
            report=report if scores is None else None,
            experiment=part.experiment,
            register_as=part.register_as,
            alias=part.alias,
            tags=part.tags,
            tracking_uri=part.tracking_uri,
        )
    except cx.UsageError as error:
        kept = f"{error.hint} The model itself is in {model}, the report is {report}."
        raise cx.UsageError(error.found, allowed=error.allowed, hint=kept) from error
    return model, report, run
