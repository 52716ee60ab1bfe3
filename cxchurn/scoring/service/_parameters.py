"""What an address is asked besides: a parameter that is misspelt is an error, and not an answer to another question."""

from __future__ import annotations

from fastapi import Request

from cxchurn._core import did_you_mean, listed
from cxchurn.scoring.service._answers import HINT, Refused


def only_known(request: Request) -> None:
    """Refuse a request whose address has parameters that nothing reads, or one of them twice.

    Addresses that take none let them pass: there is nothing to be meant, and probes add some to get past a cache.

    Parameters
    ----------
    request : Request
    """
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    given = [name for name, _ in request.query_params.multi_items()]
    odd = next((name for name in given if name not in known), None)
    if known and odd is not None:
        allowed = listed(f"?{name}=" for name in sorted(known))
        raise Refused(422, f"nothing reads the parameter {odd!r}.", allowed, did_you_mean(odd, known) or HINT)
    twice = next((name for name in known if given.count(name) > 1), None)
    if twice is not None:
        raise Refused(422, f"the parameter {twice!r} is given {given.count(twice)} times.", "once", HINT)
