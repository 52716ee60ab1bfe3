"""What drivers and themes are called towards people: their words stand in the language file."""

from __future__ import annotations

from cxchurn.words import spoken


def subject_words(name: str) -> str:
    """Return a driver or a theme in words; a driver of somebody's own is called by its name.

    Examples
    --------
    >>> subject_words("effort"), subject_words("experience"), subject_words("my_calls")
    ('how hard it was', 'what it was like', 'my calls')
    """
    drivers, themes = (spoken().section(one) for one in ("drivers", "themes"))
    return str(drivers.get(name) or themes.get(name) or name.replace("_", " "))
