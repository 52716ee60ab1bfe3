"""Writes ``cxchurn/__init__.pyi``, what editors and type checkers know of the package's door: ``python tests/door.py``."""

from __future__ import annotations

from pathlib import Path

import cxchurn

STUB = Path(cxchurn.__file__).with_suffix(".pyi")
_HEAD = '''"""What stands at the door; written by ``python tests/door.py``, from the table in ``__init__.py``."""

'''


def stub() -> str:
    """Return the text of the stub: every public name, from the folder it is loaded from at run time."""
    folders: dict[str, list[str]] = {}
    for name, folder in cxchurn._FOLDER.items():
        folders.setdefault(folder, []).append(name)
    imports = "\n".join(
        f"from cxchurn.{folder} import {name} as {name}"
        for folder in sorted(folders)
        for name in sorted(folders[folder])
    )
    return f"{_HEAD}{imports}\n\n__version__: str\n"


if __name__ == "__main__":
    STUB.write_text(stub())
