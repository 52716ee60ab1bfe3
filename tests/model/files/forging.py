"""Saved models as somebody would forge them: files that keep their checksums and hold what no model ever wrote."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SECRET = "what lies outside is nobody's business"

Forgery = Callable[[Path], None]


def sealed(folder: Path, name: str, content: bytes) -> None:
    """Put another file in the place of one, with the checksum that the manifest has to say."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(content)
    if name == MANIFEST:
        return
    change(folder, lambda said: said["sha256"].__setitem__(name, hashlib.sha256(content).hexdigest()))


def change(folder: Path, how: Callable[[dict], Any]) -> None:
    said = json.loads((folder / MANIFEST).read_text())
    how(said)
    (folder / MANIFEST).write_text(json.dumps(said))


def rewritten(name: str, how: Callable[[bytes], bytes]) -> Forgery:
    return lambda folder: sealed(folder, name, how((folder / name).read_bytes()))


def changed(name: str, how: Callable[[Any], Any]) -> Forgery:
    """Change what a JSON file says; how returns None where it changed it in place."""

    def of(folder: Path) -> None:
        said = json.loads((folder / name).read_text())
        new = how(said)
        sealed(folder, name, json.dumps(said if new is None else new).encode())

    return of


def outside(folder: Path) -> Path:
    """Return a file that lies beside the model, not in it."""
    place = folder.parent / "secret.txt"
    place.write_text(SECRET)
    return place


def linked(name: str, target: Callable[[Path], Path]) -> Forgery:
    def of(folder: Path) -> None:
        place = target(folder)
        (folder / name).unlink()
        (folder / name).symlink_to(place)

    return of


def named(name: str) -> Forgery:
    """Let the manifest name a file elsewhere, with its checksum."""

    def of(folder: Path) -> None:
        outside(folder)
        said = name.format(folder=folder)
        change(folder, lambda man: man["sha256"].__setitem__(said, hashlib.sha256(SECRET.encode()).hexdigest()))

    return of


def without_file(folder: Path, name: str, then: Callable[[Path], Any]) -> None:
    (folder / name).unlink()
    then(folder / name)


def evil_module(folder: Path) -> None:
    """Bring code along, and name it wherever a class is named."""
    (folder / "evil.py").write_text("raise SystemExit('code of the model was run')")
    (folder / "__init__.py").write_text("raise SystemExit('code of the model was run')")
    text = (folder / "features.json").read_text().replace('"is": "Recency"', '"is": "evil.Recency"')
    sealed(folder, "features.json", text.encode())


def pickled(folder: Path) -> None:
    """Put pickles that run code beside the model and in the places of its files."""
    bomb = b"cos\nsystem\n(S'touch pwned'\ntR."
    for name in ("model.pkl", "python_model.pkl"):
        (folder / name).write_bytes(bomb)
    sealed(folder, "model.json", bomb)


def chain(leaves: int) -> bytes:
    """One tree whose every decision has one leaf and the next decision: as deep as it has leaves."""
    inner = leaves - 1
    left = " ".join(str(-1 - k) for k in range(inner))
    right = " ".join([*(str(k + 1) for k in range(inner - 1)), str(-leaves)])
    lines = {
        "num_leaves": leaves,
        "num_cat": 0,
        "split_feature": " ".join(["0"] * inner),
        "threshold": " ".join(map(str, range(inner))),
        "decision_type": " ".join(["2"] * inner),
        "left_child": left,
        "right_child": right,
        "leaf_value": " ".join(["0.1"] * leaves),
        "leaf_count": " ".join(["9"] * leaves),
        "is_linear": 0,
    }
    body = "\n".join(f"{name}={value}" for name, value in lines.items())
    head = "tree\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=binary sigmoid:1"
    return f"{head}\n\nTree=0\n{body}\n\nend of trees\n".encode()


def line(name: str, value: str) -> Callable[[bytes], bytes]:
    """Say something else in the lines of one name of LightGBM's text."""
    return lambda text: re.sub(rf"^{name}=.*$".encode(), f"{name}={value}".encode(), text, flags=re.MULTILINE)


def says(text: str) -> Forgery:
    return changed("features.json", lambda said: said["columns"][0].__setitem__("one", text))


def builder(**parameters: Any) -> Forgery:
    return changed("features.json", lambda said: said["builders"][0]["with"].update(parameters))


# every way that somebody thought of, by what it is called
BY_HAND: dict[str, Forgery] = {
    "empty manifest": lambda folder: (folder / MANIFEST).write_bytes(b""),
    "manifest that is a folder": lambda folder: without_file(folder, MANIFEST, Path.mkdir),
    "manifest that is a pipe": lambda folder: without_file(folder, MANIFEST, os.mkfifo),
    "deep manifest": lambda folder: (folder / MANIFEST).write_text('{"sha256":' + "[" * 100_000 + "]" * 100_000 + "}"),
    "manifest without names": lambda folder: change(folder, lambda said: said["sha256"].clear()),
    "manifest with a list": lambda folder: change(folder, lambda said: said.update(sha256=["model.json"])),
    "checksum that is a number": lambda folder: change(folder, lambda said: said["sha256"].update({"model.json": 7})),
    "format of another kind": lambda folder: change(folder, lambda said: said.update(format={"a": []})),
    "kind of another kind": lambda folder: change(folder, lambda said: said.update(kind=["model"])),
    "versions of another kind": lambda folder: change(folder, lambda said: said.update(versions=[[1]])),
    "waits in another place": lambda folder: change(folder, lambda said: said.update(at="../..")),
    "waits in a list": lambda folder: change(folder, lambda said: said.update(at=["x"])),
    "a file above": named("../secret.txt"),
    "a file by its whole path": named("{folder}/../secret.txt"),
    "a file below": named("below/secret.txt"),
    "a file called nothing": named(""),
    "a file with a null": named("secret\0.txt"),
    "a file with half a letter": named("secret\udcff.txt"),
    "a link to a secret": linked("model.json", outside),
    "a link to what never ends": linked("model.json", lambda folder: Path("/dev/zero")),
    "a link to itself": linked("features.json", lambda folder: folder / "features.json"),
    "a pipe": lambda folder: without_file(folder, "lightgbm.txt", os.mkfifo),
    "a folder for a file": lambda folder: without_file(folder, "lightgbm.txt", Path.mkdir),
    "code along with it": evil_module,
    "pickles": pickled,
    "a file larger than any model": lambda folder: os.truncate(folder / "model.json", 1 << 40),
    "packed to nothing": rewritten("model.json", lambda text: gzip.compress(b"[" * 50_000_000)),
    "deep": rewritten("model.json", lambda text: b"[" * 200_000),
    "just deep enough to be read": rewritten(
        "features.json", lambda text: text.replace(b'"builders": [', b'"builders": [' + b"[" * 900 + b"]" * 900 + b",")
    ),
    "numbers that are none": rewritten(
        "model.json", lambda text: text.replace(b'"base_rate": ', b'"base_rate": NaN,"x":')
    ),
    "numbers beyond all": rewritten(
        "model.json", lambda text: text.replace(b'"base_rate": ', b'"base_rate": 1e999,"x":')
    ),
    "a number of many digits": rewritten(
        "model.json", lambda text: text.replace(b'"base_rate": ', b'"base_rate": ' + b"9" * 10_000 + b',"x":')
    ),
    "no text": rewritten("model.json", lambda text: bytes(range(256))),
    "text of two bytes": rewritten("features.json", lambda text: text.decode().encode("utf-16")),
    "another file in its place": lambda folder: sealed(folder, "model.json", (folder / "features.json").read_bytes()),
    "tag of yaml": rewritten("model.json", lambda text: b"!!python/object/apply:os.system ['touch pwned']"),
    "a class of the system's": builder(kind={"is": "os.system", "with": {"command": "touch pwned"}}),
    "a class with a parameter too many": builder(nobody=1),
    "a class in a class in a class": builder(by={"is": "Recency", "with": {"by": {"is": "Recency", "with": {}}}}),
    "a window as long as time": builder(windows=["999999999999999D"]),
    "a window of nothing": builder(windows=["0D", "-5D"]),
    "a column twice": changed("features.json", lambda said: said["columns"].append(said["columns"][0])),
    "a column too few": changed("features.json", lambda said: said["columns"].pop()),
    "no columns": changed("features.json", lambda said: said.update(columns=[])),
    "a sentence that looks inside": says("has {value.__class__.__init__.__globals__}"),
    "a sentence that takes an item": says("has {value[0]}"),
    "a sentence in a sentence": says("has {value:{window}}"),
    "a sentence without end": says("has {value:>9999999999}"),
    "a sentence that is none": says("has {value"),
    "a sentence that is a number": changed("features.json", lambda said: said["columns"][0].update(one=7)),
    "a zone that leads out": changed("features.json", lambda said: said.update(timezone="../../../etc/passwd")),
    "a zone that is a list": changed("features.json", lambda said: said.update(timezone=["UTC"])),
    "seeds without end": changed("model.json", lambda said: said["classifier"]["parameters"].update(n_seeds=10**12)),
    "no seeds": changed("model.json", lambda said: said["classifier"]["parameters"].update(n_seeds=0)),
    "seeds that are text": changed("model.json", lambda said: said["classifier"]["parameters"].update(n_seeds="one")),
    "a linear part beyond the columns": changed(
        "model.json", lambda said: said["blend"]["linear"]["ridge"]["terms"][0].update(column=10**6)
    ),
    "a linear part before the columns": changed(
        "model.json", lambda said: said["blend"]["linear"]["ridge"]["terms"][0].update(column=-(10**6))
    ),
    "a linear part of more columns": changed(
        "model.json", lambda said: said["blend"]["linear"]["ridge"].update(columns=10**9)
    ),
    "a linear part that begins with text": changed(
        "model.json", lambda said: said["blend"]["linear"]["ridge"].update(intercept="x")
    ),
    "an example of many": changed(
        "model.json",
        lambda said: said["example"].update(
            events={name: one * 5_000 for name, one in said["example"]["events"].items()}
        ),
    ),
    "an example of unequal columns": changed("model.json", lambda said: said["example"]["events"]["kind"].pop()),
    "an example of nobody": changed("model.json", lambda said: said["example"].update(events={})),
    "an example at no time": changed("model.json", lambda said: said["example"].update(at="soon")),
    "trees that are none": rewritten("lightgbm.txt", lambda text: b"tree\n"),
    "trees of nobody": rewritten("lightgbm.txt", lambda text: text.partition(b"\nTree=0")[0] + b"\n\nend of trees\n"),
    "a tree as deep as wide": rewritten("lightgbm.txt", lambda text: chain(60_000)),
    "columns beyond the columns": rewritten(
        "lightgbm.txt", line("split_feature", "9999 9999 9999 9999 9999 9999 9999")
    ),
    "so many columns": rewritten("lightgbm.txt", line("max_feature_idx", "9" * 30)),
    "leaves beyond all": rewritten("lightgbm.txt", line("num_leaves", "9" * 30)),
    "leaves below nothing": rewritten("lightgbm.txt", line("num_leaves", "-3")),
    "children of their own": rewritten("lightgbm.txt", line("left_child", "0 0 0 0 0 0 0")),
    "values that are none": rewritten("lightgbm.txt", line("leaf_value", "nan nan nan nan nan nan nan nan")),
    "kinds that are none": rewritten("lightgbm.txt", line("decision_type", "255 255 255 255 255 255 255")),
    "labels without sets": rewritten("lightgbm.txt", line("decision_type", "1 1 1 1 1 1 1")),
    "trees of several classes": rewritten("lightgbm.txt", line("num_tree_per_iteration", "1000000")),
}

# says the same, or something that no score depends on
HARMLESS = {"versions of another kind", "text of two bytes", "so many columns"}

_NASTY: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 7, 2**31, 2**63, 10**30, -(10**30), 0.5, -1e308, 1e-320),
    *(
        "",
        "x",
        "x" * 100_000,
        "\0",
        "\ud800",
        "../../../etc/passwd",
        "{value.__class__}",
        "-1D",
        "99999999999999D",
        "nan",
    ),
    *(
        [],
        {},
        [[]],
        [[[[1]]]],
        {"is": "os.system", "with": {}},
        {"is": "list", "with": 3},
        {"is": "dict", "with": [[1]]},
    ),
    {"is": "number", "with": "inf"},
)


def at_random(names: list[str], seed: int) -> Iterator[tuple[str, Forgery]]:
    """Yield forgeries without end: each changes one file somewhere."""
    chance = random.Random(seed)
    while True:
        name, way = chance.choice(names), chance.randrange(1 << 30)
        yield f"{name} {way}", rewritten(name, lambda text, name=name, way=way: _mutated(name, text, way))


def _mutated(name: str, text: bytes, way: int) -> bytes:
    chance = random.Random(way)
    if chance.random() < 0.2:
        return _torn(text, chance)
    return _other_json(text, chance) if name.endswith(".json") else _other_lines(text, chance)


def _torn(text: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    return chance.choice([text[:first], text[last:], text[:first] + text[last:], text[:last] + text[first:], text * 2])


def _other_json(text: bytes, chance: random.Random) -> bytes:
    said = json.loads(text)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(said)))
        way = chance.random()
        if way < 0.6:
            holder[key] = chance.choice(_NASTY)
        elif way < 0.75:
            del holder[key]
        elif way < 0.9:
            other, there = chance.choice(list(_places(said)))
            holder[key] = json.loads(json.dumps(other[there]))
        elif isinstance(holder, list):
            holder.insert(0, chance.choice(_NASTY))
        else:
            holder[str(chance.choice(_NASTY))[:50]] = chance.choice(_NASTY)
    return json.dumps(said).encode()


def _places(said: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a JSON value: nearer to its root the likelier, as long lists of numbers count as one place."""
    keys: Any = list(said) if isinstance(said, dict) else range(min(len(said), 3))
    for key in keys:
        yield said, key
        if isinstance(said[key], (dict, list)) and said[key]:
            yield from _places(said[key])


def _other_lines(text: bytes, chance: random.Random) -> bytes:
    lines = text.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        way = chance.random()
        if way < 0.2:
            lines.pop(at)
        elif way < 0.4:
            lines.insert(at, chance.choice(lines))
        else:
            words = re.split(rb"([ =])", lines[at])
            words[chance.randrange(len(words))] = chance.choice(
                [
                    b"",
                    b"-1",
                    b"0",
                    b"7",
                    b"nan",
                    b"inf",
                    b"-inf",
                    b"1e400",
                    b"9" * 40,
                    b"4294967296",
                    b"x",
                    b"\xff",
                    b"1 1",
                ]
            )
            lines[at] = b"".join(words)
    return b"\n".join(lines)


def copied(model: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(model, to)
    return to
