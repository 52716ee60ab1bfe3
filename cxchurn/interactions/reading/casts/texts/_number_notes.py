"""What is worth a word of numbers that are text: signs that were taken off, and points that may mean thousands."""

from __future__ import annotations

from collections.abc import Collection

from cxchurn._core import listed, typed

# what plain numbers tell: a point that may stand before thousands, or one that cannot
POINT, DECIMALS = "a point", "decimals"
# what others tell
DECIMAL, CURRENCY = "decimal point", "currency "


def notes_on_numbers(told: Collection[str]) -> list[str]:
    """Return what there is to be said of how columns of numbers were read.

    Parameters
    ----------
    told : collection of str
        What cells of columns told, such as ``"value: decimal point"``.
    """
    facts: dict[str, set[str]] = {}
    for one in sorted(told):
        label, _, fact = one.rpartition(": ")
        facts.setdefault(label, set()).add(fact)
    return [note for label, own in facts.items() for note in _notes(label, own)]


def _notes(label: str, facts: set[str]) -> list[str]:
    found = []
    if POINT in facts and not facts & {DECIMAL, DECIMALS}:
        point, thousands = (
            typed("decimal='.'", 'decimal = "."'),
            typed("decimal=',', thousands='.'", 'decimal = ",", thousands = "."'),
        )
        where = typed("in the schema", "under [format]")
        found.append(
            f"{label}: every number with a point has three figures behind it, such as 1.234: read as a little more than one. "
            f"Where it is a thousand and more, say {thousands} {where}; {point} says that it is not."
        )
    signs = sorted(fact.removeprefix(CURRENCY) for fact in facts if fact.startswith(CURRENCY))
    if signs:
        found.append(f"{label}: numbers stand beside {listed(signs)}, which is taken off.")
    return found


def that_decide(told: Collection[str]) -> frozenset[str]:
    """Return those of what cells told by which other cells are read, or refused."""
    return frozenset(one for one in told if one.rpartition(": ")[2] not in (POINT, DECIMALS))
