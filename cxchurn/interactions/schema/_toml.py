"""What a schema file may hold: its tables and their keys, and how the parts of a schema are read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cxchurn._core import (
    FLAG,
    LIST,
    TEXT,
    Key,
    Problem,
    Table,
    UsageError,
    check_toml,
    is_text,
    read_toml,
    toml_value,
)
from cxchurn.interactions.schema._roles import CONSTANTS, ROLES
from cxchurn.interactions.schema._text import DECIMALS, DISCOUNTS, ENCODINGS, THOUSANDS


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _is_column(value: Any) -> bool:
    return isinstance(value, str) or (_is_texts(value) and len(value) > 1)


def _is_names(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(one, str) for one in value.values())
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_formats(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_formats(one) and not isinstance(one, dict) for one in value.values())
    return isinstance(value, str) or _is_texts(value)


def _is_unit(value: Any) -> bool:
    return all(isinstance(one, str) for one in (value.values() if isinstance(value, dict) else [value]))


def _one_of(words: tuple[str, ...], example: str) -> Key:
    return Key(", ".join(map(repr, words)), lambda value: value in words, example)


_COLUMN = Key("text, the name of a column", lambda value: isinstance(value, str), '"column"')
_TIME = Key("text, the name of a column, or two of them", _is_column, '["date", "time"]')
_NAMES = Key("a list of columns, or a table of new names", _is_names, '["quantity"] or {quantity = "qty"}')
_SKIP = Key("a whole number, 0 or more", lambda value: type(value) is int and value >= 0, "2")
_ROLE = {name: _TIME if role.type == "instant" else _COLUMN for name, role in ROLES.items()}
_FORMAT = {
    "timezone": Key("text", lambda value: isinstance(value, str), '"Europe/Berlin"'),
    "time_format": Key("text, a list of texts, or a table by column", _is_formats, '"%d.%m.%Y"'),
    "arrives": Key("text, a span", is_text, '"1D"'),
    "encoding": Key("text", is_text, toml_value(ENCODINGS[-1])),
    "delimiter": Key("text", lambda value: isinstance(value, str), '";"'),
    "skip": _SKIP,
    "columns": Key(LIST.holds, LIST.fits, '["customer", "when", "what"]'),
    "decimal": _one_of(DECIMALS, '","'),
    "thousands": _one_of(THOUSANDS, '"."'),
    "percent": Key(LIST.holds, LIST.fits, '["discount_rate"]'),
    "missing": Key(LIST.holds, LIST.fits, '["NULL", "-"]'),
    "yes": Key(LIST.holds, LIST.fits, '["ja"]'),
    "no": Key(LIST.holds, LIST.fits, '["nein"]'),
    "duration_unit": Key("text, or a table by column", _is_unit, '"min"'),
    "discount_unit": _one_of(tuple(DISCOUNTS), '"percent"'),
    "duplicates": Key("text", lambda value: isinstance(value, str), '"keep"'),
    "kinds": Key(LIST.holds, LIST.fits, '["purchase", "visit"]'),
    "ignore_case": FLAG,
}
FORMAT = tuple(_FORMAT)
_LATER = Table(
    {"at": _TIME, "columns": LIST, "kind": TEXT, "once_per": Key("text", is_text, '"case_id"')},
    needed=("at",),
    several=True,
)
_CUSTOMERS = dict.fromkeys(("customer_id", "valid_from", "valid_to"), _COLUMN)
_CUSTOMERS |= {"attributes": LIST, "known_ahead": LIST}
_CUSTOMERS |= {
    name: _FORMAT[name]
    for name in (
        "timezone",
        "time_format",
        "decimal",
        "thousands",
        "percent",
        "missing",
        "delimiter",
        "encoding",
        "skip",
    )
}


def _wrong_words(words: Mapping[str, Any]) -> Iterator[Problem]:
    yield from (Problem(said, hint="such as kind = {cb = ['call-back', 'call-backs']}") for said in wrong_words(words))


SECTIONS: dict[str, Table] = {
    "roles": Table({**_ROLE, "measures": _NAMES, "categories": _NAMES, "levels": LIST}),
    "constants": Table({name: Key("text", is_text, toml_value(example)) for name, example in CONSTANTS.items()}),
    "format": Table(_FORMAT),
    "later": _LATER,
    "customers": Table(_CUSTOMERS),
    "words": Table(any_key=True, check=_wrong_words),
}
# where a source is: one of these
PLACES = ("data", "query")
_SOURCE = Table(
    {
        "data": Key("text, a path", is_text, '"orders.csv"'),
        "query": Key("text, SQL", is_text, "\"SELECT * FROM 'orders.parquet'\""),
        "uri": Key("text, an address", is_text, '"postgresql://user@host/db"'),
        "database": Key("text, a path", is_text, '"orders.duckdb"'),
        "observed_until": Key("text, a time", is_text, '"2024-12-01"'),
    },
    SECTIONS,
    several=True,
)
# words of other libraries, and of Python's schema, for what a schema file calls otherwise
_MEANT = {
    "kind_is": ("constants", "kind"),
    **dict.fromkeys(("sep", "separator", "delim"), ("format", "delimiter")),
    **dict.fromkeys(("tz", "zone", "time_zone", "tzinfo"), ("format", "timezone")),
    **dict.fromkeys(("date_format", "dateformat", "datetime_format", "format"), ("format", "time_format")),
    **dict.fromkeys(("skiprows", "skip_rows", "header"), ("format", "skip")),
    **dict.fromkeys(("na_values", "null", "nulls", "na"), ("format", "missing")),
    **dict.fromkeys(("names", "header_names"), ("format", "columns")),
    **dict.fromkeys(("user_id", "customer", "client_id"), ("roles", "customer_id")),
    **dict.fromkeys(("time", "date", "datetime"), ("roles", "timestamp")),
}


def wrong_place(source: Mapping[str, Any], *, title: str, named: tuple[str, ...] = PLACES) -> Iterator[Problem]:
    """Say what is wrong with where a source is said to be.

    Parameters
    ----------
    source : mapping
        Its keys.
    title : str
        The table, in an error.
    named : tuple of str
        What its place is called: a path, and a query.
    """
    path, query = (source.get(name) for name in named)
    if bool(path) == bool(query):
        said = f"names both {named[0]} and {named[1]}" if path else f"names neither {named[0]} nor {named[1]}"
        yield Problem(f"{title} {said}.", "one of them", f'{named[0]} = "orders.csv"')
    elif path and (more := [name for name in ("uri", "database") if source.get(name)]):
        yield Problem(
            f"{title} names {more[0]} without query.", hint=f'query = "SELECT * FROM orders" beside {more[0]}.'
        )
    elif source.get("uri") and source.get("database"):
        yield Problem(f"{title} names both uri and database.", "one of them")


def _wrong_file(found: Mapping[str, Any]) -> Iterator[Problem]:
    sources = found.get("source")
    for source in sources or ():
        yield from wrong_place(source, title="[[source]]")
    for body, title in [(source, "[source.roles]") for source in sources] if sources else [(found, "[roles]")]:
        roles = {**found.get("roles", {}), **body.get("roles", {})}
        missing = [name for name in ("customer_id", "timestamp") if name not in roles]
        if missing:
            hint = f"write\n  {title}\n  " + "\n  ".join(f'{name} = "..."' for name in missing)
            yield Problem(f"{title} names no column for {' and '.join(missing)}.", hint=hint)
        yield from _wrong_kind(found, body, title)


def _wrong_kind(found: Mapping[str, Any], body: Mapping[str, Any], title: str) -> Iterator[Problem]:
    said = [{**found.get(part, {}), **body.get(part, {})} for part in ("roles", "constants")]
    above = title.replace("roles", "constants")
    for role in said[1]:
        if role in said[0]:
            yield Problem(
                f"{role} is both a column ({said[0][role]!r}, under {title}) and a constant ({said[1][role]!r}, under "
                f"{above}).",
                "one of them",
                f"leave it under {title} if rows differ, and under {above} if all are alike.",
            )
    if not any("kind" in one for one in said):
        hint = (
            f'write\n  {title}\n  kind = "the column that says it"\nor, for rows that are all of one kind,\n  {above}\n'
        )
        yield Problem("nothing says of what kind the rows are.", hint=hint + '  kind = "purchase"')


FILE = Table(tables={**SECTIONS, "source": _SOURCE}, check=_wrong_file, meant=_MEANT)


def read_sections(path: str | Path) -> dict[str, Any]:
    """Return what a schema file says; everything that is wrong with it is said at once."""
    what = f"the schema file {path}"
    found = read_toml(path, what="schema file", hint=f"cxchurn schema LOG > {path} writes one to begin with.")
    check_toml(found, FILE, what=what)
    return found


def sections_of_one(path: str | Path) -> dict[str, Any]:
    """Return what a schema file of one table says."""
    found = read_sections(path)
    if "source" in found:
        raise UsageError(
            f"the schema file {path} is of several tables, each with its data: it stands where a log stands.",
            hint=f"cx.read_interactions({str(path)!r}); in the shell cxchurn validate {path}, or --log {path}.",
        )
    return found


def wrong_words(words: Any) -> Iterable[str]:
    """Say what is wrong with labels in words: by role, each label with what one, or one and several are called."""
    if not isinstance(words, Mapping):
        yield f"words is {words!r}: write {{'kind': {{'cb': ('call-back', 'call-backs')}}}}."
        return
    for role, labels in words.items():
        if not isinstance(labels, Mapping):
            yield f"[words] {role} is {labels!r}, not labels with their words, such as {{cb = ['call-back', 'call-backs']}}."
            continue
        for label, said in labels.items():
            forms = [said] if isinstance(said, str) else said
            several = isinstance(forms, (list, tuple)) and all(isinstance(form, str) and form.strip() for form in forms)
            if not (isinstance(label, str) and several and len(forms) in (1, 2)) or said == (forms[0],):
                yield f"[words] {role}, {label!r} is {said!r}, not a text, or two: what one and several are called."
