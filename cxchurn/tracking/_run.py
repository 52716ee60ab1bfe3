"""Where a run was written down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cxchurn._core import html_result, html_table

_KIND = "workflowType=machine_learning"
# where `mlflow ui` shows a store unless told otherwise
_LOCAL = "http://127.0.0.1:5000"


@dataclass(frozen=True, repr=False)
class Run:
    """Where a run was written down, and what; printed it says where to look.

    Attributes
    ----------
    run_id, experiment_id : str
    tracking_uri : str
        The MLflow store, such as ``"sqlite:///mlflow.db"``.
    artifact_uri : str
    model_uri : str
        The model, for `load_model` and `mlflow.pyfunc.load_model`: ``"models:/m-..."``.
    registered : str or None
        The version in the registry, such as ``"models:/churn/3"``, where it was registered.
    name, experiment : str
        What the run and its experiment are called.
    logged : mapping of str to int
        What was written down, and how much of it: parameters, metrics, files and so on.
    """

    run_id: str
    experiment_id: str
    tracking_uri: str
    artifact_uri: str
    model_uri: str = ""
    registered: str | None = None
    name: str = ""
    experiment: str = ""
    logged: Mapping[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str | None:
        """The run's page on a tracking server; None for a store without one."""
        if not self.tracking_uri.startswith(("http://", "https://")):
            return None
        return self._page(self.tracking_uri.rstrip("/"))

    @property
    def look(self) -> str:
        """The address of the run's page, or the command that shows it in a browser, to be typed where the program runs."""
        if self.url is not None:
            return shown(self.url)
        store = self.tracking_uri.replace(f"sqlite:///{Path.cwd()}{os.sep}", "sqlite:///", 1)
        return f"mlflow ui --backend-store-uri {shown(store)}"

    def _page(self, server: str) -> str:
        # said in the address, as pages open as those of language models otherwise
        return f"{server}/#/experiments/{self.experiment_id}/runs/{self.run_id}?{_KIND}"

    def _headline(self) -> str:
        return f"{self.name or self.run_id}" + (f", experiment {self.experiment}" if self.experiment else "")

    def _facts(self) -> dict[str, str]:
        rows = {
            "run": self.run_id,
            "model": self.model_uri,
            "registered": self.registered,
            "logged": ", ".join(f"{count:,} {what}" for what, count in self.logged.items() if count),
            "look": self.look,
            "then at": None if self.url else self._page(_LOCAL),
        }
        return {key: value for key, value in rows.items() if value}

    def __repr__(self) -> str:
        return "\n".join([f"Run {self._headline()}", *(f"  {key:<12}{value}" for key, value in self._facts().items())])

    def _repr_html_(self) -> str:
        return html_result("Run", self._headline(), html_table(["", ""], self._facts().items()))


def shown(tracking_uri: str) -> str:
    """Return an address without who asks and their password."""
    parts = urlsplit(tracking_uri)
    if not parts.scheme or "@" not in parts.netloc:
        return tracking_uri
    return tracking_uri.replace(parts.netloc, f"...@{parts.netloc.rpartition('@')[2]}", 1)
