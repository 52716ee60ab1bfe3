"""Rows that share an ``event_id``: repeats of one event, which are read once, and contradictions, which are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxchurn._core import listed
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading._casts import Cast, family
from cxchurn.interactions.reading._checking import check, nothing_found, refuse
from cxchurn.interactions.reading._ends import End
from cxchurn.interactions.reading._engine import rows, text
from cxchurn.interactions.reading._events import event_values
from cxchurn.interactions.reading._ids import POINT_ZERO, WHOLE
from cxchurn.interactions.reading._rules import TOLD, Rule, rules_between
from cxchurn.interactions.reading._sources import Opened
from cxchurn.interactions.schema._schema import Schema, columns_of, mapping

# so many columns are shown in which rows of one id differ
_SHOWN = 3


def settle_repeats(
    data: Opened, schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End]
) -> tuple[list[Finding], int, int]:
    """Refuse the rows of ``raw`` that contradict others of their id, and drop those that repeat one.

    Of repeats the one that was known first stays, and of those the first row.

    Parameters
    ----------
    data : Opened
        The source, without the rows that break a rule by themselves.
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each mapped column is read.
    at : mapping of the user's column to End
        How the times of later-known columns are read.

    Returns
    -------
    findings : list of Finding
        What was found.
    refused, repeated : int
        How many rows.
    """
    rules = rules_between(schema)
    differing = _find_repeats(data, schema, casts, at) if rules else None
    if differing is None:
        return nothing_found(rules, data.label), 0, 0
    shown = [_naming(rules[0], differing), rules[1]] if differing else rules
    together = f"(SELECT g FROM {TOLD} WHERE {TOLD}.r = raw.rowid), rowid"
    findings = check(data, shown, columns_of(schema), order=together)
    refused = refuse(data, rules[:1] if differing else [])
    data.con.execute(f"DELETE FROM raw WHERE {rules[1].broken}")
    return findings, refused, findings[1].rows


def _naming(rule: Rule, differing: list[str]) -> Rule:
    says = f"{rule.says} (they differ in {listed(differing)})"
    return replace(rule, says=says, shows=(*rule.shows, *differing[:_SHOWN]))


def _find_repeats(data: Opened, schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End]) -> list[str] | None:
    """Note the rows that repeat or contradict others, and return the columns in which some differ; None without any."""
    own = _ids(data, str(schema.event_id), casts["event_id"])
    con, twice = data.con, f"SELECT id FROM (SELECT {own} AS id FROM raw) GROUP BY id HAVING count(id) > 1"
    con.execute(f"CREATE TEMP TABLE twice AS {twice}")
    if not rows(con, "SELECT 1 FROM twice LIMIT 1"):
        return None
    known, columns, said = _said(schema, casts, at)
    listing = ", ".join(f"({value}) AS v{k}" for k, value in enumerate(said))
    con.execute(
        f"CREATE TEMP TABLE shared AS SELECT rowid AS r, {own} AS id, ({known}) AS known, {listing} FROM raw "
        f"WHERE {own} IN (FROM twice)"
    )
    # in each of its columns an id should say one thing; nothing is a thing to say, too
    differs = [f"count(DISTINCT v{k}) + bool_or(v{k} IS NULL)::INT > 1" for k in range(len(said))]
    by_id = ", ".join(f"{one} AS d{k}" for k, one in enumerate(differs))
    anyhow = " OR ".join(f"d{k}" for k in range(len(said)))
    con.execute(
        f"CREATE TEMP TABLE by_id AS SELECT id, min(r) AS g, first(r ORDER BY known, r) AS stays, {by_id} "
        "FROM shared GROUP BY id"
    )
    con.execute(
        f"CREATE TEMP TABLE {TOLD} AS SELECT r, g, {anyhow} AS contradicts FROM shared JOIN by_id USING (id) "
        f"WHERE r <> stays OR {anyhow}"
    )
    found = rows(con, f"SELECT {', '.join(f'bool_or(d{k})' for k in range(len(said)))} FROM by_id")[0]
    return list(dict.fromkeys(column for column, differ in zip(columns, found, strict=True) if differ))


def _said(
    schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, End]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """SQL: when a row became known, and what it says; beside each of that the user's column that says it."""
    values, columns = event_values(schema, casts), mapping(schema)
    known = values.pop("known_at")
    content = [(columns[label], value) for label, value in values.items() if label in columns]
    content += [(column, end.value) for column, end in at.items()]
    return known, *zip(*content, strict=True)  # type: ignore[return-value]


def _ids(data: Opened, column: str, cast: Cast) -> str:
    """SQL: the ids as they are compared. Whole numbers that became decimal, as text, are the whole numbers they were."""
    if family(data.columns[column]) != "text":
        return cast.value
    held = f"CAST(raw.{data.held(column)} AS VARCHAR)"
    if not rows(data.con, f"SELECT coalesce(bool_or(contains({held}, '.0')), FALSE) FROM raw")[0][0]:
        return cast.value
    whole, pointed = (f"regexp_full_match({cast.value}, {text(shape)})" for shape in (WHOLE, POINT_ZERO))
    asked = f"SELECT bool_and({whole}) FILTER ({cast.present}), count_if({pointed}) FROM raw"
    all_whole, some_pointed = rows(data.con, asked)[0]
    return f"regexp_replace({cast.value}, '[.]0+$', '')" if all_whole and some_pointed else cast.value
