"""``python -m cxchurn`` is the command line."""

from cxchurn.cli import main

main()
