"""Inference parameters that do not exist: MLflow drops them with a warning, and a misspelt ``at`` would score another date."""

from __future__ import annotations

import logging
from typing import Any

from mlflow.models import Model, ModelSignature
from mlflow.types import DataType, ParamSchema, ParamSpec

from cxchurn._core import did_you_mean, listed
from cxchurn.tracking.served._error import RequestError

PARAMETERS = ("at", "reasons")
# the logger of the module that drops them
_LOGGER = "mlflow.models.utils"
_NOBODY = "no such parameter"
_FAILURES = (AttributeError, ImportError, TypeError, ValueError)


class _Unknown(logging.Filter):
    """Turns MLflow's warning of an unknown parameter into an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if "Unrecognized params" not in said or not all(repr(name) in said for name in PARAMETERS):
            return True
        names = said.partition("[")[2].partition("]")[0]
        raise RequestError(
            f"there is no parameter {names}.",
            allowed=listed(PARAMETERS),
            hint=did_you_mean(names.partition(",")[0].strip("'"), PARAMETERS)
            or "params={'at': '2025-01-01', 'reasons': 3}",
        )


def refuse_unknown() -> None:
    """Refuse unknown parameters from now on, of models with our parameters."""
    log = logging.getLogger(_LOGGER)
    if not any(isinstance(one, _Unknown) for one in log.filters):
        log.addFilter(_Unknown())
    # whatever is shown of MLflow's messages, this one has to be made
    log.setLevel(min(log.getEffectiveLevel(), logging.WARNING))


def unknown_are_refused() -> bool:
    """Whether an unknown parameter would be refused here and now: MLflow itself is asked, for it makes no promise about it.

    Another version of it may say something else, and a program may have switched its messages off.
    """
    schema = ParamSchema([ParamSpec(name, DataType.string, None) for name in PARAMETERS])
    try:
        # here, not above: MLflow warns of its own type hints while it is loaded, which `package` keeps quiet
        from mlflow.pyfunc import PyFuncModel

        PyFuncModel(Model(signature=ModelSignature(params=schema)), _Silent()).predict(None, params={_NOBODY: 1})
    except RequestError:
        return True
    except _FAILURES:
        return False
    return False


class _Silent:
    """Answers nothing."""

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> None:
        """Answer nothing."""
