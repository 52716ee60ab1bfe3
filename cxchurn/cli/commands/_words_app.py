"""What `cxchurn words` does, and its options."""

from __future__ import annotations

from typing import Annotated

import typer

import cxchurn as cx
from cxchurn.cli._options import Trust, option
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import say


def words(
    model: Annotated[str, option("--model", "FOLDER", "A saved model, or its address in MLflow.")],
    language: Annotated[
        str,
        typer.Option("--language", metavar="FILE", help="A file that was begun: what it lacks is added in English."),
    ] = "en",
    trust: Trust = None,
) -> None:
    """Print a language file with all that a model says.

    To be translated: words --model churn-model > de.toml, then score --language de.toml.
    """
    say(cx.language_file(cx.load_model(model, trust=own_classes(trust or [])), language).rstrip("\n"))
