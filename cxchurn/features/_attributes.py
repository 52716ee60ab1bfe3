"""Who customers are, by the customers table."""

from __future__ import annotations

from collections.abc import Iterator

from cxchurn.features._builder import Builder, labelled, words
from cxchurn.features._column import Column
from cxchurn.history import Seen


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
            said = words(attribute.replace("_", " "))
            labels = seen.known(f"customers.{attribute}")
            if attribute in self.dates and seen.known_ahead(attribute):
                says, unit = f"has {said} {{value:when}}", "days"
            elif attribute in self.dates:
                says, unit = f"is {{value:days past|before}} {said}", "days"
            else:
                says, unit = f"has {said} {{value}}", "label" if labels else attribute
            yield Column(
                f"attributes_{name}",
                seen.attribute(attribute),
                says=says,
                missing=f"has no {said} on file",
                unit=unit,
                levels=labels or None,
            )
