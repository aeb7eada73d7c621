"""`python -m seedgen` and the `seedgen` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from seedgen.cli.main import run  # noqa: PLC0415  nothing before it is known to be needed

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
