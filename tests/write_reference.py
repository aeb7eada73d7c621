"""Writes `docs/reference/` from the code, and the picture of the docs: `python -m tests.write_reference`."""

from __future__ import annotations

from pathlib import Path

from tests.reference import commands, models, project_file, way

DOCS = Path(__file__).parent.parent / "docs"

PAGES = {
    "pictures/way.svg": way.picture,
    "reference/commands.md": commands.page,
    "reference/models.md": models.page,
    "reference/project-file.md": project_file.page,
}
"""What is written, by its place in `docs/`."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
