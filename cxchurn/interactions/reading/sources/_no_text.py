"""Files that are called text or JSON and are neither: known by how their bytes begin."""

from __future__ import annotations

import zipfile

from cxchurn._core import DataError, typed
from cxchurn.interactions.reading.sources._encodings import chunks

_BEGINS = (
    (b"PAR1", "a Parquet file", "give it a name that ends in .parquet."),
    (b"\x1f\x8b", "packed (gzip)", "give it a name that ends in .gz, behind its own ending."),
    (b"SQLite format 3\x00", "an SQLite database", "write the table as CSV or Parquet."),
    (b"%PDF-", "a PDF", "ask for the table that it was made from, as CSV or Parquet."),
)
_ZIP, _OLD_SHEET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


def sheet_hint() -> str:
    """Return what to do with a spreadsheet."""
    return typed(
        "save the sheet as CSV (UTF-8), or give the frame of pandas.read_excel.", "save the sheet as CSV (UTF-8)."
    )


def refuse_no_text(file: str, name: str) -> None:
    """Refuse a file that begins as one of another type does.

    Parameters
    ----------
    file : str
        The file.
    name : str
        What it is called in an error.

    Raises
    ------
    DataError
        Where it is no text.
    """
    start = next(chunks(file, name), b"")[:16]
    if start.startswith(_OLD_SHEET) or (start.startswith(_ZIP) and _is_sheet(file)):
        raise DataError(f"{name} is no text, whatever its name says: it is a spreadsheet (Excel).", hint=sheet_hint())
    if start.startswith(_ZIP):
        raise DataError(
            f"{name} is no text, whatever its name says: it is packed (zip).", hint="give it a name that ends in .zip."
        )
    for begin, what, hint in _BEGINS:
        if start.startswith(begin):
            raise DataError(f"{name} is no text, whatever its name says: it is {what}.", hint=hint)


def _is_sheet(file: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(one.startswith(("xl/", "content.xml")) for one in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
