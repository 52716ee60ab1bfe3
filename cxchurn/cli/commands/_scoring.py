"""What `cxchurn score` and `cxchurn compare` do: read, call, write."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import cxchurn as cx
from cxchurn._core import instant, logger, quiet_progress, step
from cxchurn.cli._language import in_language, spoken_by
from cxchurn.cli._log_part import inputs_of, read_log
from cxchurn.cli._output import check_apart, check_twice, check_writable
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import paragraph, risky, say, scored, where_to_look
from cxchurn.cli._score_config import ScoreConfig, ScorePart, check_whole, score_config
from cxchurn.words import Together, as_spoken, said, value_words


def score(config: Path | None, log: dict[str, Any], options: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    """Score every customer of a log, as a TOML file and options say."""
    whole = score_config(config, log, options)
    with spoken_by(whole.score.language), _quietly() if quiet else nullcontext():
        _score(whole, config, as_json=as_json, quiet=quiet)


@contextmanager
def _quietly() -> Iterator[None]:
    """Let nothing be said inside but warnings and errors."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with quiet_progress():
            yield
    finally:
        logger.setLevel(level)


def compare(before: str, now: str, out: Path | None, *, as_json: bool) -> None:
    """Compare two nights of scores."""
    if out is not None:
        check_apart([out], [before, now])
        check_writable(out.parent)
    found = cx.compare_scores(before, now)
    say(found.to_json() if as_json else str(found))
    if out is not None:
        cx.write_scores(found.customers, out)
        if not as_json:
            where_to_look({"changes": out})


def _score(config: ScoreConfig, file: Path | None, *, as_json: bool, quiet: bool = False) -> None:
    # here, not above: the help of the command line reads no log
    from cxchurn.interactions import say_what_was_exceeded

    check_whole(config)
    part = config.score
    _check_places(config, file, as_json=as_json)
    model = in_language(cx.load_model(str(part.model), trust=own_classes(part.trust)), part.language)
    given = None if part.references is None else cx.read_references(part.references)
    began = time.perf_counter()
    log = _read_for(model, config)
    stages = _stages(time.perf_counter() - began)
    if part.refresh:
        with step("looking at customers in general"):
            given = cx.refresh(model, log, at=part.at)
    options = {name: getattr(part, name) for name in _PASSED}
    summary = cx.score_to(model, log, str(part.out), references=given, stages=stages, **options)
    if config.log.memory_limit is not None:
        say_what_was_exceeded(config.log.memory_limit, summary.peak_memory_mb)
    written = _beside(part, summary, given, as_json=as_json)
    if as_json:
        say(summary.to_json())
    elif not quiet:
        _said(summary, model, written, compared=given is None or bool(given.tables) or not part.refresh)


_PASSED = (
    *("at", "reasons", "allow_shallow", "allow_missing", "bands", "intervals", "value", "exclude", "top"),
    *("partitioned", "resume", "work"),
)


def _check_places(config: ScoreConfig, file: Path | None, *, as_json: bool) -> None:
    """Refuse what cannot be written, before the log is read, which may take long."""
    # here, not above: the help of the command line loads no model
    from cxchurn.interactions import check_quarantine
    from cxchurn.scoring import place_of

    part = config.score
    if part.refresh and part.references is not None:
        raise cx.UsageError(
            "--refresh makes the tables to compare by, --references names some.",
            allowed="one of them",
            hint="--refresh for the nightly run over everybody, --references for runs over some customers.",
        )
    read = [*inputs_of(config.log), part.model, part.references, part.exclude, part.value, part.language, file]
    place = place_of(part.out, instant("1970-01-01"), partitioned=part.partitioned)
    read = [one for one in read if one]
    # scores may go into the database that the log is in: no table is written to but one of scores
    apart = [_without_database(one) for one in read] if place.keeps_others else read
    wanted = (place.target, place.summary if as_json else None, place.references if part.refresh else None)
    outputs = [one for one in wanted if one is not None]
    check_apart(outputs, apart)
    for one in outputs:
        check_writable(one.parent)
    if config.log.quarantine is not None:
        refused = check_quarantine(config.log.quarantine, read)
        check_twice(outputs, refused)
        check_writable(refused[0].parent)


def _without_database(one: Any) -> Any:
    """Return what is read without the databases that are asked."""
    if isinstance(one, cx.Source):
        return cx.Source(_without_database(one.data), one.schema)
    return cx.Query(one.sql, uri=one.uri) if isinstance(one, cx.Query) else one


def _read_for(model: cx.ChurnModel, config: ScoreConfig) -> cx.InteractionLog:
    """Read the columns that the model asks for, and no others."""
    try:
        return read_log(config.log, only=model.features_.columns_, like=model)
    except cx.UsageError:
        # it lacks one of them: read as a whole, so that it is said what the model misses
        return read_log(config.log, like=model)


def _stages(reading: float) -> Any:
    from cxchurn.scoring import Stages

    stages = Stages()
    stages.seconds["reading"] = reading
    return stages


def _beside(part: ScorePart, summary: cx.ScoreSummary, given: Any, *, as_json: bool) -> dict[str, str | Path]:
    """Write what stands beside the scores, and return everything that was written."""
    from cxchurn.scoring import place_of

    place = place_of(part.out, instant(summary.as_of), partitioned=part.partitioned)
    written: dict[str, str | Path] = {"scores": summary.out}
    if part.refresh and place.references is not None:
        written["references"] = cx.write_references(given, place.references)
    elif part.refresh:
        logger.warning("the tables that were made are not kept: nothing lies beside a database.")
    if as_json and place.summary is not None:
        written["summary"] = summary.write(place.summary)
    return written


def _said(summary: cx.ScoreSummary, model: cx.ChurnModel, written: dict[str, str | Path], *, compared: bool) -> None:
    say()
    scored(summary.known, summary.day[:10], model.version_, summary.bands)
    paragraph(as_spoken(summary.says))
    for sentence in _about(summary):
        paragraph(sentence)
    risky(summary.first)
    _took(summary)
    if not compared:
        paragraph(said("scores", "nobody_compared"))
    where_to_look(written)


def _about(summary: cx.ScoreSummary) -> Iterator[str]:
    """Yield how many are expected to leave, and what to know of a run that was not as plain as can be."""
    if summary.mean_probability_range is not None:
        low, high = summary.mean_probability_range
        yield said("scores", "expected_range", share=summary.mean_probability, low=low, high=high)
    elif summary.mean_probability is not None:
        yield said("scores", "expected", share=summary.mean_probability)
    if summary.rows < summary.known:
        yield said("scores", "first_ones", rows=summary.rows)
    if summary.expected_loss is not None:
        yield said("scores", "loss", loss=summary.expected_loss)
    if summary.log["refused"]:
        yield said("scores", "set_aside", n=summary.log["refused"], read=summary.log["rows_read"])
    if summary.log["repeated"]:
        yield said("scores", "repeated", n=summary.log["repeated"])
    for column, found in summary.unseen.items():
        labels = {"n": found["labels"], "rows": found["rows"], "such": Together(found["such_as"])}
        yield said("scores", "unseen", column=column, **labels)
    if summary.references_version != "none":
        version = summary.references_version
        yield said("scores", "compared", day=version[:10], version=version)


def _took(summary: cx.ScoreSummary) -> None:
    clock, work = (
        Together(
            said("scores", "spent", stage=value_words("scores", name), seconds=spent) for name, spent in one.items()
        )
        for one in (summary.seconds, summary.cpu_seconds)
    )
    say()
    paragraph(said("scores", "took", clock=clock, work=work, memory=summary.peak_memory_mb or 0))
