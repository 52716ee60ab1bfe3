"""How long the features of one customer take, as a service asks for them: python tests/benchmarks/bench_one.py [--quick].

Writes its table into RESULTS.md. ``--quick`` asks twenty times, to see that it works, and writes nothing.
"""

from __future__ import annotations

import sys

from engine.measure import Work
from engine.results import met, table, write_section

_TARGETS = {("standard", 200): 0.7, ("standard", 5000): 3.0, ("engine", 200): 0.5}


def main(*, quick: bool) -> None:
    """Measure both sets of features, for few and many events, alone and beside other work."""
    calls, rows = 20 if quick else 500, []
    for which in ("standard", "engine"):
        for events in (200, 5000):
            found = {}
            for busy in (False, True):
                name = f"{which}, {events} events, {'the other cores busy' if busy else 'quiet'}"
                args = {"which": which, "events": events, "calls": calls, "busy": busy}
                found[busy] = Work(name, "engine.customer:latency", args).run().about
            quiet, beside = found[False], found[True]
            row = {"features": f"{quiet['columns']} ({which})", "events": f"{quiet['events']:,}"}
            row |= {"median, ms": f"{quiet['middle']:.2f}", "99 %, ms": f"{quiet['most']:.2f}"}
            row |= {"busy: median, ms": f"{beside['middle']:.2f}", "busy: 99 %, ms": f"{beside['most']:.2f}"}
            row |= {"plan alone, CPU ms": f"{quiet['plan']:.2f}", "builders called, CPU ms": f"{quiet['called']:.2f}"}
            row |= {"times as quick": f"{quiet['called'] / quiet['plan']:.1f}"}
            limit = _TARGETS.get((which, events))
            rows.append(row | (met(quiet["middle"], most=limit) if limit else {}))
    head = (
        "**One customer at a time, warm** (`python tests/benchmarks/bench_one.py`): from a table of the customer's events "
        f"to an array of features. {calls} calls each; busy: every other core has a process that never rests. The answer is "
        "asserted to be, bit for bit, the one among all customers; the customers of 5,000 events are made of several. "
        "Plan alone: with the history made beforehand, as a service that keeps it has it; beside it, in turns, the builders "
        "called as they are, on such a history."
    )
    text = f"{head}\n\n{table(rows)}"
    print(f"\n{text}", flush=True)
    if not quick:
        write_section("customer", text)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
