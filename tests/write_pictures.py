"""Write the README's pictures into docs/pictures/: `python -m tests.write_pictures`.

A terminal in which a film is begun, made and changed, as an SVG that plays by itself, and the contact sheet
of examples/sneaker. All of it is real: commands run on a pseudo-terminal, with the local renderer.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

from tests.cli.screen import Screen, Terminal
from tests.film import Film

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
SHEET_WIDTH = 1600

COLUMNS, ROW, CELL, EDGE = 121, 19, 8.2, 18
TYPING_S, READING_S = 0.6, 4.4
COLOURS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "36": "#79c0ff",
    "2": "#8b949e",
    "90": "#8b949e",
}
PLAIN = "#e6edf3"
BOLD = "1"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is typed, and a command that stands for it; `answer` is what is typed at its question."""

    typed: str
    arguments: tuple[str, ...]
    answer: str = ""
    edit: tuple[str, str] | None = None


SCENES = (
    Scene("seedgen init my-film && cd my-film && seedgen plan", ("plan",)),
    Scene("seedgen apply", ("apply",), answer="y"),
    Scene(
        "sed -i 's/steam rising/snow falling/' seedgen.yaml && seedgen plan",
        ("plan",),
        edit=("steam rising", "snow falling"),
    ),
    Scene("seedgen --profile final plan", ("--profile", "final", "plan")),
)


class Painted(Screen):
    """A screen that knows the colour of every sign."""

    def __init__(self, written: str) -> None:
        self.style = ""
        self.styles: dict[tuple[int, int], str] = {}
        super().__init__(written)

    def _sign(self, sign: str) -> None:
        if sign.isprintable():
            self.styles[self.row, self.column] = self.style
        super()._sign(sign)

    def _control(self, given: str, kind: str) -> None:
        if kind == "m":
            self.style = "" if given in {"", "0"} else f"{self.style};{given}"
        super()._control(given, kind)

    def runs(self, row: int) -> list[tuple[int, str, str]]:
        """Column, text and style of every stretch of one style in a row."""
        found: list[tuple[int, str, str]] = []
        cells = self.rows.get(row, {})
        for column in sorted(cells):
            style = self.styles[row, column]
            if found and found[-1][2] == style and found[-1][0] + len(found[-1][1]) == column:
                found[-1] = (found[-1][0], found[-1][1] + cells[column], style)
            else:
                found.append((column, cells[column], style))
        return [run for run in found if run[1].strip()]


@dataclass
class Drawing:
    """An SVG that shows one scene after another, and the last one where nothing may move."""

    scenes: list[tuple[str, Painted]] = field(default_factory=list)

    def text(self) -> str:
        """The SVG."""
        rows = max(max(screen.rows, default=0) for _, screen in self.scenes) + 3
        width, height = round(COLUMNS * CELL + 2 * EDGE), rows * ROW + 2 * EDGE
        each = TYPING_S + READING_S
        total = each * len(self.scenes)
        share = 100 / len(self.scenes)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.5">',
            "<title>A film is begun, made, changed and priced in a terminal</title>",
            "<style>",
            f"text {{ fill: {PLAIN}; white-space: pre }}",
            ".b { font-weight: 600 } .prompt { fill: #7ee787 }",
            *(f".c{code} {{ fill: {colour} }}" for code, colour in COLOURS.items()),
            f"@keyframes shown {{ 0%, {share - 0.01:.2f}% {{ opacity: 1 }} "
            f"{share:.2f}%, 100% {{ opacity: 0 }} }}",
            f"@keyframes said {{ 0%, {share * TYPING_S / each:.2f}% {{ opacity: 0 }} "
            f"{share * TYPING_S / each + 0.01:.2f}%, 100% {{ opacity: 1 }} }}",
            f".scene {{ opacity: 0; animation: shown {total:g}s infinite }}",
            f".said {{ animation: said {total:g}s infinite }}",
            "@media (prefers-reduced-motion: reduce) { .scene, .said { animation: none } "
            ".scene:last-of-type { opacity: 1 } }",
            "</style>",
            f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>',
        ]
        for number, (typed, screen) in enumerate(self.scenes):
            delay = f'style="animation-delay: {number * each:g}s"'
            parts.append(f'<g class="scene" {delay}>')
            parts.append(
                f'<text x="{EDGE}" y="{EDGE + ROW}"><tspan class="prompt">$ </tspan>{escape(typed)}</text>'
            )
            parts.append(f'<g class="said" {delay}>')
            for row in range(max(screen.rows, default=0) + 1):
                parts.extend(_run(column, row, text, style) for column, text, style in screen.runs(row))
            parts.append("</g></g>")
        return "\n".join([*parts, "</svg>", ""])


def _run(column: int, row: int, text: str, style: str) -> str:
    codes = set(style.split(";"))
    names = [f"c{code}" for code in COLOURS if code in codes] + (["b"] if BOLD in codes else [])
    at = f'x="{EDGE + column * CELL:.1f}" y="{EDGE + (row + 2) * ROW}" textLength="{len(text) * CELL:.1f}"'
    kind = f' class="{" ".join(names)}"' if names else ""
    return f"<text {at}{kind}>{escape(text)}</text>"


def session(folder: Path) -> str:
    """Play the scenes on a new film, and draw what the terminal shows."""
    film = Film(folder / "my-film")
    film.root.mkdir()
    assert film.run("init").code == 0
    drawing = Drawing()
    for scene in SCENES:
        if scene.edit is not None:
            film.edit(*scene.edit)
        terminal = Terminal(film, *scene.arguments)
        if scene.answer:
            terminal.read_until("[y/N]")
            terminal.type(f"{scene.answer}\n")
        assert terminal.end() == 0, terminal.written
        drawing.scenes.append((scene.typed, Painted(terminal.written)))
    return drawing.text()


def contact_sheet(folder: Path) -> Image.Image:
    """The contact sheet of the example film, smaller."""
    unwanted = shutil.ignore_patterns("build", ".seedgen", "*.lock")
    film = Film(shutil.copytree(ROOT / "examples" / "sneaker", folder / "sneaker", ignore=unwanted))
    assert film.run("apply", "--auto-approve").code == 0
    sheet = Image.open(film.root / "build" / "contact-sheet.png").convert("RGB")
    height = round(sheet.height * SHEET_WIDTH / sheet.width)
    return sheet.resize((SHEET_WIDTH, height), Image.Resampling.LANCZOS)


def main() -> None:
    """Write both."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (PICTURES / "terminal.svg").write_text(session(folder), encoding="utf-8")
        contact_sheet(folder).save(PICTURES / "contact-sheet.jpg", quality=86, optimize=True)
    sys.stderr.write(f"Written to {PICTURES.relative_to(ROOT)}/\n")


if __name__ == "__main__":
    main()
