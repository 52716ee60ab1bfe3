"""Writing a frame of Spark: a folder of Parquet files that appears whole or not at all."""

from __future__ import annotations

import uuid
from typing import Any


def write_in_place(frame: Any, place: str) -> None:
    """Write a frame beside its place, and move it there once it is whole; what was there is replaced.

    Parameters
    ----------
    frame : DataFrame of Spark
    place : str
        A folder of any file system that Spark writes to.
    """
    session = frame.sparkSession
    folder, _, name = place.rpartition("/")
    # what begins with a point is not read by anybody who reads the folder
    beside = f"{folder or '.'}/.{name}-{uuid.uuid4().hex[:8]}"
    paths = session._jvm.org.apache.hadoop.fs
    target, unfinished = paths.Path(place), paths.Path(beside)
    system = target.getFileSystem(session._jsc.hadoopConfiguration())
    try:
        frame.write.parquet(beside)
        # Hadoop's rename moves into a folder that is there, instead of over it
        system.delete(target, True)
        if not system.rename(unfinished, target):
            raise OSError(f"{beside} could not be moved to {place}.")
    finally:
        system.delete(unfinished, True)
