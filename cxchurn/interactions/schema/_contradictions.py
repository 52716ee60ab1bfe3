"""What can be wrong with a schema before any data is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo, available_timezones

from cxchurn._core import UsageError, did_you_mean, listed, span, typed
from cxchurn.interactions.schema._later import Later
from cxchurn.interactions.schema._roles import CONSTANTS, RESERVED, ROLES
from cxchurn.interactions.schema._schema import Schema, constants_of, mapping, named, times_given
from cxchurn.interactions.schema._text import (
    DECIMALS,
    DISCOUNTS,
    DURATIONS,
    ENCODINGS,
    LENGTHS,
    THOUSANDS,
    TIMES,
    formats_in,
)
from cxchurn.interactions.schema._toml import wrong_words
from cxchurn.interactions.schema._younger import contradicting, given_way

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
    for name in ("measures", "categories", "levels", "kinds", "columns", "percent", "missing", "yes", "no"):
        if isinstance(getattr(schema, name), str):
            yield f"{name} is the text {getattr(schema, name)!r}: write {name}=({getattr(schema, name)!r},)."
    if schema.words is not None:
        yield from wrong_words(schema.words)
    if schema.constants is not None and not isinstance(schema.constants, Mapping):
        yield f"constants is {schema.constants!r}: write constants={{'touchpoint': 'email'}}."
    if not isinstance(schema.later, (tuple, list)) or not all(isinstance(later, Later) for later in schema.later):
        yield f"later is {schema.later!r}: write later=(Later(at=..., columns=(...)),)."
        return
    for role, columns in times_given(schema):
        if not isinstance(columns, str) and not _is_pair(columns):
            yield f"{role} is {columns!r}: it is a column, or two, of the day and of the time: ('date', 'time')."


def _is_pair(columns: object) -> bool:
    return isinstance(columns, tuple) and len(columns) > 1 and all(isinstance(column, str) for column in columns)


def _wrong_values(schema: Schema) -> Iterable[str]:
    constants = constants_of(schema)
    if schema.kind is None and "kind" not in constants:
        yield typed(
            "it needs one of kind (a column) and kind_is (one kind for all rows).",
            "it needs kind: a column under [roles], or one kind for all rows under [constants], such as "
            'kind = "purchase".',
        )
    yield from _wrong_constants(schema, constants)
    if schema.duplicates not in ("refuse", "keep"):
        yield f"duplicates is {schema.duplicates!r}: allowed are 'refuse' and 'keep'."
    if not _is_zone(schema.timezone):
        guess = did_you_mean(schema.timezone, available_timezones())
        yield f"timezone is {schema.timezone!r}, which is no time zone: {guess or 'try UTC.'}"
    yield from _wrong_text(schema)
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


def _wrong_constants(schema: Schema, constants: Mapping[str, str]) -> Iterable[str]:
    for role, label in constants.items():
        allowed = ROLES[role].allowed if role in CONSTANTS else ()
        if role not in CONSTANTS:
            yield f"constants names {role!r}: {did_you_mean(role, CONSTANTS) or f'allowed are {listed(CONSTANTS)}.'}"
        elif (column := getattr(schema, role)) is not None:
            both = f"one of kind (a column) and kind_is: it is {column!r} and {label!r}"
            yield (
                f"{role} is the column {column!r} and the constant {label!r}: say one of them."
                if role != "kind"
                else (
                    typed(
                        f"it needs {both}.",
                        f"kind is the column {column!r} and the constant {label!r}: say one of them.",
                    )
                )
            )
        elif not isinstance(label, str) or not label.strip():
            yield f"the constant {role} is {label!r}: it is a text that says something."
        elif allowed and label.lower() not in allowed:
            yield f"the constant {role} is {label!r}: {did_you_mean(label, allowed) or f'allowed are {listed(allowed)}.'}"


def _wrong_text(schema: Schema) -> Iterable[str]:
    """Say what is wrong with how text is written."""
    for written in formats_in(schema.time_format):
        if not isinstance(written, str) or ("%" not in written and written not in TIMES):
            allowed = f"{listed(map(repr, TIMES))} or a format such as '%Y%m%d'"
            yield f"time_format is {written!r}: allowed are {allowed}."
    if schema.encoding is not None and not _is_encoding(schema.encoding):
        guess = did_you_mean(schema.encoding, ENCODINGS)
        yield f"encoding is {schema.encoding!r}: {guess or f'such as {listed(map(repr, ENCODINGS))}.'}"
    if not isinstance(schema.skip, int) or isinstance(schema.skip, bool) or schema.skip < 0:
        yield f"skip is {schema.skip!r}: how many lines stand before the header, a whole number."
    if schema.decimal not in (None, *DECIMALS):
        yield f"decimal is {schema.decimal!r}: allowed are {listed(map(repr, DECIMALS))}."
    if schema.thousands not in (None, *THOUSANDS):
        yield f"thousands is {schema.thousands!r}: allowed are {listed(map(repr, THOUSANDS))}."
    if schema.thousands and schema.thousands == (schema.decimal or "."):
        yield f'thousands and decimal are both {schema.thousands!r}: say decimal = "," or ".", the other one.'
    if schema.missing is not None and not all(isinstance(word, str) for word in schema.missing):
        yield f"missing is {schema.missing!r}: write texts, such as missing=('NULL', '-')."
    yield from _wrong_flags(schema)
    yield from _wrong_units(schema)
    yield from _wrong_percents(schema)


def _wrong_flags(schema: Schema) -> Iterable[str]:
    said: dict[str, list[str]] = {}
    for name in ("missing", "yes", "no"):
        words = getattr(schema, name) or ()
        if not all(isinstance(word, str) and (word.strip() or name == "missing") for word in words):
            if name != "missing":
                yield f"{name} is {words!r}: write texts, such as {name}=({'ja' if name == 'yes' else 'nein'!r},)."
            return
        for word in {word.strip().lower() for word in words}:
            said.setdefault(word, []).append(name)
    for word, names in said.items():
        if len(names) > 1:
            yield f"{word!r} is named by {' and by '.join(names)}: it means one of them."


def _wrong_units(schema: Schema) -> Iterable[str]:
    units = schema.duration_unit
    lengths = [column for role in LENGTHS if (column := getattr(schema, role)) is not None]
    for column, unit in units.items() if isinstance(units, Mapping) else [(None, units)] if units is not None else []:
        if column is not None and column not in lengths:
            where = listed(lengths) if lengths else "the columns of wait_s and duration_s"
            yield f"duration_unit names {column!r}: {did_you_mean(column, lengths) or f'allowed are {where}.'}"
        if unit not in DURATIONS:
            guess = did_you_mean(str(unit), DURATIONS)
            yield f"duration_unit is {unit!r}: {guess or f'allowed are {listed(map(repr, DURATIONS))}.'}"
    if schema.discount_unit is not None and schema.discount_unit not in DISCOUNTS:
        yield f"discount_unit is {schema.discount_unit!r}: allowed are {listed(map(repr, DISCOUNTS))}."


def _wrong_percents(schema: Schema) -> Iterable[str]:
    measures, roles = named(schema.measures), (role for role in ROLES.values() if role.type == "number")
    numbers = [*(getattr(schema, role.name) for role in roles if getattr(schema, role.name)), *measures.values()]
    for column in schema.percent:
        if column not in numbers:
            allowed = f"allowed are the columns of numbers{', ' + listed(numbers) if numbers else ''}."
            yield f"percent names {column!r}: {did_you_mean(column, numbers) or allowed}"
        elif column == schema.discount:
            yield f"percent names {column!r}, which is the discount: say discount_unit = 'percent'."


def _is_encoding(name: object) -> bool:
    try:
        return isinstance(name, str) and isinstance("".encode(name), bytes)
    except (LookupError, UnicodeError, ValueError):
        return False


def _wrong_names(schema: Schema) -> Iterable[str]:
    taken = [*named(schema.measures), *named(schema.categories)]
    reserved = {name.lower() for name in RESERVED}
    for name in taken:
        if name.lower() in reserved and name not in given_way(schema):
            yield f"{name!r} is the name of a role: map it as {name}=..., or give the measure or category another name."
    for name in _repeated(taken):
        yield f"{name!r} is there more than once among measures and categories (upper and lower case count as equal)."
    for name, role in contradicting([schema]):
        yield (
            f"{name!r} is a measure or category, while the role {role} is mapped, which goes with the role {name.lower()}:"
            " give the measure or category another name."
        )


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
                yield f"later at {later.column!r} holds {name!r}, which is known from the start."
            elif name not in mapped:
                guess = did_you_mean(name, mapped) or "map it first."
                yield f"later at {later.column!r} holds {name!r}, which the schema does not map: {guess}"
        if later.once_per not in (None, "case_id"):
            yield f"later at {later.column!r} has once_per={later.once_per!r}: allowed are None and 'case_id'."
        elif later.once_per == "case_id" and schema.case_id is None:
            yield f"later at {later.column!r} is once per case_id, which the schema does not map."
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
