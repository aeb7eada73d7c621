"""`python -m seedgen` and the `seedgen` command."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    _open_what_is_closed()
    # pydantic looks for plugins in every installed distribution at import, and we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _load_when_used("importlib.metadata")
    # A plan makes many small objects and few cycles: collecting every 700 of them takes a tenth of it.
    gc.set_threshold(50_000, 20, 20)
    from seedgen.cli.main import run  # noqa: PLC0415  nothing before it is known to be needed

    sys.exit(run(sys.argv[1:]))


def _open_what_is_closed() -> None:
    """Whoever starts us may have closed stdin, stdout or stderr (`>&-`): what is said there goes nowhere.

    Else the next file that is opened would take its number, and be written into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _load_when_used(name: str) -> None:
    """Let a module be imported in name only until something is asked of it.

    pydantic imports importlib.metadata, and with it the email package, for the plugins that are off:
    17 ms of every start.
    """
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main()
