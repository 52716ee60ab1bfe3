"""What came of a run, in numbers and words."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DAY, instant, iso, listed, on_clock, peak_memory_mb, write_whole
from cxchurn.features import began_of, reach
from cxchurn.model import FittedModel, versions
from cxchurn.scoring._words import NOT_ELIGIBLE
from cxchurn.scoring.batch._listing import Listing
from cxchurn.scoring.batch._prepared import Prepared
from cxchurn.scoring.batch._stages import Stages
from cxchurn.scoring.batch._unseen import unseen_labels

_BANDS = ("high", "medium", "low")
# what a notebook shows of a table
_FIRST = 10


@dataclass(frozen=True, eq=False)
class ScoreSummary:
    """What came of a batch of scores: how many, who was left out and why, and what it took; made by `score_to`.

    Attributes
    ----------
    out : str
        Where the scores are.
    as_of : str
        The cut-off, UTC.
    timezone : str
        Of the log, on whose clock people read the cut-off.
    model_version, references_version : str
    rows, known, asked, already_silent : int
        Rows written; customers known before the cut-off; those asked about; those of them already silent.
    not_asked : dict of str to int
        How many are not asked about, by the reason why.
    bands : dict of str to int
        How many of those asked about are in each band, and the rule.
    mean_probability : float or None
        The share of those asked about that is expected to leave.
    mean_probability_range : list of two floats, or None
        Between which shares it will lie in nine cases of ten, by how far whole cut-offs were off in training: in a good month
        fewer leave, in a bad one more, of all alike. None where the model had no folds to learn that from.
    expected_loss : float or None
        The sum over those of whom a value is known.
    log : dict
        ``rows``, ``first``, ``last``, ``sha256`` (`fingerprint`), ``refused``, ``repeated`` (by their
        ``event_id``) and ``rules`` (how many rows broke which).
    unseen : dict
        Labels of the log that the model never met, by column: `unseen_labels`.
    depth : dict
        Where the log begins, how far its histories reach back, and how far they did in training.
    notes : list of str
    parts, resumed : int
        In how many parts the customers were scored, and how many of them an earlier run had finished.
    seconds : dict of str to float
        On the clock: ``reading``, ``preparing``, ``scoring``, ``writing``.
    cpu_seconds : dict of str to float
        Of all processors: ``features``, ``prediction``, ``contributions``, ``words``, ``writing``.
    peak_memory_mb : float or None
        The most that this process has held so far.
    versions : dict of str to str
        Of cxchurn, the libraries that make its numbers, and Python.
    says : str
        Who is asked about and who is not, in words.
    first : DataFrame
        The first rows of the list; not in `to_dict`.
    """

    out: str
    as_of: str
    timezone: str
    model_version: str
    references_version: str
    rows: int
    known: int
    asked: int
    already_silent: int
    not_asked: dict[str, int]
    bands: dict[str, Any]
    mean_probability: float | None
    mean_probability_range: list[float] | None
    expected_loss: float | None
    log: dict[str, Any]
    unseen: dict[str, dict[str, Any]]
    depth: dict[str, Any]
    notes: list[str]
    parts: int
    resumed: int
    seconds: dict[str, float]
    cpu_seconds: dict[str, float]
    peak_memory_mb: float | None
    versions: dict[str, str]
    says: str
    first: pd.DataFrame = field(repr=False)

    @property
    def day(self) -> str:
        """The cut-off on the clock of the log: a day, and the hour where it is not midnight."""
        return iso(on_clock(instant(self.as_of), self.timezone))

    def __repr__(self) -> str:
        counts = listed(f"{self.bands.get(name, 0):,} {name}" for name in _BANDS)
        lines = [
            f"ScoreSummary: {self.rows:,} customers in {self.out}, as of {self.day}, by model {self.model_version}",
            f"  {counts}; {self.known - self.asked:,} not asked about",
            *self._expected(),
            *(f"  note: {note}" for note in self.notes),
            f"  {sum(self.seconds.values()):.1f} s: "
            + listed(f"{name} {spent:.1f}" for name, spent in self.seconds.items()),
        ]
        return "\n".join(lines)

    def _expected(self) -> list[str]:
        if self.mean_probability is None:
            return []
        about = f"  about {self.mean_probability:.0%} of those asked about are expected to leave"
        if self.mean_probability_range is None:
            return [about]
        low, high = self.mean_probability_range
        return [f"{about}, {low:.0%} to {high:.0%}"]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rows as what JSON can hold."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "first"}

    def to_json(self) -> str:
        """Return the same as text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def write(self, path: str | Path) -> Path:
        """Write it to a JSON file, whole or not at all."""
        return write_whole(Path(path), lambda file: file.write_text(self.to_json() + "\n", encoding="utf-8"))


def summarised(
    run: Prepared, found: Listing, stages: Stages, *, out: str, resumed: int, log: dict[str, Any]
) -> ScoreSummary:
    """Put together what came of a run."""
    bands, counts = np.unique(found.band.astype(str), return_counts=True)
    said: dict[str, Any] = dict.fromkeys(_BANDS, 0) | dict(zip(bands.tolist(), counts.tolist(), strict=True))
    said["by"] = str(run.rule) if run.rule is not None else run.model.bands_.says
    said[NOT_ELIGIBLE] = len(run.rest)
    loss = None if found.loss is None else float(np.nansum(found.loss))
    peak = peak_memory_mb()
    return ScoreSummary(
        out=out,
        as_of=iso(run.cutoff),
        timezone=run.log.timezone,
        model_version=run.model.version_,
        references_version=run.references.version(run.cutoff),
        rows=len(found),
        known=int(run.who.asked.size),
        asked=len(run.asked),
        already_silent=int(run.who.already_silent.sum()),
        not_asked=run.who.counts(),
        bands=said,
        mean_probability=float(found.probability.mean()) if found.probability.size else None,
        mean_probability_range=_range(run.model, found.probability),
        expected_loss=loss,
        log={**log, **_refused(run)},
        unseen=unseen_labels(run.features, run.log, run.cutoff),
        depth=_depth(run),
        notes=list(run.notes),
        parts=len(run.batches),
        resumed=resumed,
        seconds={name: round(spent, 3) for name, spent in stages.seconds.items()},
        cpu_seconds={name: round(spent, 3) for name, spent in stages.cpu.items()},
        peak_memory_mb=None if peak is None else round(peak, 1),
        versions={**versions(), "python": platform.python_version()},
        says=run.says,
        first=next(found.blocks()).slice(0, _FIRST).to_pandas(),
    )


def _range(model: FittedModel, probability: np.ndarray) -> list[float] | None:
    if model.level_ is None or not probability.size:
        return None
    return [round(end, 6) for end in model.level_.ends(np.log(probability) - np.log1p(-probability))]


def _refused(run: Prepared) -> dict[str, Any]:
    validation = run.log.validation
    rules: dict[str, int] = {}
    for one in validation.broken:
        rules[one.rule] = rules.get(one.rule, 0) + one.rows
    counts = {"refused": validation.rows_refused, "repeated": validation.rows_repeated}
    return {"rows_read": validation.rows_read, **counts, "rules": rules}


def _depth(run: Prepared) -> dict[str, Any]:
    """Say how far back the histories of those asked about reach, and how far those of training did."""
    depths = run.features.depths_
    said: dict[str, Any] = {
        "training_log_began": None if depths.log_start is None else iso(np.datetime64(depths.log_start, "us")),
        "training_days": [depths.shallowest, depths.deepest],
    }
    began, at = began_of(run.log, run.asked["customer_id"].to_numpy(), run.asked["cutoff"].to_numpy())
    if at.size:
        first = np.datetime64(int(began.min()), "us").astype("datetime64[D]")
        middle = int(np.median(at - began)) // DAY
        said |= {"log_begins": iso(first), "days": int(reach(began, at)[0]), "median_days_first_seen": middle}
    return said
