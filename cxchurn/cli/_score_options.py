"""Options that only `cxchurn score` has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxchurn.cli._options import Flag, option

Config = Annotated[
    Path | None, typer.Argument(metavar="SCORE.TOML", help="Such as pipelines/score.toml; options go before it.")
]
Out = Annotated[
    str | None,
    option(
        "--out",
        "PLACE",
        "Where to write: .parquet, .csv, or a folder; file.duckdb#table; postgresql://user@host/db#table.",
    ),
]
Reasons = Annotated[int | None, option("--reasons", "N", "Reasons for each customer.  [default: 3]", min=0, max=20)]
Bands = Annotated[
    str | None,
    option(
        "--bands",
        "RULE",
        "'capacity: 500, 1500', 'probability: 30%, 10%', 'value: 1000, 200' or 'share: 10%, 20%'.",
    ),
]
Intervals = Annotated[Flag, option("--intervals", None, "Say how sure each probability is.")]
Top = Annotated[int | None, option("--top", "N", "Write only the first N of the list.", min=1)]
Exclude = Annotated[str | None, option("--exclude", "FILE", "Customers not to be listed: text, CSV or Parquet.")]
Refresh = Annotated[
    Flag,
    option("--refresh", None, "The log holds everybody: compare with everybody as of this week, keep the tables."),
]
References = Annotated[
    str | None, option("--references", "FILE", "Compare by these tables, from an earlier --refresh.")
]
Partitioned = Annotated[Flag, option("--partitioned", None, "A folder for each cut-off in --out: nights side by side.")]
Resume = Annotated[Flag, option("--resume", None, "Go on with the parts that a killed run finished.")]
Work = Annotated[str | None, option("--work", "FOLDER", "For finished parts.  [default: beside the place]")]
AsJson = Annotated[bool, option("--json", None, "Print the summary as JSON, and write it beside the scores.")]
Quiet = Annotated[bool, option("--quiet", None, "Print nothing but warnings and errors.")]
