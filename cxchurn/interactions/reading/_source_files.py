"""TOML files that name tables: sources, each with what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError, typed
from cxchurn.interactions.reading.sources._sources import Query, Source
from cxchurn.interactions.schema._schema import Schema, schema_of_sections
from cxchurn.interactions.schema._toml import PLACES, SECTIONS, read_sections


def names_sources(data: Any) -> bool:
    """Whether data is a TOML file, which names tables and is none."""
    return isinstance(data, (str, Path)) and Path(data).suffix.lower() == ".toml"


def sources_of(path: str | Path) -> list[Source]:
    """Return the sources that a TOML file names.

    Parameters
    ----------
    path : str or Path
        With a ``[[source]]`` for each table. What stands above them, such as ``[format]``, holds for all.
    """
    found = read_sections(path)
    if "source" not in found:
        raise UsageError(
            f"{path} says what columns mean, and names no data.",
            hint=typed(
                f"read_interactions('orders.csv', {str(path)!r}), or name the data in the file: ",
                f"cxchurn validate orders.csv --schema {path}, or name the data in the file:\n",
            )
            + '  [[source]]\n  data = "orders.csv"',
        )
    above = {name: found[name] for name in SECTIONS if name in found}
    return [source_of(_below(above, one)) for one in found["source"]]


def source_of(said: Mapping[str, Any], *, places: tuple[str, str] = PLACES) -> Source:
    """Return the source that a table of a TOML file names, once it is known to fit.

    Parameters
    ----------
    said : mapping
        Where it is (`places`, ``uri``, ``database``), ``observed_until``, and its schema: a path, or the tables of one.
    places : (str, str)
        What a path and a query are called.
    """
    schema: Schema | str | None = said.get("schema")
    sections = {name: said[name] for name in SECTIONS if name in said}
    if sections:
        schema = schema_of_sections(sections)
    return Source(data_of(said, places=places), schema, said.get("observed_until"))


def data_of(said: Mapping[str, Any], *, places: tuple[str, str] = PLACES) -> str | Query:
    """Return the path or the query that a table of a TOML file names."""
    path, query = (said.get(name) for name in places)
    if query is None:
        return str(path)
    # an address is handed on only where there is one: most queries ask files
    where = {name: said[name] for name in ("database", "uri") if said.get(name)}
    return Query(query, **where)


def _below(above: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(source)
    for name, said in above.items():
        own = source.get(name)
        both[name] = said if own is None else {**said, **own} if isinstance(said, dict) else [*said, *own]
    return both
