"""What a request is refused with."""

from __future__ import annotations

from mlflow.exceptions import INVALID_PARAMETER_VALUE, MlflowException

from cxchurn._core import UsageError


class RequestError(UsageError, MlflowException):
    """A request that cannot be answered, said in words: an error of cxchurn, and of MLflow, whose server answers 400."""

    def __init__(self, found: str, *, allowed: str | None = None, hint: str | None = None) -> None:
        UsageError.__init__(self, found, allowed=allowed, hint=hint)
        MlflowException.__init__(self, self.args[0], error_code=INVALID_PARAMETER_VALUE)
