"""What each column of a customers table is for: whose row it is, since when and until when it holds, what is on file."""

from __future__ import annotations

from dataclasses import dataclass

from cxchurn._core import DataError, UsageError, did_you_mean, listed
from cxchurn.interactions.log._customer_table import FROM, ID, TO
from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.reading.casts._casts import Cast, cast
from cxchurn.interactions.reading.customers._attribute_kinds import texts_in
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema._validity import Validity, validity_of


@dataclass(frozen=True)
class Columns:
    """The columns of a customers table by what they are for."""

    who: str
    validity: Validity
    attributes: list[str]

    @property
    def places(self) -> list[str]:
        """Those that say whom and when a row is about."""
        return [one for one in (self.who, self.validity.since, self.validity.until) if one is not None]


def check_types(about: CustomerSchema) -> None:
    """Raise an error for names that are no list of names, or that say whom and when a row is about."""
    for part in ("attributes", "known_ahead", "percent"):
        if isinstance(getattr(about, part), str):
            raise UsageError(
                f"{part} is the text {getattr(about, part)!r}.", hint=f"write {part}=({getattr(about, part)!r},)."
            )
    clash = {ID, FROM, TO} & set(about.attributes or ())
    if clash:
        raise UsageError(
            f"attributes names {listed(sorted(clash))}, which says whom or when a row is about.",
            hint="leave it out, or give the column another name.",
        )


def require_columns(source: Opened, about: CustomerSchema, who: str | None) -> None:
    """Raise an error where a column is missing that was asked for."""
    asked = [who, about.valid_from, about.valid_to, *(about.attributes or ()), *about.known_ahead, *about.percent]
    missing = [column for column in asked if column is not None and column not in source.columns]
    if who is None or missing:
        raise _no_column(source, missing)


def found_column(source: Opened, names: list[str]) -> str | None:
    """Return the column that is called by one of the names, however it is written."""
    plainly = {plain(column): column for column in reversed(source.columns)}
    return next((plainly[each] for each in names if each in plainly), None)


def _no_column(source: Opened, missing: list[str]) -> DataError:
    sought = listed(f"{column!r}" for column in missing) or "for the customer's id"
    guesses = [guess for column in missing if (guess := did_you_mean(column, source.columns))]
    return DataError(
        f"{source.label} has no column {sought}.",
        allowed=listed(source.columns, most=40),
        hint="; ".join(guesses)
        or "name it: customers=read_customers(data, customer_id='...'), or customer_id under [customers] in the schema.",
    )


def columns_of(source: Opened, who: str | None, about: CustomerSchema) -> Columns:
    """Return what each column is for."""
    assert who is not None
    asked = about.attributes
    # what was said to be an attribute, or to be known ahead, is one, whatever its name
    maybe = [column for column in source.columns if column not in {who, *(asked or ()), *about.known_ahead}]
    key = id_cast(source, who, about).value
    several = bool(rows(source.con, f"SELECT count({key}) > count(DISTINCT {key}) FROM raw")[0][0])
    validity = validity_of(maybe, since=about.valid_from, until=about.valid_to, several=several)
    left = {who, validity.since, validity.until, *validity.books}
    kept = [column for column in source.columns if column not in left] if asked is None else list(asked)
    clash = sorted({ID, FROM, TO} & set(kept))
    if clash:
        raise DataError(
            f"{source.label} has a column {listed(clash)} beside {who!r}, which was said to be the customer's id.",
            hint="leave it out, or give it another name.",
        )
    return Columns(who, validity, kept)


def id_cast(source: Opened, who: str, about: CustomerSchema) -> Cast:
    """Return how the customers' ids are read."""
    return cast(who, source.columns[who], "id", held=source.held(who), says="customer_id (id)", texts=texts_in(about))
