"""The rows of an opened source, and how they are cast: straight from typed data, or by way of the engine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, cached_property
from cxchurn.interactions.reading._engine import SOURCE
from cxchurn.interactions.reading._engine import rows as asked
from cxchurn.interactions.reading._way import Way
from cxchurn.interactions.reading.casts._casting import Casting
from cxchurn.interactions.reading.casts._engine_rows import STAGED, EngineRows
from cxchurn.interactions.reading.casts._source_columns import casts_of
from cxchurn.interactions.reading.casts._typed import Rows, typed_rows
from cxchurn.interactions.reading.casts.texts._conventions import told_by
from cxchurn.interactions.reading.sources._opened import Opened, load
from cxchurn.interactions.schema._schema import Schema, columns_of
from cxchurn.interactions.store._counts import Handed, demand_all_rows


class SourceRows:
    """The rows of a source.

    Parameters
    ----------
    data : Opened
        The source.
    schema : Schema
        What its columns mean.
    way : Way
        How to read it.
    as_text : bool
        Whether ids that are whole numbers are read as text.
    whole : bool
        Whether all columns are wanted.

    Attributes
    ----------
    rows : Rows
        The rows.
    casting : Casting
        How they are cast.
    told : frozenset of str
        The columns some of whose cells say how others are meant.
    """

    def __init__(self, data: Opened, schema: Schema, way: Way, *, as_text: bool, whole: bool) -> None:
        self.data = data
        self.schema = schema
        self.latest = int(way.now.astype("datetime64[us]").astype(np.int64))
        self.casts = casts_of(data, schema)
        self._way = way
        self._as_text = as_text
        self._whole = whole
        self.told: frozenset[str] = frozenset()
        typed = typed_rows(data.given)
        self.by_engine = typed is None or self._casting(typed.types).by_engine
        self.rows: Rows = self._engine_rows(typed) if typed is None or self.by_engine else typed
        if not self.rows.rows:
            raise DataError(f"{data.label} has no rows.", hint="check that it is the right file, folder or query.")
        if isinstance(self.rows, EngineRows):
            self.told = told_by(data.con, self.casts, STAGED if self.rows.staged else SOURCE)
            self.casts = casts_of(data, schema, self.told if way.conventions is None else way.conventions.told)
        self.casting = self._casting(self.rows.types)

    def _engine_rows(self, typed: Rows | None) -> EngineRows:
        data = self.data
        if data.given is None:
            return EngineRows(data, load(data, self._loaded), staged=True)
        count = int(asked(data.con, f"SELECT count(*) FROM {SOURCE}")[0][0])
        if typed is not None:
            demand_all_rows(data.label, read=typed.rows, refused=0, handed=Handed(count))
        return EngineRows(data, count, staged=False)

    def _casting(self, types: pa.Schema, *, whole_ids: bool = False) -> Casting:
        told = self._way.conventions
        return Casting(
            self.data,
            self.schema,
            self.casts,
            types,
            latest=self.latest,
            as_text=self._as_text,
            whole=whole_ids or (told is not None and told.whole),
            # text and JSON may hold lines that are no rows
            lines=self.data.given is None,
        )

    def read_ids_without_point(self) -> None:
        """Cast ids that are whole numbers written as ``1001.0`` to what they were."""
        self.casting = self._casting(self.rows.types, whole_ids=True)

    @property
    def _loaded(self) -> list[str]:
        return list(self.data.columns) if self._whole else columns_of(self.schema)

    @cached_property
    def columns(self) -> list[str] | None:
        """All columns of the source; None where not all can be had."""
        few = isinstance(self.data.given, pa.Table) or (
            self.data.given is None and len(self._loaded) < len(self.data.columns)
        )
        return None if few and not self._whole else list(self.data.columns)
