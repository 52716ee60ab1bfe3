"""Errors as answers: what was found, what is allowed, and what to try, as JSON, and never a stack trace."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cxchurn._core import CxchurnError, DataError, InternalError, MismatchError, logger
from cxchurn.scoring.online import SAY_SOURCE, FullError

HINT = "GET /openapi.json describes every address."
BODY = "JSON (Content-Type: application/json): an event as an object, or a list of such"
# an argument in Python is a parameter of the address
_SOURCE = "say which one the events are of: ?source=0."


class Answer(JSONResponse):
    """An answer as JSON, whatever text is in it: half a character, as a request may hold it, is escaped."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        try:
            return super().render(content)
        except UnicodeEncodeError:
            return json.dumps(content, allow_nan=False).encode()


class Refused(Exception):
    """A request that is answered with an error.

    Parameters
    ----------
    status : int
        The HTTP status.
    found, allowed, hint : str
        What was found, what is allowed, what to try.
    """

    def __init__(self, status: int, found: str, allowed: str | None = None, hint: str | None = None) -> None:
        super().__init__(found)
        self.answer = error_answer(status, found, allowed, hint)


def error_answer(status: int, found: str, allowed: str | None = None, hint: str | None = None) -> JSONResponse:
    """Return an error as JSON."""
    return Answer({"error": {"found": found, "allowed": allowed, "hint": hint}}, status_code=status)


def answer_in_words(app: FastAPI) -> None:
    """Let an application answer every error in words."""
    app.add_exception_handler(Refused, lambda request, error: error.answer)
    app.add_exception_handler(CxchurnError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_the_request)
    app.add_exception_handler(HTTPException, _of_the_protocol)


def _of_ours(request: Request, error: CxchurnError) -> JSONResponse:
    if isinstance(error, InternalError):
        logger.error("%s", error)
    status = 500 if isinstance(error, InternalError) else 507 if isinstance(error, FullError) else 400
    status = 422 if isinstance(error, (DataError, MismatchError)) else status
    hint = error.hint and error.hint.replace(SAY_SOURCE, _SOURCE)
    return error_answer(status, error.found, error.allowed, hint)


def _of_the_request(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = error.errors()
    if any(one["loc"][0] == "body" for one in errors):
        why = "; ".join(str(one.get("ctx", {}).get("error", one["msg"])) for one in errors)
        return error_answer(422, f"the body is no JSON: {why}.", BODY, HINT)
    found = "; ".join(f"{one['loc'][-1]}: {one['msg']}, not {one['input']!r}" for one in errors)
    return error_answer(422, f"{found}.", None, HINT)


def _of_the_protocol(request: Request, error: HTTPException) -> JSONResponse:
    answer = error_answer(error.status_code, f"{request.method} {request.url.path}: {error.detail}", None, HINT)
    answer.headers.update(error.headers or {})
    return answer
