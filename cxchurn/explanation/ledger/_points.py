"""How points of probability are written."""

from __future__ import annotations

from cxchurn.words import said, written


def part_said(part: str, moved: float) -> str:
    """Say what a part moved: ``experience +1.4``."""
    return said("parts", "moved", part=said("parts", part), points=in_sentence(moved))


def in_sentence(moved: float) -> str:
    """Write points with their sign in a sentence, where a dot for none would read like its end."""
    return "-" if moved != moved else written(moved, "+.1f")


def share(probability: float) -> str:
    """Write a probability."""
    return written(probability, ".1%")


def points(moved: float) -> str:
    """Write points of probability with their sign, a dot for none, a dash for what is not known."""
    if moved != moved:
        return "-"
    return written(moved, "+.1f") if abs(moved) >= 0.05 else "."
