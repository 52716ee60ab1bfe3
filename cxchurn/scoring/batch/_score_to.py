"""Scoring everybody into a place: a nightly run that can be trusted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cxchurn._core import Scratch, UsageError, step
from cxchurn.features import References, language_said
from cxchurn.interactions import InteractionLog, fingerprint
from cxchurn.model import ChurnModel, versions
from cxchurn.scoring._fitted import fitted
from cxchurn.scoring.batch._bands import BandRule
from cxchurn.scoring.batch._listing import Listing, listing
from cxchurn.scoring.batch._places import Place, place_of
from cxchurn.scoring.batch._prepared import Prepared, prepare
from cxchurn.scoring.batch._scored import scored_rows
from cxchurn.scoring.batch._stages import Stages
from cxchurn.scoring.batch._summary import ScoreSummary, summarised
from cxchurn.scoring.batch._wanted import Wanted
from cxchurn.scoring.batch._work import Work, digest_of, working


def score_to(
    model: ChurnModel | str | Path,
    log: InteractionLog,
    out: str | Path,
    *,
    at: Any = None,
    reasons: int = 0,
    references: References | str | Path | None = None,
    allow_shallow: bool = False,
    allow_missing: bool = False,
    bands: BandRule | str | None = None,
    intervals: bool | float = False,
    value: Any = None,
    exclude: Any = None,
    top: int | None = None,
    partitioned: bool = False,
    resume: bool = False,
    work: str | Path | None = None,
    stages: Stages | None = None,
) -> ScoreSummary:
    """Tell for every customer how likely they are to leave, and write it somewhere: everything or nothing.

    The same rows as `score` gives, part by part of the log and never all features at once. Finished parts are kept in a
    folder beside the place; whoever is killed can go on with ``resume=True``, and the place is changed in one step at the
    end. Two runs into one place at a time are refused.

    Parameters
    ----------
    model, log, at, reasons, references, allow_shallow, allow_missing, bands, intervals, value, exclude, top
        As for `score`.
    out : path or address
        A file ending in ``.parquet`` or ``.csv``; a folder, for ``scores.parquet`` in it; a table of a DuckDB file as
        ``"scores.duckdb#nightly"``; or of PostgreSQL as ``"postgresql://user@host/database#schema.table"`` (the extra
        ``postgres``). In a table, which is made where it is missing, rows of the same customers and cut-off are replaced.
    partitioned : bool, default False
        The folder holds a folder for each cut-off, ``night=2025-01-01T000000Z/part-0000.parquet``, so that nights stand side
        by side. Whoever reads the folder as one table finds the instant in ``as_of``, and the folder's name in ``night``.
    resume : bool, default False
        Go on with the parts that an earlier run finished. The result is the same to the byte.
    work : path, optional
        The folder for finished parts. Default: beside the place; for PostgreSQL a temporary one, which nobody can go on with.
    stages : Stages, optional
        Where time is written down beside the summary.

    Returns
    -------
    ScoreSummary

    Raises
    ------
    UsageError
        Where another run is scoring into the same place; where finished parts are of another run; where a place cannot be
        written to (a full disk too), or a table has other columns.
    MissingExtraError
        Where PostgreSQL is asked for and its driver is not installed.

    Examples
    --------
    >>> print(cx.score_to(model, log, "scores/", at="2024-11-15", reasons=3, partitioned=True))
    ScoreSummary: 300 customers in scores/night=2024-11-15T000000Z/part-0000.parquet, as of 2024-11-15, by model ...
      26 high, ... medium, ... low; 66 not asked about
      ...
    """
    model = fitted(model)
    wanted = Wanted(at, reasons, references, allow_shallow, bands, intervals, value, exclude, top, allow_missing)
    stages = Stages() if stages is None else stages
    with stages.phase("preparing"), step("looking at who is asked about"):
        run = prepare(model, log, wanted)
        place = place_of(out, run.cutoff, partitioned=partitioned)
        place.check(listing(run, []).schema)
        content = fingerprint(log)
    with (
        _folder(place, work, resume=resume) as folder,
        _refusals_in_words(place, folder),
        working(folder, _about(run, place, content), resume=resume, into=str(place)) as kept,
    ):
        resumed = len(kept.finished)
        _score(run, kept, stages)
        found = _write(run, kept, place, stages)
        return summarised(run, found, stages, out=str(place), resumed=resumed, log=content)


def _score(run: Prepared, kept: Work, stages: Stages) -> None:
    left = [number for number in range(len(run.batches)) if number not in kept.finished]
    with stages.phase("scoring"), step(f"scoring {len(run.asked):,} customers"):
        for number, table in zip(left, scored_rows(run, [run.batches[k] for k in left], stages), strict=True):
            kept.keep(number, table)
            stages.done("writing")


def _write(run: Prepared, kept: Work, place: Place, stages: Stages) -> Listing:
    with stages.phase("writing"), step(f"writing {place}"):
        stages.begin()
        found = listing(run, [kept.read(number) for number in range(len(run.batches))])
        place.write(found, kept.folder)
        stages.done("writing")
    return found


@contextlib.contextmanager
def _folder(place: Place, work: str | Path | None, *, resume: bool) -> Iterator[Path]:
    """Yield the folder for finished parts; it is removed where nobody could go on with them."""
    own = Path(work) if work is not None else place.work
    if own is not None:
        yield own
        return
    if resume:
        raise UsageError(
            "nothing lies beside a database: say where the finished parts are.",
            hint="work='some/folder' (--work some/folder), in the run that is to be gone on with too.",
        )
    scratch = Scratch()
    try:
        yield scratch.path / "work"
    finally:
        scratch.remove()


def _about(run: Prepared, place: Place, content: dict[str, Any]) -> dict[str, Any]:
    """Return what finished parts, and what is made of them, depend on."""
    wanted = run.wanted
    asked = run.asked["customer_id"].to_numpy()
    return {
        "place": str(place),
        "model": run.model.version_,
        "language": language_said(run.model.features_.says_),
        "references": run.references.version(run.cutoff),
        "as_of": str(run.cutoff),
        "log": f"sha256:{content['sha256']}",
        "reasons": wanted.reasons,
        "intervals": wanted.level if wanted.intervals is not False else None,
        "bands": None if run.rule is None else str(run.rule),
        "top": wanted.top,
        "customers asked about": digest_of(asked),
        "customers listed": len(run.rest) + asked.size,
        "value": None if run.values is None else digest_of(run.values.money),
        "division of the log": digest_of(np.array([rows.size for rows in run.batches], dtype=np.int64)),
        "versions": versions(),
    }


@contextlib.contextmanager
def _refusals_in_words(place: Place, folder: Path) -> Iterator[None]:
    """Say in words what the system refused; what is finished is kept."""
    try:
        yield
    except OSError as error:
        kept = folder.is_dir() and any(folder.glob("part-*.arrow"))
        hint = f"the finished parts are kept in {folder}: go on with resume=True (--resume)." if kept else None
        raise UsageError(
            f"cannot write to {place}: {error.strerror or error}.",
            hint=hint or "choose a place you may write to, with room for the scores.",
        ) from error
