"""Who customers are, by the customers table."""

from __future__ import annotations

from collections.abc import Iterator

from cxchurn.features._builder import Builder, labelled
from cxchurn.features._column import Column
from cxchurn.history import Seen
from cxchurn.words import is_fact

_PAST, _TODAY, _AHEAD = (
    "is {value:days} past the {label}",
    "has just reached the {label}",
    "is {value:days} before the {label}",
)
_FACT, _ON_FILE = "is {value:marked|not marked} {label:quoted}", "has {value} on file under {label:quoted}"


class Attributes(Builder):
    """What was on file about customers: plan, region, age of the contract, as of the cut-off.

    Columns: ``attributes_<name>``; numbers as they are, labels as positions among those known in training (a category),
    dates as days before the cut-off (below 0 for those that lie ahead). Missing where nothing was on file or the label is
    new, and for dates of an undated table that had not come, unless they are known ahead (`CustomerSchema`).

    Parameters
    ----------
    names : tuple of str
        The attributes of the customers table to use.
    dates : tuple of str
        Those of them that are dates.
    """

    driver = "attributes"
    needs = ("customers",)
    theme = "profile"

    def __init__(self, names: tuple[str, ...] = (), *, dates: tuple[str, ...] = ()) -> None:
        self.names = names
        self.dates = dates

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for attribute, name in labelled(self.names):
            labels = seen.known(f"customers.{attribute}")
            date = attribute in self.dates
            yield Column(
                f"attributes_{name}",
                seen.attribute(attribute),
                says=_PAST if date else _FACT if labels and all(map(is_fact, labels)) else _ON_FILE,
                zero=_TODAY if date else None,
                below=_AHEAD if date else None,
                missing="has nothing on file under {label:quoted}",
                unit="days" if date else "label" if labels else attribute,
                levels=labels or None,
                label=attribute,
                role="customers",
            )
