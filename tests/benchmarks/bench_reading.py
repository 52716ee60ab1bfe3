"""What reading a log takes: python tests/benchmarks/bench_reading.py [--quick] [--rows 1000000,3000000,10000000].

Writes its table into RESULTS.md. ``--quick`` reads 20,000 rows, to see that it works, and writes nothing.
"""

from __future__ import annotations

import sys

from engine.measure import Work
from engine.reading import files
from engine.results import table, write_section

_BY = {"cxchurn": "ours", "DuckDB": "by_duckdb", "Polars": "by_polars"}


def main(sizes: list[int], *, quick: bool) -> None:
    """Measure every kind of file, each beside those who read it and check nothing."""
    rows = []
    for size in sizes:
        for kind, path in files(size).items():
            took = {}
            for who, call in _BY.items():
                took[who] = Work(f"{who}: {kind}, {size:,} rows", f"engine.reading:{call}", {"path": str(path)}).run()
            told = [one.about for one in took.values()]
            # rows that break rules are read by those who check nothing
            if kind != "dirty Parquet" and any(one != told[0] for one in told):
                raise SystemExit(f"{kind}: what was read differs: {told}")
            row = {"file": kind, "rows": f"{size:,}"}
            for who, one in took.items():
                row |= {f"{who}, CPU s": f"{one.cpu:.2f}", f"{who}, MB": f"{one.peak / 2**20:,.0f}"}
            rows.append(row)
    head = (
        "**Reading a log of nine columns** (`python tests/benchmarks/bench_reading.py`): cxchurn casts every cell, holds each "
        "row against every rule, looks for copies and keeps events; DuckDB and Polars only read the file. Of the dirty file "
        "one row in a thousand breaks a rule, and as many are copies. Rows, customers and sums are asserted to be equal. "
        "Seconds of processor, and the most memory of the process, libraries included."
    )
    text = f"{head}\n\n{table(rows)}"
    print(f"\n{text}", flush=True)
    if not quick:
        write_section("reading", text)


if __name__ == "__main__":
    asked = sys.argv[sys.argv.index("--rows") + 1] if "--rows" in sys.argv else "1000000"
    main([20_000] if "--quick" in sys.argv else [int(size) for size in asked.split(",")], quick="--quick" in sys.argv)
