"""Which columns a request has: the user's own, what is on file about customers, and which source a row is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cxchurn.features import attributes_of
from cxchurn.interactions import Schema, columns_of, narrowed
from cxchurn.model import ChurnModel

# before the names of the customers table's columns, so that they meet none of the interactions'
ATTRIBUTE = "customers."
# which of several sources a row is of: 0, 1, ...
SOURCE = "log.source"


@dataclass(frozen=True)
class RequestColumn:
    """One column of a request.

    Parameters
    ----------
    name : str
        As the user's tables name it.
    required : bool
        Whether the model's features are made from it.
    """

    name: str
    required: bool


def request_columns(model: ChurnModel) -> list[RequestColumn]:
    """Return the columns a model takes, the needed ones first, each once."""
    found: dict[str, bool] = {}
    for name, required in _all(model):
        found[name] = found.get(name, False) or required
    order = sorted(found, key=lambda name: not found[name])
    return [RequestColumn(name, found[name]) for name in order]


def needed_schemas(model: ChurnModel) -> list[Schema]:
    """Return what the columns mean, without those that the model does not look at."""
    return [narrowed(schema, needed_roles(model)) for schema in model.schemas_]


def needed_roles(model: ChurnModel) -> frozenset[str]:
    """Return the roles, measures and categories that the model's features are made from."""
    asked = {*model.features_.columns_, "customer_id", "timestamp", "known_at", "kind", "later"}
    # money is checked to be of one currency
    return frozenset(asked | {"currency"} if "value" in asked else asked)


def attributes_needed(model: ChurnModel) -> list[str]:
    """Return the attributes of customers that the model's features are made from."""
    return attributes_of(model.features_.roles_)[0]


def _all(model: ChurnModel) -> Iterator[tuple[str, bool]]:
    several = len(model.schemas_) > 1
    if several:
        yield SOURCE, True
    for schema, needed in zip(model.schemas_, needed_schemas(model), strict=True):
        # of several sources each has columns of its own: a request with rows of one lacks those of the others
        yield from ((column, not several) for column in columns_of(needed))
        yield from ((column, False) for column in columns_of(schema))
    attributes = attributes_needed(model)
    yield from ((ATTRIBUTE + name, True) for name in attributes)
    if attributes:
        yield from ((ATTRIBUTE + name, False) for name in dates_of(model))


def dates_of(model: ChurnModel) -> list[str]:
    """Return the columns that say since when, and until when, a row about a customer holds."""
    said = next((schema.customers for schema in model.schemas_ if schema.customers is not None), None)
    return [
        (said.valid_from if said is not None else None) or "valid_from",
        (said.valid_to if said is not None else None) or "valid_to",
    ]
