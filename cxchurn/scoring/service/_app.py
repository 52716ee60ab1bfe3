"""The application: what each address does. Also an example to copy: a service is little more than a scorer's methods."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import Body, Depends, FastAPI, Query
from fastapi.responses import PlainTextResponse, Response

from cxchurn import __version__
from cxchurn._core import DataError
from cxchurn.scoring._words import NEVER_SEEN
from cxchurn.scoring.online import KEEP_OTHERS, OnlineScorer
from cxchurn.scoring.service._about import about
from cxchurn.scoring.service._answers import BODY, HINT, Answer, Refused, answer_in_words
from cxchurn.scoring.service._limited import Limited
from cxchurn.scoring.service._limits import Limits
from cxchurn.scoring.service._meter import Measured, Meter
from cxchurn.scoring.service._parameters import only_known

Events = Annotated[
    Any, Body(description="An event as an object, by the columns of the model's schema; or a list of such.")
]
At = Annotated[str | None, Query(description="The cut-off, such as 2025-01-01T00:00:00Z; by default now.")]
Reasons = Annotated[int, Query(ge=0, le=20, description="How many reasons.")]
OnError = Annotated[Literal["raise", "quarantine"], Query(description="Whether one bad event refuses all of them.")]
Place = Annotated[int | None, Query(ge=0, description="Which of the model's sources the events are of, from 0 on.")]

# what a scorer calls its own arguments
_TAKEN = frozenset(("self", "customer", "valid_from"))


def app_of(scorer: OnlineScorer, limits: Limits) -> FastAPI:
    """Return the application of a scorer."""

    @asynccontextmanager
    async def lasting(app: FastAPI) -> AsyncIterator[None]:
        yield
        scorer.close()

    # the pages that describe an application load scripts from elsewhere: its description alone is at /openapi.json
    app = FastAPI(
        title="cxchurn",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lasting,
        dependencies=[Depends(only_known)],
    )
    meter = Meter()
    answer_in_words(app)
    _take(app, scorer, limits, meter)
    _answer(app, scorer, limits)
    _tell(app, scorer, meter)
    app.add_middleware(Limited, max_bytes=limits.max_bytes)
    # last is outermost: what is refused for its length is counted too
    app.add_middleware(Measured, meter=meter)
    return app


def _take(app: FastAPI, scorer: OnlineScorer, limits: Limits, meter: Meter) -> None:
    """Events and attributes in; customers out."""

    @app.post("/events")
    def take_events(events: Events, source: Place = None, on_error: OnError = "raise") -> Response:
        try:
            taken = scorer.update(_some(events, limits), source=source, on_error=on_error)
        except DataError as error:
            here = "nothing was taken in; ?on_error=quarantine leaves out what is refused, and takes in the others."
            there = error.hint if error.hint and KEEP_OTHERS in error.hint else KEEP_OTHERS
            raise Refused(422, error.found, error.allowed, there.replace(KEEP_OTHERS, here)) from error
        meter.took(taken)
        return Answer(taken.to_dict())

    @app.put("/customers/{customer:path}/attributes", status_code=204)
    def take_attributes(customer: str, attributes: Annotated[Any, Body()], valid_from: str | None = None) -> Response:
        if not isinstance(attributes, dict):
            raise Refused(422, "the body is no object.", "JSON: the attributes as an object", HINT)
        if taken := _TAKEN & attributes.keys():
            hint = "since when they hold is asked of the address: ?valid_from=2025-01-01."
            raise Refused(422, f"no attribute is called {min(taken)!r}.", None, hint)
        scorer.attributes(customer, valid_from=valid_from, **attributes)
        return Response(status_code=204)

    @app.delete("/customers/{customer:path}", status_code=204)
    def forget(customer: str) -> Response:
        if not scorer.forget(customer):
            raise _unknown(customer)
        return Response(status_code=204)


def _answer(app: FastAPI, scorer: OnlineScorer, limits: Limits) -> None:
    """Scores out."""

    @app.get("/customers/{customer:path}/score")
    def score(customer: str, at: At = None, reasons: Reasons = 3) -> Response:
        found = scorer.score(customer, at, reasons=reasons)
        # a customer who was never seen is a mistake in the id as often as not: an answer in numbers would hide it
        if found.why == NEVER_SEEN:
            raise _unknown(customer)
        return Answer(found.to_dict())

    @app.post("/score")
    def score_events(events: Events, at: At = None, reasons: Reasons = 3, source: Place = None) -> Response:
        found = scorer.score_events(_some(events, limits), at, reasons=reasons, source=source)
        return Answer([each.to_dict() for each in found])


def _tell(app: FastAPI, scorer: OnlineScorer, meter: Meter) -> None:
    """What the service says of itself."""

    @app.get("/health")
    def health() -> Response:
        return Answer({"status": "ok"})

    @app.get("/ready")
    def ready() -> Response:
        return Answer({"status": "ready", "customers": len(scorer), "events": scorer.events})

    @app.get("/model")
    def model() -> Response:
        return Answer(about(scorer))

    @app.get("/metrics")
    def metrics() -> Response:
        text = meter.text(customers=len(scorer), events=scorer.events, model=scorer.model_version, unseen=scorer.unseen)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _some(events: Any, limits: Limits) -> list[dict[str, Any]]:
    some = [events] if isinstance(events, dict) else events
    if not isinstance(some, list) or not all(isinstance(one, dict) for one in some):
        raise Refused(422, "the body is neither an event nor a list of events.", BODY, HINT)
    if len(some) > limits.max_events:
        raise Refused(
            413, f"{len(some):,} events.", f"{limits.max_events:,} at a time", "send them in several requests."
        )
    return some


def _unknown(customer: str) -> Refused:
    return Refused(404, f"nothing is known of the customer {customer!r}.", None, "send events with POST /events first.")
