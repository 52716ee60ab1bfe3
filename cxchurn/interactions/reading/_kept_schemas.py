"""The schemas that a model has kept, for logs that come without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxchurn._core import CxchurnError, logger
from cxchurn.interactions.reading._reading import text_options
from cxchurn.interactions.reading._source_files import names_sources, sources_of
from cxchurn.interactions.reading.sources._opened import opened
from cxchurn.interactions.reading.sources._sources import Source
from cxchurn.interactions.schema._schema import Schema, columns_of


def schemas_like(sources: Sequence[Source], schemas: Sequence[Schema]) -> list[Source]:
    """Return sources, those without a schema with the one kept that fits: all of its columns are there.

    Where as many are kept as there are sources, that of the source's place; else the one that fits with most columns. Where
    none does, or several do, the source is left as it is, and its schema is guessed.

    Parameters
    ----------
    sources : sequence of Source
    schemas : sequence of Schema
        As a model has kept them, in the order of its sources.
    """
    sources = [
        one for source in sources for one in (sources_of(source.data) if names_sources(source.data) else [source])
    ]
    found = []
    for place, source in enumerate(sources):
        own = schemas[place : place + 1] if len(schemas) == len(sources) else schemas
        fitting = [] if source.schema is not None else [one for one in own if _fits(source, one)]
        # of several that fit, the one that says most of the table
        most = max((len(columns_of(one)) for one in fitting), default=0)
        best = [one for one in fitting if len(columns_of(one)) == most]
        if len(best) == 1:
            logger.info("%s is read by the schema that the model was trained with.", source.data)
            source = replace(source, schema=best[0])
        found.append(source)
    return found


def _fits(source: Source, schema: Schema) -> bool:
    try:
        with opened(source.data, **text_options(schema)) as data:
            return set(columns_of(schema)) <= set(data.columns)
    except CxchurnError:
        return False  # what is wrong with it is said where it is read
