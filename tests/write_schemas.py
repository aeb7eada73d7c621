"""Writes `schema/*.json` from the models: `python -m tests.write_schemas`."""

from __future__ import annotations

from pathlib import Path

from seedgen.views.schemas import NAMES, schema_text

SCHEMAS = Path(__file__).parent.parent / "schema"


def main() -> None:
    """Write every schema."""
    SCHEMAS.mkdir(exist_ok=True)
    for name in NAMES:
        (SCHEMAS / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
