"""How fast the engine is, beside others: python tests/benchmarks/bench_engine.py [section ...] [--quick].

Sections: one, twelve, curve, standard, bounded, cold; all of them by default. Every section writes its table into
RESULTS.md. Its logs are written once and kept in ``tests/benchmarks/cache``. ``--quick`` runs each once on at most 1 M
interactions, to see that it works, and writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from engine import against, alone
from engine.results import write_section

_SECTIONS: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "one": (lambda: against.one_cutoff(10, 3), lambda: against.one_cutoff(1, 1)),
    "twelve": (lambda: against.twelve_cutoffs(1, 3), lambda: against.twelve_cutoffs(1, 1)),
    "curve": (lambda: alone.curve((1, 10), 3), lambda: alone.curve((1,), 1)),
    "standard": (lambda: alone.standard(10, 2), lambda: alone.standard(1, 1)),
    "bounded": (lambda: alone.bounded(50, 10, "2GB", 2), lambda: alone.bounded(1, 0.2, "64MB", 1)),
    "cold": (lambda: alone.cold(3), lambda: alone.cold(1)),
}


def main() -> None:
    """Measure the sections asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(_SECTIONS)}; default all")
    parser.add_argument("--quick", action="store_true", help="once, on at most 1 M interactions; nothing is written")
    wanted = parser.parse_args()
    unknown = sorted(set(wanted.sections) - set(_SECTIONS))
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(_SECTIONS)}")
    for name in wanted.sections or _SECTIONS:
        whole, quick = _SECTIONS[name]
        text = quick() if wanted.quick else whole()
        print(f"\n{text}\n", flush=True)
        if not wanted.quick:
            write_section(name, text)


if __name__ == "__main__":
    main()
