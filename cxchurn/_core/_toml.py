"""TOML files: read once, held against what they may say, and everything that is wrong with one said at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from cxchurn._core._errors import UsageError, did_you_mean, listed

# what options are called, where a file is called by its name
SHELL = "the command line"


class Problem(NamedTuple):
    """One thing that is wrong with a file, as an error says it."""

    found: str
    allowed: str | None = None
    hint: str | None = None


class Key(NamedTuple):
    """What a key may hold: in words, the test, and a value as it would be written."""

    holds: str
    fits: Callable[[Any], bool]
    example: str


@dataclass(frozen=True)
class Table:
    """What a table of a TOML file may hold.

    Parameters
    ----------
    keys : mapping of str to Key
        Its keys.
    tables : mapping of str to Table
        The tables inside it.
    needed : tuple of str
        Keys and tables that have to be there.
    several : bool
        Whether there may be several of it: ``[[name]]``.
    any_key : bool
        Whether keys are the user's own, as those of ``[words]``.
    check : callable, optional
        Yields further problems of a table whose keys fit.
    meant : mapping of str to tuple of str
        Of the whole file: words that are no keys, and the path of the key that is meant by them.
    """

    keys: Mapping[str, Key] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    several: bool = False
    any_key: bool = False
    check: Callable[[Mapping[str, Any]], Iterable[Problem]] | None = None
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_text(value: Any) -> bool:
    """Whether a value is text that says something."""
    return isinstance(value, str) and bool(value.strip())


def all_are(value: Any, kind: type) -> bool:
    """Whether a value is a list of one kind of thing."""
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


TEXT = Key("text", is_text, '"..."')
FLAG = Key("true or false", lambda value: isinstance(value, bool), "true")
LIST = Key("a list of texts", lambda value: all_are(value, str), '["...", "..."]')
WHOLE = Key("a whole number", lambda value: type(value) is int, "4")
# by how a part declares them
_KEYS = {
    "str": TEXT,
    "str | None": TEXT,
    "bool": FLAG,
    "int": WHOLE,
    "int | None": Key("a whole number, 1 or more", lambda value: type(value) is int and value >= 1, "30"),
    "float": Key("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool), "0.5"),
    "list[str]": LIST,
    "str | list[str] | None": Key(
        "text, or a list of texts", lambda value: is_text(value) or all_are(value, str), '["...", "..."]'
    ),
    "dict[str, Any]": Key("a table", lambda value: isinstance(value, dict), '{name = "value"}'),
}


def table_of(part: type, *, needed: tuple[str, ...] = (), **more: Any) -> Table:
    """Return what a table may hold whose keys are the fields of a dataclass; fields that are dataclasses are tables.

    Parameters
    ----------
    part : type
        The dataclass.
    needed : tuple of str
    **more
        What else `Table` takes; `tables` and `keys` go before what the fields say.
    """
    hints = get_type_hints(part)
    tables = {one.name: table_of(hints[one.name]) for one in fields(part) if is_dataclass(hints[one.name])}
    tables |= more.pop("tables", {})
    keys = {one.name: _KEYS[str(one.type)] for one in fields(part) if str(one.type) in _KEYS}
    keys = {name: key for name, key in (keys | more.pop("keys", {})).items() if name not in tables}
    return Table(keys, tables, needed, **more)


def read_toml(path: str | Path, *, what: str = "file", hint: str | None = None) -> dict[str, Any]:
    """Read a TOML file, its dates and times as text.

    Parameters
    ----------
    path : str or Path
    what : str
        What it is, in an error.
    hint : str, optional
        Goes with what is wrong with it as a whole.
    """
    try:
        found = tomllib.loads(_text_of(Path(path).read_bytes()))
    except FileNotFoundError as error:
        raise UsageError(f"there is no {what} {path}.", hint=hint) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        said = f"the {what} {path}" if what != "file" else str(path)
        raise UsageError(f"{said} cannot be read as TOML: {error}", hint=hint) from error
    return {name: _without_dates(value) for name, value in found.items()}


def _text_of(content: bytes) -> str:
    # some shells write what a command prints as UTF-16
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if utf_16 else "utf-8-sig").replace("\r\n", "\n")


def _without_dates(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_dates(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_dates(one) for name, one in value.items()}
    return value.isoformat() if isinstance(value, (date, time)) else value


def check_toml(found: Mapping[str, Any], shape: Table, *, what: str, hint: str | None = None) -> None:
    """Refuse what a file says and may not, all of it at once.

    Parameters
    ----------
    found : mapping
        As `read_toml` returns it.
    shape : Table
        What it may hold.
    what : str
        The file, in an error.
    hint : str, optional
        Goes with problems that know no better one.
    """
    refuse(list(_problems(found, shape, (), shape, what)), what=what, hint=hint)


def refuse(problems: list[Problem], *, what: str, hint: str | None = None) -> None:
    """Raise an error that says all problems of a file; none where there are none."""
    if len(problems) == 1:
        found, allowed, own = problems[0]
        where = "" if what in found or what == SHELL else f"{what}: "
        raise UsageError(f"{where}{found}", allowed=allowed, hint=own or hint)
    if problems:
        listing = "\n".join(f"- {_indented(problem)}" for problem in problems)
        raise UsageError(f"{what} has {len(problems)} problems:\n{listing}", hint=hint)


def _indented(problem: Problem) -> str:
    return str(UsageError(problem.found, allowed=problem.allowed, hint=problem.hint)).replace("\n", "\n  ")


def _problems(data: Any, table: Table, path: tuple[str, ...], root: Table, what: str) -> Iterator[Problem]:
    title = _title(path, table) if path else what
    parts = data if table.several and isinstance(data, list) else [data]
    if table.several != isinstance(data, list) or not all(isinstance(part, dict) for part in parts):
        yield Problem(f"{'.'.join(path)} is {data!r}.", f"a table {title}", f"keys stand below a line {title}.")
        return
    for part in parts:
        found = list(_of_keys(part, table, path, root, title))
        for name, inner in table.tables.items():
            if name in part:
                found += _problems(part[name], inner, (*path, name), root, what)
        # how keys go together is looked at where each of them fits
        yield from found or (table.check(part) if table.check is not None else ())


def _of_keys(
    part: Mapping[str, Any], table: Table, path: tuple[str, ...], root: Table, title: str
) -> Iterator[Problem]:
    known = [*table.keys, *table.tables]
    for name, value in part.items():
        if name in table.keys:
            key = table.keys[name]
            if not key.fits(value):
                yield Problem(f"{title} {name} is {value!r}.", key.holds, f"such as {name} = {key.example}")
        elif name not in table.tables and not table.any_key:
            meant = _meant(name, value, path, root, known)
            # where it is known what was meant, all that might have been is noise
            allowed = None if meant is not None and meant.startswith("write") else listed(known, most=40)
            yield Problem(f"{title} has the key {name!r}.", allowed, meant)
    missing = [name for name in table.needed if name not in part]
    if missing:
        shown = [f"{name} = {table.keys[name].example}" for name in missing if name in table.keys]
        shown += [_title((*path, name), table.tables[name]) for name in missing if name in table.tables]
        hint = "write " + ", ".join(shown) + (f" under {title}." if path else ".")
        named = [_title((*path, name), table.tables[name]) if name in table.tables else name for name in missing]
        yield Problem(f"{title} lacks {listed(named)}.", f"all of {listed(table.needed)}", hint)


def _meant(name: str, value: Any, path: tuple[str, ...], root: Table, known: list[str]) -> str | None:
    """Say in TOML what may be meant by a key that there is not."""
    # of tables that may stand anywhere, such as those of one source among several, the one beside this one
    prefix = next((path[:k] for k in range(len(path), 0, -1) if _at(root, path[:k]).several), ())
    places = dict(_keys_of(_at(root, prefix), prefix))
    if name in root.meant:
        return _written((*prefix, *root.meant[name]), value, root)
    elsewhere = [one for one in places if one[-1] == name]
    if elsewhere:
        return "\nor ".join(_written(one, value, root) for one in elsewhere[:2])
    near = did_you_mean(name, known)
    if near:
        return near
    close = get_close_matches(name.lower(), [one[-1] for one in places], n=1, cutoff=0.7)
    return next((_written(one, value, root) for one in places if close and one[-1] == close[0]), None)


def _keys_of(table: Table, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Key]]:
    for name, key in table.keys.items():
        yield (*path, name), key
    for name, inner in table.tables.items():
        if not inner.several:
            yield from _keys_of(inner, (*path, name))


def _at(table: Table, path: tuple[str, ...]) -> Table:
    for name in path:
        table = table.tables[name]
    return table


def _written(path: tuple[str, ...], value: Any, root: Table) -> str:
    table = _at(root, path[:-1])
    key = table.keys.get(path[-1], TEXT)
    said = toml_value(value) if key.fits(value) else key.example
    line = f"{path[-1]} = {said}"
    return f"write\n  {_title(path[:-1], table)}\n  {line}" if path[:-1] else f"write {line} at the top."


def _title(path: tuple[str, ...], table: Table) -> str:
    name = ".".join(map(toml_key, path))
    return f"[[{name}]]" if table.several else f"[{name}]"


def toml_key(name: str) -> str:
    """Return a key as TOML has it."""
    bare = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if bare else toml_value(name)


def toml_value(value: Any) -> str:
    """Return texts, numbers, yes and no, lists and tables of them as TOML has them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml_key(name)} = {toml_value(part)}" for name, part in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(toml_value(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_text(sections: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return titled tables as TOML, leaving out empty ones."""
    parts = [
        "\n".join([title, *(f"{toml_key(k)} = {toml_value(v)}" for k, v in body.items())])
        for title, body in sections
        if body
    ]
    return "\n\n".join(parts) + "\n"
