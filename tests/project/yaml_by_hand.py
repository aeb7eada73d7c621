"""Projects as people write them: any order of keys, any style, any indentation, comments everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Draw = Callable[..., Any]

ONE_LINE = (
    *(
        "010",
        "16:9",
        "no",
        "~",
        "null",
        "true",
        "1.50",
        "0x10",
        "1e3",
        "-1",
        "2026-05-01",
        "a b",
        "café",
        "鞋",
    ),
    *(
        '"a\\tb\\u202e"',
        '""',
        '"# no comment"',
        "'it''s'",
        "''",
        "' '",
        "a#b",
        "https://example.com/a?b=c",
        "y",
    ),
    *("\"{{ ref('door') }}\"", "'[x, {y: z}]'", "-", "a:b", "yes", ".5", "1_000", "012:30", "x"),
)
"""Scalars as written; what each means is the loader's affair."""
IN_FLOW = tuple(text for text in ONE_LINE if text != "-")
SEVERAL_LINES = (
    ("plain", "", "  goes on"),
    ('"quoted', "", "   goes \\", '   \\  on"'),
    ("'it", "  goes on'"),
    ("|", "  one", "", "    two", "  three  "),
    ("|-", "  # no comment", "  two"),
    (">+", "  folded", "  line", "", ""),
    ("|2", "   deeper", "  less"),
    (">-", "  a: b", "", "", "  c"),
    ("| # beside the header", "  text"),
)
"""Scalars over several lines, the further ones indented by two against what holds them."""


@dataclass
class Hand:
    """Writes one text. `draw` decides everything; every comment has a number of its own."""

    draw: Draw
    lines: list[str] = field(default_factory=list)
    comments: int = 0

    def chance(self, one_in: int) -> bool:
        """True now and then."""
        return bool(self.draw(st.integers(1, one_in)) == 1)

    def comment(self) -> str:
        """A comment that stands nowhere else."""
        self.comments += 1
        return f"#{self.draw(st.sampled_from([' ', '', '  - ', ' a: ']))}{self.comments}"

    def above(self, indent: int) -> None:
        """Blank lines and comments."""
        while self.chance(4):
            further = self.draw(st.sampled_from([0, 0, 0, 1, 3]))
            self.lines.append("" if self.chance(2) else " " * (indent + further) + self.comment())

    def beside(self) -> str:
        """A comment at the end of a line."""
        return "  " * self.draw(st.integers(1, 4)) + self.comment() if self.chance(6) else ""

    def mapping(self, entries: Sequence[tuple[str, Any]], indent: int) -> None:
        """Entries in any order."""
        for key, value in self.draw(st.permutations(entries)):
            self.above(indent)
            written = self.draw(st.sampled_from([key, key, f'"{key}"', f"'{key}'"]))
            self.value(f"{' ' * indent}{written}:", value, indent)

    def sequence(self, items: Sequence[Any], indent: int) -> None:
        """Items, in order."""
        for item in items:
            self.above(indent)
            self.value(f"{' ' * indent}-", item, indent)

    def value(self, lead: str, value: Any, indent: int) -> None:
        """What stands behind a key or a dash."""
        if isinstance(value, str):
            space = " " * self.draw(st.integers(1, 3))
            self.lines.append(f"{lead}{space}{value}{self.beside()}")
        elif isinstance(value, tuple):
            first, *rest = value
            self.lines.append(f"{lead} {first}")
            self.lines += [" " * indent + line if line else "" for line in rest]
        elif not value or self.chance(3):
            self.lines.append(f"{lead} {self.flow(value)}{self.beside()}")
        else:
            self.lines.append(f"{lead}{self.beside()}")
            deeper = indent + self.draw(st.integers(1, 4))
            if isinstance(value, dict):
                self.mapping(list(value.items()), deeper)
            else:
                dashes = indent if not lead.endswith("-") and self.chance(3) else deeper
                self.sequence(value, dashes)

    def flow(self, value: Any) -> str:
        """A value between brackets, sometimes over several lines."""
        if isinstance(value, tuple):
            return '"one line"'
        if isinstance(value, str):
            return '"-"' if value == "-" else value
        gap = self.draw(st.sampled_from(["", " ", "\n" + " " * 30]))
        if isinstance(value, dict):
            order = self.draw(st.permutations(list(value.items())))
            parts = [f"{key}:{' '}{self.flow(inner)}" for key, inner in order]
        else:
            parts = [self.flow(inner) for inner in value]
        opened, closed = "{}" if isinstance(value, dict) else "[]"
        return f"{opened}{gap}{f' , {gap}'.join(parts)}{gap}{closed}"


scalars = st.sampled_from(ONE_LINE) | st.sampled_from(SEVERAL_LINES)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=3),
    max_leaves=6,
)
free = st.dictionaries(st.sampled_from(["mood", "z", "a", "no", "10"]), anything, max_size=4)


def _shot(number: int) -> st.SearchStrategy[dict[str, Any]]:
    required = {"id": st.just(f"0{number}"), "prompt": scalars}
    optional = {
        "vars": free,
        "tags": st.lists(st.sampled_from(IN_FLOW), max_size=3),
        "duration": st.sampled_from(["4", "auto", "010"]),
        "aspect_ratio": st.just("16:9"),
        "options": free,
        "matrix": st.just({"lang": ["en", "no"], "ratio": ["16:9", '"9:16"']}),
        "unheard_of": anything,
    }
    return st.fixed_dictionaries(required, optional=optional)


projects = st.fixed_dictionaries(
    {
        "seedgen": st.just("1"),
        "name": st.just("film"),
        "shots": st.tuples(*(_shot(number) for number in range(1, 4))).map(list),
    },
    optional={
        "vars": free,
        "reference_sets": st.just(
            {"b": {"videos": [], "images": ["x.png", {"face": "true", "path": "y.png"}]}}
        ),
        "defaults": st.just({"duration": "4", "resolution": "480p"}),
        "budget": st.just({"max_cost": "5.00"}),
        "reels": st.just(
            {"main": {"fps": "24", "cut": {"02": {"out": "36f", "in": "0"}}, "shots": ['"0*"']}}
        ),
        "unheard_of": anything,
    },
)


@st.composite
def texts(draw: Draw) -> str:
    """The text of a project file."""
    hand = Hand(draw)
    hand.mapping(list(draw(projects).items()), 0)
    hand.above(0)
    return "\n".join(hand.lines) + "\n"
