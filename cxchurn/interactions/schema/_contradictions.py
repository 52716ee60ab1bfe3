"""What can be wrong with a schema before any data is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

from cxchurn._core import UsageError, did_you_mean, listed, span
from cxchurn.interactions.schema._roles import RESERVED
from cxchurn.interactions.schema._schema import Later, Schema, mapping, named
from cxchurn.interactions.schema._toml import wrong_words

# whose labels have words, beside those of categories; of the last two the names
_SAID_OF = ("kind", "touchpoint", "score_type", "measures", "customers")


def check_schema(schema: Schema) -> None:
    """Refuse a schema that contradicts itself, saying everything that is wrong with it."""
    problems = [*_wrong_types(schema)] or [
        *_wrong_values(schema),
        *_wrong_names(schema),
        *_wrong_said(schema),
        *_wrong_later(schema),
    ]
    if problems:
        raise UsageError(
            "the schema contradicts itself:\n  " + "\n  ".join(problems),
            hint="see cxchurn.Schema for what each part means.",
        )


def _wrong_types(schema: Schema) -> Iterable[str]:
    for name in ("measures", "categories", "levels", "kinds", "columns"):
        if isinstance(getattr(schema, name), str):
            yield f"{name} is the text {getattr(schema, name)!r}: write {name}=({getattr(schema, name)!r},)."
    if schema.words is not None:
        yield from wrong_words(schema.words)
    if not isinstance(schema.later, (tuple, list)) or not all(isinstance(later, Later) for later in schema.later):
        yield f"later is {schema.later!r}: write later=(Later(at=..., columns=(...)),)."


def _wrong_values(schema: Schema) -> Iterable[str]:
    if (schema.kind is None) == (schema.kind_is is None):
        yield "it needs one of kind (a column) and kind_is (one kind for all rows)."
    if schema.duplicates not in ("refuse", "keep"):
        yield f"duplicates is {schema.duplicates!r}: allowed are 'refuse' and 'keep'."
    if not _is_zone(schema.timezone):
        guess = did_you_mean(schema.timezone, available_timezones())
        yield f"timezone is {schema.timezone!r}, which is no time zone: {guess or 'try UTC.'}"
    if (
        schema.time_format is not None
        and "%" not in schema.time_format
        and schema.time_format not in ("epoch_s", "epoch_ms")
    ):
        yield f"time_format is {schema.time_format!r}: allowed are 'epoch_s', 'epoch_ms' or a format such as '%Y%m%d'."
    if schema.arrives is not None:
        try:
            span(schema.arrives, name="arrives")
        except UsageError as error:
            yield f"arrives cannot be read: {error.found} Allowed: {error.allowed}."
    if schema.delimiter is not None and schema.delimiter != "whitespace" and len(schema.delimiter) != 1:
        yield f"delimiter is {schema.delimiter!r}: allowed are one character or 'whitespace'."
    if not isinstance(schema.ignore_case, bool):
        yield f"ignore_case is {schema.ignore_case!r}: allowed are True and False."
    if schema.kinds is not None and not schema.kinds:
        yield "kinds is empty: no row could be of any kind."
    columns = schema.columns or ()
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        yield f"columns names {listed(repeated)} more than once."


def _wrong_names(schema: Schema) -> Iterable[str]:
    taken = [*named(schema.measures), *named(schema.categories)]
    reserved = {name.lower() for name in RESERVED}
    for name in taken:
        if name.lower() in reserved:
            yield f"{name!r} is the name of a role: map it as {name}=..., or give the measure or category another name."
    for name in _repeated(taken):
        yield f"{name!r} is there more than once among measures and categories (upper and lower case count as equal)."


def _wrong_said(schema: Schema) -> Iterable[str]:
    """Say which levels and which labels in words are of nothing that the schema maps."""
    measures, roles = named(schema.measures), (*_SAID_OF, *named(schema.categories))
    for name in schema.levels:
        if name not in measures:
            guess = did_you_mean(name, measures) or "name it among measures, too."
            yield f"levels names {name!r}, which is no measure: {guess}"
    for role in schema.words or ():
        if role not in roles:
            yield f"words are said of {role!r}: {did_you_mean(role, roles) or f'allowed are {listed(roles)}.'}"


def _wrong_later(schema: Schema) -> Iterable[str]:
    mapped = mapping(schema)
    for later in schema.later:
        for name in later.columns:
            if name in ("customer_id", "event_id", "timestamp", "kind", "known_at"):
                yield f"later at {later.at!r} holds {name!r}, which is known from the start."
            elif name not in mapped:
                guess = did_you_mean(name, mapped) or "map it first."
                yield f"later at {later.at!r} holds {name!r}, which the schema does not map: {guess}"
        if later.once_per not in (None, "case_id"):
            yield f"later at {later.at!r} has once_per={later.once_per!r}: allowed are None and 'case_id'."
        elif later.once_per == "case_id" and schema.case_id is None:
            yield f"later at {later.at!r} is once per case_id, which the schema does not map."
    for name in _repeated([name for later in schema.later for name in later.columns]):
        yield f"{name!r} is named by more than one later."


def _repeated(names: Iterable[str]) -> list[str]:
    lower = [name.lower() for name in names]
    return sorted({name for name in lower if lower.count(name) > 1})


def _is_zone(timezone: str) -> bool:
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        return False
    return True
