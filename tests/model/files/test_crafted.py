"""Model folders that somebody forged are refused in words: no code of theirs runs, nothing hangs, nothing outside is touched.

Some dozens by hand and a few by chance; ``CXCHURN_STRESS=200`` (``make stress``) tries so many by chance.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cxchurn._core import CxchurnError
from cxchurn.features import Attributes, Recency, Standing, Volume
from cxchurn.model import ChurnClassifier, ChurnModel, load_fitted, load_model

from .forging import BY_HAND, HARMLESS, SECRET, Forgery, at_random, copied

BY_CHANCE = int(os.environ.get("CXCHURN_STRESS", "40"))
SECONDS = 20
# of what the system is asked for while a model is loaded: what would run code or reach outside
_ASKED = (
    "exec",
    "import",
    "open",
    "os.system",
    "os.exec",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "subprocess.Popen",
    "socket",
)
_watched: list[tuple[str, Any]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and event.startswith(_ASKED):
        _watched.append((event, arguments[0] if arguments else None))


@pytest.fixture(scope="module", autouse=True)
def listening() -> None:
    """Hear what the system is asked for; there is no way to stop, but nothing is kept."""
    sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    global _watched
    heard: list[tuple[str, Any]] = []
    _watched = heard
    try:
        yield heard
    finally:
        _watched = None


class Hangs(BaseException):
    """It took so long that it may never end."""


@contextmanager
def in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def saved(churn, train, tmp_path_factory) -> Path:
    """A model with numbers, labels, attributes and reference tables; loaded once, so that all that is imported is."""
    features = [Recency(), Volume(), Standing(), Attributes()]
    model = ChurnModel(churn, features=features, classifier=ChurnClassifier(n_estimators=12), folds=2).fit(train)
    folder = model.save(tmp_path_factory.mktemp("forged") / "model")
    load_model(folder)
    load_fitted(folder)
    return folder


def said_of(folder: Path, load: Callable[[Path], object], *, links_to: Path | None = None) -> CxchurnError | None:
    """Return what a model is refused with, None where it is loaded; anything else that happens is raised.

    A file that the model has as a link may be read, as volumes and caches of models hold them so; it is never shown.
    """
    modules = set(sys.modules)
    with watched() as heard, in_time():
        try:
            load(folder)
            error = None
        except CxchurnError as refused:
            error = refused
    inside = str(folder.resolve())
    for event, what in heard:
        if event in ("open", "os.mkdir", "os.rename") and isinstance(what, (str, bytes, Path)):
            # numba keeps what it compiled beside the code
            place = os.path.realpath(os.fsdecode(what))
            assert place.startswith(inside) or _ours(place) or Path(place) == links_to, f"{place} was opened"
        else:
            assert event in ("open", "import", "exec"), f"{event}: {what}"
    new = {name for name in set(sys.modules) - modules if not _known(name)}
    assert not new, f"{new} was imported"
    assert not Path("pwned").exists()
    assert error is None or SECRET not in str(error)
    return error


def _ours(place: str) -> bool:
    """Whether a file belongs to Python, to its libraries, or to this package and what is compiled of it."""
    places = (
        sys.prefix,
        sys.base_prefix,
        str(Path(__file__).resolve().parents[3]),
        "/usr/share/zoneinfo",
        "/proc/self",
        os.environ.get("NUMBA_CACHE_DIR") or sys.prefix,
    )
    return place.startswith(tuple(os.path.realpath(one) for one in places)) or "__pycache__" in place


def _known(name: str) -> bool:
    module = sys.modules.get(name)
    place = getattr(module, "__file__", None)
    return place is None or _ours(os.path.realpath(place))


LOADS = pytest.mark.parametrize("load", [load_model, load_fitted])


@LOADS
@pytest.mark.parametrize("way", BY_HAND)
def test_by_hand(way, load, saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = copied(saved, tmp_path / "model")
    BY_HAND[way](folder)
    links_to = tmp_path.resolve() / "secret.txt" if way == "a link to a secret" else None
    error = said_of(folder, load, links_to=links_to)
    assert (error is None) == (way in HARMLESS)


def test_by_chance(saved, tmp_path, monkeypatch):
    """What is changed may not matter to a model: then it is loaded, and nothing else happens."""
    monkeypatch.chdir(tmp_path)
    names = ["model.json", "features.json", "lightgbm.txt", "manifest.json"]
    refused = 0
    for way, forgery in islice(at_random(names, seed=BY_CHANCE), BY_CHANCE):
        for load in (load_model, load_fitted):
            refused += _tried(way, forgery, load, copied(saved, tmp_path / "model")) is not None
    assert refused > BY_CHANCE


def _tried(way: str, forgery: Forgery, load: Callable[[Path], object], folder: Path) -> CxchurnError | None:
    try:
        forgery(folder)
        return said_of(folder, load)
    except (Exception, Hangs) as error:
        raise AssertionError(f"{way}: {type(error).__name__}: {error}") from error


def test_what_is_not_forged_is_loaded(saved, tmp_path):
    folder = copied(saved, tmp_path / "model")
    assert said_of(folder, load_model) is None
    # as volumes of containers hold files: each a link to a place beside
    (tmp_path / "held").mkdir()
    for path in folder.iterdir():
        path.rename(tmp_path / "held" / path.name)
        path.symlink_to(tmp_path / "held" / path.name)
    assert load_model(folder).version_ == load_model(saved).version_
