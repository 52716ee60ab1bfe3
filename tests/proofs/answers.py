"""What a model answers, as a checksum of bits, wherever it is asked: in threads, in children, in pools."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

import cxchurn as cx

AT = "2024-11-05T13:20"
ASKED = 40


@dataclass(frozen=True)
class Place:
    """Where what is asked for lies.

    Parameters
    ----------
    model : str
        The folder of the model.
    log, customers : str
        Files of Parquet.
    schema : str
        A file of TOML.
    """

    model: str
    log: str
    customers: str
    schema: str


@dataclass(frozen=True)
class Loaded:
    """A model, a log in parts on disk, a scorer that knows the log, and customers to ask about."""

    model: cx.ChurnModel
    log: cx.InteractionLog
    scorer: cx.OnlineScorer
    who: list[str]


@lru_cache(maxsize=1)
def loaded(place: Place) -> Loaded:
    model = cx.load_model(place.model)
    log = cx.read_interactions(
        place.log, cx.Schema.from_toml(place.schema), customers=place.customers, memory_limit="4MB"
    )
    scorer = cx.OnlineScorer(model)
    scorer.warm(log)
    return Loaded(model, log, scorer, sorted(log.parts.read(0)["customer_id"].unique().to_pylist())[:ASKED])


def answer(place: Place) -> str:
    """Ask in every way there is, and return one checksum of all the answers."""
    return answer_of(loaded(place))


def answer_of(held: Loaded) -> str:
    said = hashlib.sha256()
    scores = cx.score(held.model, held.log, at=AT, reasons=3)
    said.update(scores.to_csv(index=False).encode())
    said.update(np.ascontiguousarray(scores["churn_probability"].to_numpy()).tobytes())
    for one in held.scorer.score_many(held.who, AT, reasons=3):
        said.update(repr(one).encode())
    for who in held.who[:5]:
        said.update(repr(held.scorer.score(who, AT)).encode())
    return said.hexdigest()


def saved(place_of: Path, model: cx.ChurnModel, company: cx.Simulation, schema: cx.Schema) -> Place:
    """Write all of it to a folder."""
    company.interactions.to_parquet(place_of / "log.parquet")
    company.customers.to_parquet(place_of / "customers.parquet")
    (place_of / "schema.toml").write_text(schema.to_toml())
    folder = model.save(place_of / "model")
    return Place(str(folder), *(str(place_of / name) for name in ("log.parquet", "customers.parquet", "schema.toml")))
