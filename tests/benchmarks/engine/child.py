"""A fresh process that does one work and says what it took: ``python child.py '{"call": "module:function", "args": {}}'``.

Importing comes first, then the work on a tiny log where one is given (so that what is compiled or planned lazily is ready),
then the work itself. Only the last is timed; memory is the highest of the whole process.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(text: str) -> None:
    """Do the work and print what it took as one line of JSON."""
    wanted = json.loads(text)
    module, name = wanted["call"].split(":")
    begun = time.perf_counter()
    call = getattr(import_module(module), name)
    took: dict[str, Any] = {"import": time.perf_counter() - begun}
    if wanted.get("warm"):
        call(**wanted["args"] | wanted["warm"])
    wall, cpu = time.perf_counter(), time.process_time()
    result = call(**wanted["args"])
    took |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak": _most_memory()}
    took |= {"about": result if isinstance(result, dict) else getattr(result, "about", {})}
    if wanted.get("save"):
        _save(result, wanted["save"])
    print(json.dumps(took))


def _most_memory() -> float:
    """Read how many bytes were resident at the highest; not from getrusage where it would count the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024.0
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(size if sys.platform == "darwin" else size * 1024)


def _save(result: Any, path: str) -> None:
    if hasattr(result, "write_parquet"):
        result.write_parquet(path)
    elif hasattr(result, "to_parquet"):
        result.to_parquet(path)
    else:
        import pyarrow.parquet as pq

        pq.write_table(result, path)


if __name__ == "__main__":
    main(sys.argv[1])
