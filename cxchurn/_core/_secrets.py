"""Addresses of databases in words: never with the password that is in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_SECRET = re.compile(r"(password=)[^&\s]+", re.IGNORECASE)


def without_password(address: str) -> str:
    """Return an address without its password.

    Examples
    --------
    >>> without_password("postgresql://anna:secret@db.example.org/crm?sslmode=require")
    'postgresql://anna@db.example.org/crm?sslmode=require'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.split(":", 1)[0] + "://..."
    before, at, host = parts.netloc.rpartition("@")
    user = before.partition(":")[0]
    return _SECRET.sub(r"\1***", urlunsplit(parts._replace(netloc=f"{user}{at}{host}")))


def said_without_password(error: Exception, address: str) -> str:
    """Return the first line of a database's error, without the password of the address that was asked."""
    lines = _SECRET.sub(r"\1***", str(error).replace(address, without_password(address))).splitlines()
    line = lines[0].strip() if lines else type(error).__name__
    return _hidden(line, address)


def _hidden(line: str, address: str) -> str:
    try:
        password = urlsplit(address).password
    except ValueError:
        return line
    return line.replace(password, "***") if password else line
