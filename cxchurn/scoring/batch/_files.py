"""Scores into files: Parquet or CSV, and folders in which the nights stand side by side."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import UsageError, write_whole
from cxchurn.scoring.batch._listing import Listing
from cxchurn.scoring.batch._text import as_text


@dataclass(frozen=True)
class InFile:
    """A Parquet or CSV file that appears whole or not at all.

    Parameters
    ----------
    target : Path
    root : Path, optional
        The folder of nights that the file is in; its own folder's name then says the cut-off.
    """

    target: Path
    root: Path | None = None

    def __str__(self) -> str:
        return str(self.target)

    @property
    def work(self) -> Path:
        """Where a run keeps its parts: beside the file, hidden from whoever reads the folder."""
        if self.root is None:
            return self.target.parent / f".{self.target.name}.work"
        return self.root.parent / f".{self.root.name}.{self.target.parent.name}.work"

    @property
    def summary(self) -> Path:
        """Where the summary goes."""
        if self.root is None:
            return self.target.with_name(f"{self.target.stem}.summary.json")
        return self.root.parent / f"{self.root.name}.{self.target.parent.name}.summary.json"

    @property
    def keeps_others(self) -> bool:
        """Whether what else the target holds stays: a file is replaced."""
        return False

    @property
    def references(self) -> Path:
        """Where tables about customers in general go that were made for the run."""
        if self.root is None:
            return self.target.with_name("references.json")
        return self.root.parent / f"{self.root.name}.{self.target.parent.name}.references.json"

    def check(self, schema: pa.Schema) -> None:
        """Refuse a place that a file cannot be put to."""
        if self.target.is_dir():
            raise UsageError(f"cannot write to {self.target}: Is a directory.", hint="choose another name.")
        if self.root is not None and any(self.root.glob("as_of=*")):
            raise UsageError(
                f"{self.root} holds nights in folders called as_of=..., whose files do not say the cut-off.",
                allowed="a new folder, or one of nights in folders called night=...",
                hint="an earlier version wrote them: score into another folder, for nobody can read both as one table.",
            )

    def write(self, listing: Listing, work: Path) -> None:
        """Fill a file in the work folder, and put it in its place in one step."""
        fresh = work / f"out{self.target.suffix.lower()}"
        if fresh.suffix == ".csv":
            write_csv(listing, fresh)
        else:
            write_parquet(listing, fresh)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        put(fresh, self.target)


def put(fresh: Path, target: Path) -> None:
    """Put a finished file in its place in one step, wherever it was made."""
    try:
        os.replace(fresh, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # the folder for finished parts is on another disk
        write_whole(target, lambda beside: shutil.copyfile(fresh, beside))


def write_parquet(listing: Listing, file: Path) -> None:
    """Write a list to Parquet, block by block; the same list gives the same bytes. pandas finds its rules and
    the zone of its clock in ``attrs``."""
    said = json.dumps({"rules": listing.run.wanted.rules, "timezone": listing.run.log.timezone}, sort_keys=True)
    schema = listing.schema.with_metadata({"PANDAS_ATTRS": said})
    with open(file, "wb") as out:
        with pq.ParquetWriter(out, schema, compression="zstd") as writer:
            for block in listing.blocks():
                writer.write_table(block.replace_schema_metadata(schema.metadata))
        out.flush()
        os.fsync(out.fileno())


def write_csv(listing: Listing, file: Path) -> None:
    """Write a list to CSV, block by block."""
    with open(file, "w", encoding="utf-8", newline="") as out:
        for number, block in enumerate(listing.blocks()):
            text = as_text(block.to_pandas(), listing.run.log.timezone)
            text.to_csv(out, index=False, header=number == 0, lineterminator=os.linesep)
        out.flush()
        os.fsync(out.fileno())
