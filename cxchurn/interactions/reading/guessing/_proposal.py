"""Writing down what the columns of data seem to mean, for somebody who knows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError, toml_value
from cxchurn.interactions.reading.guessing._beside import beside
from cxchurn.interactions.reading.guessing._guess import guess_of
from cxchurn.interactions.reading.sources._sources import Query, Source
from cxchurn.interactions.schema.guessing._guess import Guess
from cxchurn.interactions.schema.guessing._proposal import commented, proposal

_HEAD = """\
# What the columns of {label} seem to mean, by their names and the first 10,000 rows at most. It is a guess:
# correct it, look at the lines with DECIDE, and then: {command}
"""


def propose_schema(data: Any) -> str:
    """Write down what the columns of your data seem to mean, as a schema file to be corrected.

    For each column the file says what was seen (in how many rows there is something, how many different values, examples, ways
    of writing times that fit), what it was taken as, or why it is left out; and what is left to be decided: of what kind the
    rows are, where no column says it; what is the day and what the month. Columns that are filled in after their row are
    proposed as ``[[later]]``.

    Parameters
    ----------
    data : path, frame, table, relation, Query, Source or list of these
        The data; of several tables each becomes a ``[[source]]`` of one file, which is read where a log is read.

    Returns
    -------
    str
        TOML.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"cust_id": [1, 2], "ordered": ["3/15/2024", "4/1/2024"], "amount": [9.5, 12.0]})
    >>> print(propose_schema(orders))
    # What the columns of the DataFrame seem to mean, ...
    """
    several = isinstance(data, (list, tuple))
    tables = [one.data if isinstance(one, Source) else one for one in (data if several else [data])]
    if not tables:
        raise UsageError("there is no data to look at.", allowed="one table, or several")
    found = [guess_of(one) for one in tables]
    if len(found) == 1:
        label, where = found[0].facts.label, '--query "..."' if isinstance(tables[0], Query) else "LOG"
        where = shlex.quote(str(tables[0])) if isinstance(tables[0], (str, Path)) else where
        command = f"cxchurn validate {where} --schema schema.toml"
        return _HEAD.format(label=label, command=command) + "\n" + proposal(found[0])
    texts = [_of_several(place, tables, found) for place in range(len(tables))]
    head = _HEAD.format(label=f"{len(tables)} tables", command="cxchurn validate schema.toml")
    return "\n".join([head, *texts])


def _of_several(place: int, tables: Sequence[Any], found: Sequence[Guess]) -> str:
    together = beside(place, tables, found)
    if together is None:
        return proposal(found[place], source=_place(tables[place]))
    return proposal(together.found, source="\n".join([*commented(together.says), _place(together.query)]))


def _place(data: Any) -> str:
    if isinstance(data, Query):
        more = {name: str(value) for name in ("database", "uri") if (value := getattr(data, name, None)) is not None}
        return "\n".join(f"{name} = {toml_value(value)}" for name, value in {"query": data.sql, **more}.items())
    if isinstance(data, (str, Path)):
        return f"data = {toml_value(str(data))}"
    return 'data = "..."  # DECIDE: the file this table is in'
