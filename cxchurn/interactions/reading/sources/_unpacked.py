"""Files as the engine can read them: members of archives taken out, texts in UTF-8."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cxchurn._core import DataError, listed, scratch_folder
from cxchurn.interactions.reading.sources._encodings import copy_in_utf8, encoding_of, mixes_line_ends, said_of
from cxchurn.interactions.reading.sources._files import ZIP, is_data


@dataclass(frozen=True)
class Unpacked:
    """Files, with the copies that are read in the place of some.

    Parameters
    ----------
    files : list of str
        What they are called; members of an archive behind its name.
    copies : dict of str to str
        Where those are that are not read themselves.
    notes : list of str
        What was found of them.
    encoding : str or None
        The encoding that was found, where it is another than UTF-8.
    """

    files: list[str]
    copies: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    encoding: str | None = None

    def place(self, file: str) -> str:
        """Return where a file is read."""
        return self.copies.get(file, file)

    def called(self, place: str) -> str:
        """Return what a file is called that is read at a place."""
        return next((file for file, copy in self.copies.items() if copy == place), place)


@contextmanager
def unpacked(files: list[str]) -> Iterator[Unpacked]:
    """Take the members out of archives for as long as the block lasts."""
    if not any(file.lower().endswith(ZIP) for file in files):
        yield Unpacked(files)
        return
    with scratch_folder() as folder:
        copies: dict[str, str] = {}
        for file in files:
            copies |= _members(file, folder / str(len(copies))) if file.lower().endswith(ZIP) else {file: file}
        yield Unpacked(list(copies), {file: copy for file, copy in copies.items() if file != copy})


def _members(file: str, folder: Path) -> dict[str, str]:
    """Take the data files out of an archive: what each is called, and where it is."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
            data = sorted(name for name in names if is_data(folder / name, folder) and not name.startswith("__MACOSX"))
            if not data:
                raise DataError(f"{file} holds no data files.", allowed=listed(names, most=10) or None)
            return {f"{file}/{name}": archive.extract(name, folder) for name in data}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, NotImplementedError) as error:
        raise DataError(f"{file} cannot be unpacked: {error}.", hint="unpack it, and name what was in it.") from error


@contextmanager
def in_utf8(found: Unpacked, encoding: str | None) -> Iterator[Unpacked]:
    """Write copies in UTF-8 of texts that are not, or whose lines end in two ways, for as long as the block lasts.

    Parameters
    ----------
    found : Unpacked
        The files.
    encoding : str, optional
        How they are written; by default found file by file, and said.
    """
    with scratch_folder() as folder:
        copies, notes, others = dict(found.copies), list(found.notes), set()
        for number, file in enumerate(found.files):
            place, name = found.place(file), Path(file).name
            own = encoding_of(place, name) if encoding is None else encoding
            if own.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii"):
                if encoding is not None and encoding_of(place, name) != "utf-8":
                    raise DataError(
                        f"{name} is not written in {encoding}; it looks like {encoding_of(place, name)}.",
                        hint=f'say encoding = "{encoding_of(place, name)}" under [format] in the schema.',
                    )
                if not mixes_line_ends(place):
                    continue
            ending = "".join(Path(place).suffixes).removesuffix(".gz")
            copies[file] = str(folder / f"{number}{ending}")
            copy_in_utf8(place, Path(copies[file]), own, name)
            if encoding is None and own != "utf-8":
                others.add(own)
                notes += [said_of(name, own, place)] if not own.startswith("utf") else []
        yield Unpacked(found.files, copies, notes, others.pop() if len(others) == 1 else None)
