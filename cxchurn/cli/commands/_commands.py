"""What each command does: read, call, write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import on_clock, step
from cxchurn.cli._config import (
    CutoffsPart,
    ModelPart,
    OutputPart,
    churn_of,
    cutoffs_of,
    model_of,
    read_config,
)
from cxchurn.cli._log_part import LogPart, check_there, data_and_schema, inputs_of, read_log
from cxchurn.cli._output import check_apart, check_replaced, check_writable
from cxchurn.cli._say import described, paragraph, risky, say, scored, where_to_look
from cxchurn.cli.commands._reporting import explained
from cxchurn.cli.commands._training import Trained, keep
from cxchurn.cli.commands._training import train as train_on


def demo(out: Path) -> None:
    """Run the main job on the sample."""
    check_writable(out)
    sample = _sample(out)
    log = cx.read_interactions(
        sample.interactions, sample.interactions.with_name("schema.toml"), customers=sample.customers
    )
    described(log)
    blank = model_of(cx.Inactivity("60D", active_within="60D"), ModelPart())
    cutoffs, output = CutoffsPart(start="2024-01-01", test_from="2024-10-01"), OutputPart(folder=str(out))
    trained = train_on(log, blank, cutoffs_of(cutoffs), cutoffs.test_from, output)
    scores = cx.score(trained.final, log, reasons=3)
    file = cx.write_scores(scores, out / "scores.parquet")
    whose = explained(trained.final, log, scores)
    model, report, run = keep(trained, output, scores=scores, whose=whose)
    _summary(trained, whose)
    _scored(scores, trained.final)
    places: dict[str, str | Path] = {
        "report": report,
        "scores": file,
        "model": model,
        "tracked run": run.look,
    }
    where_to_look(places)


def schema(part: LogPart) -> None:
    """Print a guess of what the columns of a log mean."""
    # printed as it is written: it goes to a file
    check_there(part, flag="LOG")
    say(cx.propose_schema(data_and_schema(part)[0]).rstrip("\n"))


def validate(part: LogPart, quarantine: Path | None, *, as_json: bool = False) -> int:
    """Check a log and print what was found."""
    check_there(part, flag="LOG")
    log, schema = data_and_schema(part)
    customers = part.customers
    if quarantine is not None:
        # here, not above: the help of the command line reads nothing
        from cxchurn.interactions import check_quarantine

        check_quarantine(quarantine, inputs_of(part))
        check_writable(quarantine.parent)
    with step("checking"):
        validation = cx.validate_interactions(log, schema, customers=customers)
    if as_json:
        say(json.dumps(validation.to_dict(), indent=2, ensure_ascii=False))
    else:
        _checked(validation)
    if quarantine is not None:
        cx.read_interactions(log, schema, customers=customers, on_error="quarantine", quarantine=quarantine)
        if not as_json:
            say(f"\nThe refused rows are in {quarantine}.")
    return 0 if validation.ok else 1


def _checked(validation: cx.Validation) -> None:
    say(str(validation))
    for sentence in validation.advice:
        paragraph(f"Hint: {sentence}")
    if validation.description is not None:
        kept = "" if validation.ok else "What the rows kept hold:\n"
        say(f"\n{kept}{validation.description.short()}")


def train(config: Path, tune: int | None = None, of_log: Mapping[str, Any] | None = None) -> None:
    """Train as a TOML file says; a number of trials, and what is said of the log, go before what the file says."""
    said = read_config(config, of_log)
    part = said.model if tune is None else replace(said.model, tune=tune)
    blank, cutoffs = model_of(churn_of(said.churn), part), cutoffs_of(said.cutoffs)
    check_writable(Path(said.output.folder))
    folder, read = Path(said.output.folder), [config, *inputs_of(said.log)]
    check_apart([folder / "report.html"], read)
    check_replaced(folder / "model", read)
    log = read_log(said.log)
    described(log)
    trained = train_on(log, blank, cutoffs, said.cutoffs.test_from, said.output)
    model, report, run = keep(trained, said.output)
    _summary(trained, trained.explanation)
    places: dict[str, str | Path] = {"report": report, "model": model, "tracked run": run.look}
    where_to_look(places | ({"registered": run.registered} if run.registered else {}))


def simulate(out: Path, customers: int, start: str, end: str, random_state: int) -> None:
    """Simulate a company and write its files."""
    # here, not above: the help of the command line simulates nothing
    from cxchurn.datasets import check_folder

    check_writable(out)
    check_folder(out)
    with step(f"simulating {customers:,} customers"):
        simulation = cx.simulate(customers, start, end, random_state=random_state)
    files = cx.write_simulation(simulation, out)
    paragraph(repr(simulation))
    where_to_look(files._asdict())


def _sample(out: Path) -> Any:
    try:
        return cx.load_sample()
    except cx.UsageError:
        return cx.sample_files(out / "sample")


def _summary(trained: Trained, whose: cx.Explanation) -> None:
    say()
    paragraph(f"Asked about: {trained.model.churn_.says}.")
    say(
        f"\nHow good on later cut-offs ({len(trained.test):,} customers at cut-offs, {trained.test.y.mean():.1%} churned)\n"
    )
    say(str(trained.evaluation))
    _drivers(whose)
    say("\nHow it was made\n")
    for note in trained.final.notes_:
        if note in trained.panel.notes:  # said before training
            continue
        paragraph(f"- {note}", indent="  ")


def _drivers(whose: cx.Explanation) -> None:
    """Print what moves the risk most, as the report has it."""
    if not len(whose):
        return
    assert whose.days is not None  # it has rows
    first, last = whose.days
    when = f"as of {last}" if first == last else f"at cut-offs from {first} to {last}"
    customers = whose.rows["customer_id"].nunique()
    say()
    paragraph(f"What moves the risk, and its share of all that does (of {customers:,} customers, {when})")
    say()
    for row in cx.importance(whose).head(6).to_dict("records"):
        say(f"  {row['words'][:39]:<39}{row['share']:5.0%}  {'▇' * round(30 * row['share'])}")


def _scored(scores: Any, model: cx.ChurnModel) -> None:
    zone = model.features_.timezone_
    day = str(on_clock(scores["as_of"].iloc[0].to_datetime64(), zone))[:10] if len(scores) else "?"
    say()
    scored(len(scores), day, model.version_, scores["band"].value_counts())
    paragraph(scores.attrs["summary"])
    compared = scores["references_version"].iloc[0] if len(scores) else "none"
    if compared != "none":
        paragraph(f"Compared with customers in general as of {compared[:10]} (references {compared}).")
    risky(scores)
