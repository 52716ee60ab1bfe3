"""A PostgreSQL of one's own on loopback, for tests: started where there is one, as another user where this one is root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_USER = "postgres"


def why_no_postgres() -> str | None:
    """Return why no PostgreSQL can be started here, None where one can."""
    if find_spec("adbc_driver_postgresql") is None:
        return "adbc-driver-postgresql is not installed"
    if _program("initdb") is None or _program("postgres") is None:
        return "there is no PostgreSQL here"
    if os.getuid() == 0 and (shutil.which("runuser") is None or not _has_user()):
        return f"PostgreSQL does not run as root, and there is no user {_USER}"
    return None


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Start an empty PostgreSQL on a free port of loopback, and yield its address; it is stopped and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data, port = folder / "data", _free_port()
    try:
        if os.getuid() == 0:
            shutil.chown(folder, _USER)
        _run("initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c shared_buffers=16MB -c max_connections=20"
        _run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-t", "60", "-o", options, "start")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    command = [str(_program(program)), *arguments]
    if os.getuid() == 0:
        command = ["runuser", "-u", _USER, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=120)


def _program(name: str) -> Path | None:
    # beside the others: what is on the PATH may be a wrapper for another user
    for pattern in _PLACES:
        found = sorted(Path("/").glob(f"{pattern[1:]}/{name}"))
        if found:
            return found[-1]
    there = shutil.which(name)
    return None if there is None else Path(there)


def _has_user() -> bool:
    try:
        pwd.getpwnam(_USER)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
