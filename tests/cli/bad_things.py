"""Things that are wrong, and how to make them in the working directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .cli_runs import plan_text

HEAD = "customer_id,timestamp,kind\n"
ROWS = "1,2024-01-05T10:00:00Z,visit\n2,2024-02-01T10:00:00Z,purchase\n"
SCHEMA = '[roles]\ncustomer_id = "customer_id"\ntimestamp = "timestamp"\nkind = "kind"\n'


@dataclass(frozen=True)
class Bad:
    """One thing that is wrong.

    Attributes
    ----------
    name : str
        What it is.
    prepare : callable
        Makes it, in the working directory, which holds ``sim`` and ``model``.
    command : str
        The command that meets it.
    code : int
        Its exit code.
    says : str
        What standard error says, line ends aside: several texts, divided by " | ".
    store : bool
        Whether the MLflow store is there from an earlier run.
    leaves : set of str
        What may be left behind.
    """

    name: str
    prepare: Callable[[], object]
    command: str
    code: int
    says: str
    store: bool = False
    leaves: frozenset[str] = frozenset()

    def unsaid(self, text: str) -> list[str]:
        """Return what a text should say and does not."""
        return [words for words in self.says.split(" | ") if words not in " ".join(text.split())]


def nothing() -> None:
    """Prepare nothing."""


def file(path: str, content: str | bytes) -> Callable[[], object]:
    def write() -> None:
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def log(content: str) -> Callable[[], object]:
    """Prepare a log of three columns with its schema."""

    def write() -> None:
        file("log.csv", content)()
        file("schema.toml", SCHEMA)()

    return write


def plan(**changes: dict | None) -> Callable[[], object]:
    return file("train.toml", plan_text(**changes))


def manifest(**changes: object) -> Callable[[], object]:
    def write() -> None:
        path = Path("model/manifest.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return write


def customers_twice() -> None:
    log(HEAD + ROWS)()
    file("customers.csv", "customer_id,plan\n1,basic\n1,plus\n2,basic\n")()


def a_file_in_the_way() -> None:
    file("taken", "not a folder")()
    plan(output={"folder": "taken/out"})()
    log(HEAD + ROWS)()


def store(uri: str, path: str, content: str) -> Callable[[], object]:
    """Prepare a plan that names a store, and the file that keeps it from being one."""

    def write() -> None:
        plan(output={"tracking_uri": uri})()
        file(path, content)()

    return write
