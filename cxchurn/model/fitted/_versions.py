"""Which versions of the libraries make a model's numbers here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from cxchurn import __version__

_LIBRARIES = ("lightgbm", "numba", "numpy", "pandas", "pyarrow", "scikit-learn")


def versions() -> dict[str, str]:
    """Return the versions of cxchurn and of the libraries that make its numbers; "none" for one that is not installed."""
    return {"cxchurn": __version__, **{name: _version(name) for name in _LIBRARIES}}


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
