"""A simulation as files: what a company would have, and the truth beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import UsageError, listed, span, step
from cxchurn.datasets._simulation import Simulation
from cxchurn.interactions import Schema

_TIMES = ("timestamp", "known_at", "valid_from", "signup", "promised_at", "delivered_at", "cutoff")
_MEASURES, _CATEGORIES = ("items", "discount"), ("product_group",)


class SimulationFiles(NamedTuple):
    """The files of a written simulation.

    Parameters
    ----------
    interactions, customers : Path
        The two tables, as Parquet.
    truth : Path
        The table of `monthly_truth`, as Parquet.
    effects : Path
        The true drivers, as JSON.
    schema : Path
        The schema of the interactions, as TOML.
    """

    interactions: Path
    customers: Path
    truth: Path
    effects: Path
    schema: Path


def write_simulation(simulation: Simulation, folder: str | Path) -> SimulationFiles:
    """Write a simulation into a folder; each file appears when it is complete, and replaces that of an earlier simulation.

    Parameters
    ----------
    simulation : Simulation
    folder : str or Path
        Made if it is not there.

    Returns
    -------
    SimulationFiles
        The paths: interactions.parquet, customers.parquet, truth.parquet, effects.json and schema.toml.

    Raises
    ------
    UsageError
        Where the folder cannot be written to, or holds a file of one of these names and was made by no simulation.
    """
    place = Path(folder)
    files = check_folder(place)
    with step("working out the true probabilities"):
        truth = monthly_truth(simulation)
    try:
        place.mkdir(parents=True, exist_ok=True)
        # first what marks the folder as that of a simulation, so that a run that was cut off can be made again
        _write_text(files.effects, _effects_text(simulation))
        _write_table(files.truth, truth)
        _write_table(files.interactions, simulation.interactions)
        _write_table(files.customers, simulation.customers)
        _write_text(files.schema, _schema(simulation).to_toml())
    except OSError as error:
        raise UsageError(
            f"The simulation cannot be written to {place}: {error.strerror}.", hint="name a folder you may write to."
        ) from error
    return files


def check_folder(folder: Path) -> SimulationFiles:
    """Return the files of a simulation in a folder; refuse one where they would replace somebody's log.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    UsageError
        Where a file of one of the names is there and the effects, which only a simulation has, are not.
    """
    names = ("interactions.parquet", "customers.parquet", "truth.parquet", "effects.json", "schema.toml")
    files = SimulationFiles(*(folder / name for name in names))
    there = [path.name for path in files if path.exists()]
    if there and not files.effects.exists():
        raise UsageError(
            f"{folder} holds {listed(there)}, and no earlier simulation: the file would be replaced.",
            allowed="a new folder, an empty one, or that of an earlier simulation",
        )
    return files


def monthly_truth(simulation: Simulation, *, horizon: str = "60D", active_within: str = "90D") -> pd.DataFrame:
    """Return the true probability of silence of every customer active lately, at the first of each month.

    Parameters
    ----------
    simulation : Simulation
    horizon : str
        How long the silence is, whole days.
    active_within : str
        How recently a customer must have been active: a customer-made interaction, other than a cancellation, known in
        this span before the cut-off.

    Returns
    -------
    DataFrame
        customer_id, cutoff, true_probability (rounded to 6 decimals); by cut-off, then customer.
    """
    window = np.timedelta64(span(active_within, name="active_within").microseconds, "us")
    rows = simulation.interactions
    own = rows[(rows["direction"] == "inbound") & (rows["kind"] != "cancel")]
    months = pd.date_range(simulation.start + window, simulation.end, freq="MS", normalize=True)
    parts = []
    for cutoff in months[months >= simulation.start + window]:
        active = own.loc[own["known_at"].between(cutoff - window, cutoff, inclusive="left"), "customer_id"]
        parts.append(pd.DataFrame({"customer_id": np.sort(active.unique()), "cutoff": cutoff.as_unit("us")}))
    pairs = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"customer_id": [], "cutoff": []})
    return pairs.assign(true_probability=np.round(simulation.true_probability(pairs, horizon=horizon), 6))


def _schema(simulation: Simulation) -> Schema:
    others = {"customer_id", "timestamp", *_MEASURES, *_CATEGORIES}
    roles: dict[str, Any] = {name: name for name in simulation.interactions.columns if name not in others}
    return Schema(customer_id="customer_id", timestamp="timestamp", measures=_MEASURES, categories=_CATEGORIES, **roles)


def _effects_text(simulation: Simulation) -> str:
    records = simulation.effects.astype(object).where(simulation.effects.notna(), None).to_dict("records")
    return json.dumps(records, indent=2, allow_nan=False) + "\n"


def _write_table(path: Path, frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.cast(pa.schema([field.with_type(_plain(field.type)) for field in table.schema]))
    times = [name for name in table.column_names if name in _TIMES]
    _replace(
        path,
        lambda part: pq.write_table(
            table,
            part,
            compression="zstd",
            compression_level=9,
            use_dictionary=[name for name in table.column_names if name not in times],
            column_encoding=dict.fromkeys(times, "DELTA_BINARY_PACKED"),
        ),
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type that holds a text the same way whichever pandas made the frame."""
    if pa.types.is_dictionary(kind):
        return pa.dictionary(pa.int8(), pa.string())
    return pa.string() if pa.types.is_large_string(kind) else kind


def _write_text(path: Path, text: str) -> None:
    _replace(path, lambda part: part.write_text(text, encoding="utf-8"))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name first, so that nobody meets half a file."""
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
