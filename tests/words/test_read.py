"""Language files: what would fail or lose something when a customer is scored is refused when the file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxchurn._core import UsageError
from cxchurn.features import language_of
from cxchurn.words import english

TEXT = "was last active {value:when}"


def read(folder: Path, section: str, key: str, said: str) -> None:
    file = folder / "xx.toml"
    file.write_text(f'[{section}]\n"{key}" = {said}\n', encoding="utf-8")
    language_of(file)


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ("numbers", "minus", '"{} {}"'),
        ("numbers", "minus", '"{x}"'),
        ("numbers", "minus", '"{"'),
        ("numbers", "minus", '"{0.real}"'),
        ("numbers", "minus", '"{!r}"'),
        ("numbers", "percent", '"{:>300000}"'),
        ("numbers", "money", '"{}"'),
        ("numbers", "money", '"{0} {0}"'),
        ("phrases", "usual", '"{} {} {}"'),
        ("phrases", "usual", '"nix"'),
        ("interactions", "other", '["{role} {}", "{}"]'),
        ("texts", TEXT, '"{value:tage}"'),
        ("texts", TEXT, '"{value:{window}}"'),
        ("texts", TEXT, '"{value:>99999999}"'),
        ("texts", TEXT, '"{value:quoted}"'),
        ("texts", TEXT, '"war da"'),
        ("texts", TEXT, '""'),
        ("texts", TEXT, '" "'),
        ("texts", "had {value} in the last {window}", '"{value} {window:days}"'),
        ("texts", "is in {label:quoted}", '"{label:tage}"'),
        ("texts", "{value:days longer|shorter}", '"{value:länger|kürzer}"'),
    ],
)
def test_is_refused(tmp_path, section, key, said):
    with pytest.raises(UsageError, match=rf"has problems:\n  \[{section}\] "):
        read(tmp_path, section, key, said)


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ("numbers", "money", '"{1} {0}"'),
        ("numbers", "decimal", '"{"'),
        ("interactions", "other", '["{} ({role})", "{} ({role})"]'),
        ("texts", TEXT, '"zuletzt vor {value:days}"'),
        ("texts", "is in {label:quoted}", '"in {label}"'),
        ("texts", "{value:days longer|shorter}", '"{value:days länger|kürzer}"'),
        ("texts", "it {value:is|is not} so", '"es {value:ist|ist nicht} so"'),
        ("texts", "had {value:#visit}", '"{value:#besuch}"'),
        ("texts", "had {value}", '"{value:.1f}"'),
    ],
)
def test_is_read(tmp_path, section, key, said):
    read(tmp_path, section, key, said)


def test_english_keeps_its_own_rules(tmp_path):
    file = tmp_path / "en2.toml"
    file.write_text(english().to_toml(), encoding="utf-8")
    assert language_of(file) == english()
