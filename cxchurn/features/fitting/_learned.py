"""What a feature set learns from a log: its roles, the labels known in time, the families it can feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxchurn._core import Deferred, MismatchError, did_you_mean, listed
from cxchurn.features._builder import Builder
from cxchurn.features._standard import attribute_names
from cxchurn.features.fitting._attribute_roles import attribute_role
from cxchurn.features.fitting._certain_roles import certain_roles, needed, role_named
from cxchurn.features.fitting._compute import columns_of
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.history import Seen
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def roles_of(log: InteractionLog) -> set[str]:
    """Return what builders may need: roles, measures, categories, and attributes as ``customers.<name>``.

    Younger roles, whose names a measure or category may have, also as ``roles.<name>``.
    """
    names, _ = attribute_names(log)
    roles = {"customers", *map(attribute_role, names)} if names else set()
    if log.customers is not None and not log.customers.dated:
        # where a date was known ahead in training, a table that does not say so would read as missing
        roles |= {attribute_role(name, ahead=True) for name in log.customers.known_ahead}
    return roles | set(log.roles) | set(log.measures) | set(log.categories) | certain_roles(log)


def check_roles(log: InteractionLog, wanted: set[str]) -> None:
    """Raise an error for a log that lacks some of the roles that features were made from."""
    found = roles_of(log)
    missing = sorted(map(role_named, wanted - found))
    if missing:
        raise MismatchError(
            f"the log lacks {listed(missing)}, which the features were made from.",
            allowed=f"a log with the roles {listed(sorted({*map(role_named, wanted)}), most=40)}",
            hint=_how_to_give(missing, found),
        )


def _how_to_give(missing: list[str], found: set[str]) -> str:
    if "customers" in missing:
        return "hand the table of customers over too: customers=, or --customers."
    if missing[0] in found:
        return f"{missing[0]} is a measure or category of the log: map its column as the role {missing[0]}."
    return did_you_mean(missing[0], found) or "map them in the log's schema."


def families_of(wanted: list[Builder], roles: set[str], empty: Seen) -> pd.DataFrame:
    """Return a table of the families: whether each is on, why not, how many columns it makes, whose events."""
    table = []
    for builder in wanted:
        lacks = builder.lacks(roles)
        count = 0 if lacks else sum(1 for _ in columns_of(builder, empty))
        why = f"the log lacks {needed(lacks)}" if lacks else ""
        about = (
            builder.driver,
            type(builder).__name__,
            not lacks,
            why,
            count,
            builder.sees,
            _idea(builder),
            needed(lacks),
        )
        table.append(about)
    return pd.DataFrame(table, columns=["driver", "builder", "on", "why", "columns", "sees", "idea", "lacks"])


def catalogue_of(features: FittedFeatures) -> pd.DataFrame:
    """Return a table of the columns, see `FeatureSet.catalogue`."""
    about = {builder.driver: (needed(builder.needs), builder.sees) for builder in features.builders_}
    used = {says.name for says in features.says_}
    names = ["name", "driver", "unit", "window", "meaning", "roles", "sees", "expects", "theme", "actionable", "used"]
    rows = [
        (
            s.name,
            s.driver,
            s.unit,
            s.window or "life",
            s.meaning,
            *about[s.driver],
            s.expects,
            s.theme,
            s.actionable,
            s.name in used,
        )
        for s in (*features.says_, *features.spare_)
    ]
    return pd.DataFrame(rows, columns=names)


def _idea(builder: Builder) -> str:
    return (type(builder).__doc__ or "").strip().split("\n")[0]
