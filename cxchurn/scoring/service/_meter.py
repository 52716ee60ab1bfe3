"""What is counted of a service, as the text that Prometheus reads. Its addresses are those of the routes: no id is in it."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from cxchurn._core import logger
from cxchurn.scoring.online import Updated
from cxchurn.scoring.service._answers import error_answer
from cxchurn.scoring.service._limited import App, Receive, Scope, Send

# seconds
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meter:
    """Counts the requests of one process, how long they took, and the events that were taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._events: Counter[str] = Counter()

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self._answers[method, path, status] += 1
            self._seconds[path] += seconds  # type: ignore[assignment]
            for bound in _BOUNDS:
                # each bucket holds those below it too, as Prometheus wants them
                self._within[path, bound] += seconds <= bound

    def took(self, taken: Updated) -> None:
        """Count events that were taken, were there already, or were left out."""
        with self._lock:
            self._events.update({"taken": taken.kept, "repeated": taken.repeats, "refused": taken.refused})

    def text(self, *, customers: int, events: int, model: str, unseen: Mapping[str, Mapping[str, Any]]) -> str:
        """Return everything in Prometheus' text format; of labels that training never met, how many events have them."""
        with self._lock:
            lines = [
                *_one("cxchurn_model_info", "gauge", 1, f'version="{model}",worker="{os.getpid()}"'),
                *_one("cxchurn_customers", "gauge", customers),
                *_one("cxchurn_events", "gauge", events),
                *(
                    line
                    for what in ("taken", "repeated", "refused")
                    for line in _one(f"cxchurn_events_{what}_total", "counter", self._events[what])
                ),
                *_unseen(unseen),
                *self._requests(),
                *self._latencies(),
            ]
        return "\n".join([*lines, ""])

    def _requests(self) -> Iterator[str]:
        yield "# TYPE cxchurn_requests_total counter"
        for (method, path, status), count in sorted(self._answers.items()):
            yield f'cxchurn_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}'
        yield from _one("cxchurn_errors_total", "counter", sum(n for (*_, s), n in self._answers.items() if s >= 500))

    def _latencies(self) -> Iterator[str]:
        yield "# TYPE cxchurn_request_seconds histogram"
        counts = Counter[str]()
        for (_, path, _), count in self._answers.items():
            counts[path] += count
        for path, count in sorted(counts.items()):
            for bound in _BOUNDS:
                yield f'cxchurn_request_seconds_bucket{{path="{path}",le="{bound:g}"}} {self._within[path, bound]}'
            yield f'cxchurn_request_seconds_bucket{{path="{path}",le="+Inf"}} {count}'
            yield f'cxchurn_request_seconds_sum{{path="{path}"}} {self._seconds[path]:.6f}'
            yield f'cxchurn_request_seconds_count{{path="{path}"}} {count}'


def _unseen(unseen: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "# TYPE cxchurn_unseen_labels_total counter"
    for column, found in sorted(unseen.items()):
        yield f'cxchurn_unseen_labels_total{{column="{_escaped(column)}"}} {found["rows"]}'


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _one(name: str, kind: str, value: int, labels: str = "") -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"


class Measured:
    """An application whose answers are counted and timed; where it fails, that is written to the log and answered.

    Parameters
    ----------
    app : ASGI application
    meter : Meter
    """

    def __init__(self, app: App, meter: Meter) -> None:
        self.app = app
        self.meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status) if message["type"] == "http.response.start" else status
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:
            if status:
                raise
            logger.exception("%s failed", scope["method"])
            answer = error_answer(500, "the service failed to answer.", None, "its log says why.")
            await answer(scope, receive, noting)
        finally:
            path = getattr(scope.get("route"), "path", "other").replace(":path", "")
            self.meter.answered(scope["method"], path, status or 500, time.perf_counter() - began)
