"""`python -m seedgen` and the `seedgen` command."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # pydantic looks for plugins in every installed distribution at import, and we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A plan makes many small objects and few cycles: collecting every 700 of them takes a tenth of it.
    gc.set_threshold(50_000, 20, 20)
    from seedgen.cli.main import run  # noqa: PLC0415  nothing before it is known to be needed

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
