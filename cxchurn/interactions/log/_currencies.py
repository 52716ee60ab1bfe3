"""Money is of one currency: sums over several mean nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from cxchurn._core import DataError, Deferred
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.store._parts import Parts

pc = Deferred("pyarrow.compute")

_MONEY = "value"


def currencies_in(events: pa.Table | Parts) -> dict[str, int]:
    """Return the currencies of the money in a log, with the number of rows of each, the most frequent first.

    Codes that differ by case or blanks alone are one currency. Rows without money, or without a currency, are not counted.
    """
    names = events.types.names if isinstance(events, Parts) else events.column_names
    if _MONEY not in names or "currency" not in names:
        return {}
    counts: Counter[str] = Counter()
    for part in _tables(events):
        said = part["currency"].filter(pc.is_valid(part[_MONEY])).drop_null()
        for found in pc.value_counts(said).to_pylist():
            counts[str(found["values"]).strip().upper()] += found["counts"]
    return dict(counts.most_common())


def mixed(currencies: dict[str, int]) -> Finding | None:
    """Return what is wrong with money in these currencies, None where it is all in one."""
    if len(currencies) < 2:
        return None
    _most, *others = currencies.values()
    rows = sum(others)
    said = ", ".join(f"{name} {number:,}" for name, number in currencies.items())
    return Finding("currency_mixed", "currency", f"{_MONEY} is in {len(currencies)} currencies ({said} rows)", rows)


def check_currency(currencies: dict[str, int]) -> None:
    """Raise an error where the money of a log is in several currencies; such rows are not set aside, they are purchases too."""
    found = mixed(currencies)
    if found is not None:
        raise DataError(
            f"{found.says}, and a sum over them means nothing.",
            allowed="money of one currency",
            hint=f"convert it before reading, or leave {_MONEY} (or currency, if the amounts are converted) out of the schema.",
        )


def _tables(events: pa.Table | Parts) -> Iterator[pa.Table]:
    names = [_MONEY, "currency"]
    if isinstance(events, pa.Table):
        yield events.select(names)
    else:
        yield from (events.read(part, names) for part in range(len(events)))
