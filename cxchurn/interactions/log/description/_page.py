"""The tables of a description in words and columns, within 80 letters a line."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, iso, listed, on_clock

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH, _BAR = 80, 24
_MONTHS, _SOURCES, _SHORT, _NOTES = 24, 10, 6, 10
# how wide it is said what a column holds
_HOLDS = 34
# a customer with so large a share of all interactions is no customer, as a rule
_SUSPECT = 0.02
_HUNDRED = 100
# so many rows at the moment of another are no chance
_LINES = 0.2
_IN_DAYS = ("p10", "p25", "median", "p75", "p90", "p99")

Facts = Mapping[str, Any]


def headline(facts: Facts) -> str:
    """Return how much of whom there is, and since when."""
    if not facts["interactions"]:
        return "No interaction."
    since = f"{_day(facts['first'], facts['timezone'])} .. {_day(facts['last'], facts['timezone'])}"
    zone = "" if facts["timezone"] == "UTC" else f" ({facts['timezone']})"
    made = f", {facts['made']:,} of them made of values that became known later" if facts["made"] else ""
    whom = f"{_counted(facts['interactions'], 'interaction')} of {_counted(facts['customers'], 'customer')}"
    said = f"{whom}, {since}{zone}{made}."
    return textwrap.fill(f"{said} Whole until {iso(on_clock(facts['observed_until'], facts['timezone']))}.", _WIDTH)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def customer_words(facts: Facts) -> list[str]:
    """Say how many interactions customers have, and how long they stay."""
    if not facts["customers"]:
        return []
    one, all_ = facts["with_one_interaction"], facts["customers"]
    span, half = facts["span_days"], facts["median_interactions"]
    most = f"; half have {half:,} or fewer" if half > 1 else ""
    said = [f"{one:,} of {_counted(all_, 'customer')} ({_percent(one / all_)}) have one interaction{most}."]
    if span["p90"]:
        said.append(
            f"From the first interaction of a customer to the last: {days(span['median'])} for half of them, "
            f"{days(span['p90'])} or more for a tenth."
        )
    # of fewer, a hundredth is less than one customer
    if all_ >= _HUNDRED:
        said.append(
            f"The busiest hundredth of customers has {_percent(facts['busiest_percent_share'])} of all interactions."
        )
    return said


def lines_words(by_kind: pd.DataFrame) -> list[str]:
    """Say where rows of one customer stand at the same moment, as the lines of an order do."""
    found = by_kind[by_kind["at_once"] > _LINES * by_kind["rows"]]
    return [
        f"{row['at_once']:,} of {row['rows']:,} {row['kind']} rows ({_percent(row['at_once'] / row['rows'])}) stand at the "
        "very moment of another of the same customer: lines of one order? Each counts as an interaction: to count orders, "
        "make one row of each in a query (GROUP BY the customer and the time)."
        for row in found.head(_SHORT).to_dict("records")
    ]


def notes(silences: pd.DataFrame, spelling: pd.DataFrame, busiest: pd.DataFrame, customers: int) -> list[str]:
    """Say what looks odd: silences, labels written in several ways, customers that are none."""
    said = [f"{row['source']}: {row['says']}" for row in silences.to_dict("records")]
    for (name, _), rows in spelling.groupby(["name", "like"], sort=False):
        labels = listed(f"{one['label']!r} ({one['rows']:,} rows)" for one in rows.to_dict("records"))
        said.append(f"{name}: {labels} differ by upper case or blanks alone.")
    enough = customers > 1 / _SUSPECT
    suspects = busiest[busiest["share"] > _SUSPECT].to_dict("records") if enough else []
    return said + [
        f"{row['customer_id']!r} has {row['share']:.0%} of all interactions: a guest, a bot, or a test?"
        for row in suspects
    ]


def cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return a table's titles and its values as text."""
    return [str(name).replace("_", " ") for name in table.columns], [
        [_cell(name, value) for name, value in zip(table.columns, row, strict=True)]
        for row in table.itertuples(index=False)
    ]


def days(value: float) -> str:
    """Write a number of days; below a day in hours, minutes or seconds."""
    if value >= 1:
        figures = f"{value:,.0f}" if value >= 10 else f"{value:.3g}"
        return f"{figures} day{'' if figures == '1' else 's'}"
    for unit, many in (("h", 24), ("min", 1440)):
        if value * many >= 1:
            return f"{value * many:.2g} {unit}"
    return f"{value * 86_400:.2g} s" if value else "0"


def month_lines(by_month: pd.DataFrame) -> list[str]:
    """Return the latest two years by month, with bars."""
    table = by_month.tail(_MONTHS)
    if not len(table):
        return []
    most, left = table["rows"].max(), len(by_month) - len(table)
    lines = [f"By month{'rows':>12}{'customers':>12}"]
    lines += [f"  and {left} earlier, in .by_month"] if left else []
    for row in table.to_dict("records"):
        bar = "▇" * round(_BAR * row["rows"] / most)
        lines.append(
            f"  {row['month']:<8}{row['rows']:>10,}{row['customers']:>12,}  {bar}{'' if row['whole'] else ' (part)'}"
        )
    return lines


def kind_lines(table: pd.DataFrame, gaps: pd.DataFrame, *, most: int, timezone: str) -> list[str]:
    """Return the most frequent kinds, with the time between two of one customer."""
    if not len(table):
        return []
    median = {row["of"]: row["median"] for row in gaps.to_dict("records") if row["by_kind"]}
    lines = [f"By kind{'':<15}{'rows':>11}{'customers':>11}  {'first':<10}  {'last':<10}  median gap"]
    for row in table.head(most).to_dict("records"):
        gap = days(median[row["kind"]]) if row["kind"] in median else "-"
        first, last = (_day(row[name], timezone) for name in ("first", "last"))
        kind = _fit(row["kind"] or "(none)", 20)
        lines.append(f"  {kind:<20}{row['rows']:>11,}{row['customers']:>11,}  {first}  {last}  {gap}")
    left = table.iloc[most:]
    return [*lines, f"  and {len(left)} more with {left['rows'].sum():,} rows"] if len(left) else lines


def source_lines(table: pd.DataFrame) -> list[str]:
    """Return the sources, where there are several."""
    if len(table) < 2:
        return []
    lines = [f"By source{'':<21}{'rows':>12}{'customers':>11}  {'first':<10}  {'last':<10}"]
    for row in table.head(_SOURCES).to_dict("records"):
        who = "" if pd.isna(row["customers"]) else f"{row['customers']:,}"
        lines.append(
            f"  {_fit(row['source'], 27):<27}{row['rows']:>13,}{who:>11}  {row['first'] or '-':<10}  {row['last'] or '-':<10}"
        )
    return lines


def gap_lines(gaps: pd.DataFrame) -> list[str]:
    """Return the time between interactions of one customer."""
    rows = [row for row in gaps.to_dict("records") if not row["by_kind"]]
    names = {"all": "all interactions", "own": "what customers did"}
    lines = [f"Time between{'':<12}{'10%':>11}{'25%':>11}{'half':>11}{'75%':>11}{'90%':>11}"]
    for row in rows:
        values = "".join(f"{days(row[name]):>11}" for name in ("p10", "p25", "median", "p75", "p90"))
        lines.append(f"  {names[row['of']]:<22}{values}")
    return lines if rows else []


def late_lines(delays: pd.DataFrame) -> list[str]:
    """Say how much later than they happened rows became known."""
    rows = [row for row in delays.to_dict("records") if not row["by_kind"]]
    if not rows:
        return []
    by_kind = [row for row in delays.to_dict("records") if row["by_kind"]]
    kinds = listed(f"{row['of']} {_percent(row['share'])}" for row in by_kind[:_SHORT])
    said = (
        f"{rows[0]['late_rows']:,} rows ({_percent(rows[0]['share'])}) became known later than they happened: half of them by "
        f"{days(rows[0]['median'])} or more, a tenth by {days(rows[0]['p90'])} or more ({kinds})."
    )
    return ["Late", *indented([said])]


def column_lines(roles: pd.DataFrame, title: str) -> list[str]:
    """Return what columns hold."""
    rows = [row for row in roles.to_dict("records") if row["name"] not in ("customer_id", "timestamp", "known_at")]
    lines = [
        f"  {_fit(row['name'], 24):<24}{row['filled']:>12,}{_percent(row['share']):>6}  {_fit(_holds(row), _HOLDS)}"
        for row in rows
    ]
    return [f"{title:<26}{'rows':>12}", *lines] if rows else []


def _percent(share: float) -> str:
    """Write a share; all and none are said only of all and none."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _holds(row: Mapping[Any, Any]) -> str:
    if row["type"] == "number" and not pd.isna(row["low"]):
        between = f"{_figures(row['low'], 6)} .. {_figures(row['high'], 6)}"
        whole = f"{between}, mean {_figures(row['mean'], 4)}"
        # a mean that is cut is another number
        return whole if len(whole) <= _HOLDS else between
    if row["type"] == "yes/no" and not pd.isna(row["mean"]):
        return f"yes in {row['mean']:.0%}"
    if row["type"] == "time" and not pd.isna(row["since"]):
        return f"{row['since']:%Y-%m-%d} .. {row['until']:%Y-%m-%d}"
    if row["most_frequent"]:
        return f"{row['different']:,}: {', '.join(row['most_frequent'])}"
    return "more than 10,000 labels" if row["type"] == "label" and row["filled"] else ""


def odd_lines(said: list[str]) -> list[str]:
    """Return what is worth a look, the first ten."""
    lines = [*said[:_NOTES], f"and {len(said) - _NOTES} more."] if len(said) > _NOTES else said
    return ["Worth a look", *indented(lines)] if lines else []


def indented(sentences: Sequence[str]) -> list[str]:
    """Return sentences in lines below a title."""
    return [textwrap.fill(one, _WIDTH, initial_indent="  ", subsequent_indent="    ") for one in sentences]


def _fit(text: str, width: int) -> str:
    one = " ".join(str(text).split())
    return one if len(one) <= width else one[: width - 1] + "…"


def _day(moment: Any, timezone: str) -> str:
    """Write the day that the clock of the log's zone shows."""
    return str(on_clock(moment, timezone).astype("datetime64[D]"))


def _figures(value: float, digits: int) -> str:
    """Write a number with so many digits, a large one in full: no one reads ``1.33e+05``."""
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:,.{digits}g}"


def _cell(name: object, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if name == "share":
        return f"{value:.1%}"
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    if isinstance(value, float):
        return days(value) if name in _IN_DAYS else _figures(value, 4)
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else str(value)
