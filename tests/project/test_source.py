"""YAML source: scalars mean what they look like, every value has a place, and a bomb is only refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.project.diagnostics import Diagnostic, Part, Problems, Spot, YamlPath
from seedgen.project.fields import source_text
from seedgen.project.locating import located
from seedgen.project.reading import read_mapping
from seedgen.project.scalars import typed
from seedgen.project.source import MAX_BYTES, locate, parse
from tests.project.workspaces import cases, workspace

if TYPE_CHECKING:
    from collections.abc import Callable

SCALARS = cases("scalars")
REFUSED = cases("refused_yaml")
FILE = Path("seedgen.yaml")
LAWS = settings(max_examples=150, deadline=None, derandomize=True)


def value_of(text: str) -> Any:
    """The value of a sound YAML text."""
    value, found = parse(text, FILE)
    assert found == []
    return value


def refusal(text: str) -> Diagnostic:
    """The one thing said of a text that is refused as a whole."""
    value, (found,) = parse(text, FILE)
    assert value is None
    return found


# -- scalars ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", SCALARS["text"])
def test_what_is_no_plain_number_or_word_is_text_as_written(written: str) -> None:
    """YAML 1.1's sexagesimals, octals, exponents, dates and yes and no are the text they look like."""
    assert value_of(f"v: {written}") == {"v": written}


@pytest.mark.parametrize(
    ("written", "kind"), [(w, kind) for kind in SCALARS if kind != "text" for w in SCALARS[kind]]
)
def test_plain_numbers_and_words_are_typed(written: str, kind: str) -> None:
    """Integers, decimals, true, false and null have one spelling each, and decimals keep their zeros."""
    kinds: dict[str, Callable[[str], Any]] = {
        "whole": int,
        "decimal": Decimal,
        "truth": lambda w: w == "true",
        "nothing": lambda _: None,
    }
    (value,) = value_of(f"v: {written}").values()
    assert repr(value) == repr(kinds[kind](written))  # by repr: 1 == True and 1.50 == 1.5


@pytest.mark.parametrize("written", [w for kind in SCALARS.values() for w in kind])
@pytest.mark.parametrize("quoted", ["'{}'", '"{}"', "!!str '{}'"])
def test_quotes_make_text_of_anything(written: str, quoted: str) -> None:
    """In quotes 10, 1.50, true and null are text too."""
    assert value_of(f"v: {quoted.format(written)}") == {"v": written}


@LAWS
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?", fullmatch=True))
def test_a_number_knows_how_it_was_written(written: str) -> None:
    """Where text is wanted, the source text of a number comes back: 1.50, 0.0000001, not 1.5 or 1E-7."""
    assert source_text(typed(written)) == written


@pytest.mark.parametrize("written", ["10", "010", "1.50", "true", "0.0000001", "'10'", "0x1F", "no"])
def test_an_id_is_the_text_of_the_source(tmp_path: Path, written: str) -> None:
    """Ids are strings always, as in `id: 10`, and so is the id of the shot that another one continues."""
    text = (
        f"shots:\n  - {{id: {written}, prompt: A quay., tags: [{written}], from_shot: {{id: {written}}}}}\n"
    )
    (shot,) = workspace(tmp_path, text).shots
    bare = written.strip("'")
    assert shot.upstream is not None
    assert (shot.id, shot.tags, shot.upstream.shot) == (bare, (bare,), bare)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_a_text_that_cannot_be_read_says_where_and_why(case: dict[str, Any]) -> None:
    """One error stands at the sign that is wrong."""
    found = refusal(case["text"])
    assert found.spot is not None
    assert (found.summary, [found.spot.line, found.spot.column]) == (case["says"], case["at"])
    assert case.get("remedy", "") in found.detail


def test_of_a_key_given_twice_the_first_counts_and_the_second_is_the_mistake() -> None:
    """Both are said, and the place is that of the second key, at any depth."""
    text = "a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\na: 5\n"
    value, found = parse(text, FILE)
    assert value == {"a": 1, "b": {"c": 2, "d": 3}}
    assert [(d.summary, d.address) for d in found] == [("key given twice", "b.c"), ("key given twice", "a")]
    spots = locate(text, [(("a",), Part.KEY), (("b", "c"), Part.KEY)])
    assert [(spot.line, spot.column) for spot in spots.values()] == [(6, 1), (5, 3)]


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    """Nine levels of nine aliases stand for 9^9 values in a text of 400 bytes."""
    lines = ["l0: &l0 [" + "x, " * 9 + "]"]
    lines += [f"l{n}: &l{n} [" + f"*l{n - 1}, " * 9 + "]" for n in range(1, 9)]
    assert refusal("\n".join(lines)).summary == "too large once aliases are expanded"


def test_aliases_that_are_used_a_few_times_are_fine() -> None:
    """An anchor is what it says, wherever it is used."""
    assert value_of("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]") == {
        "a": {"k": [1, 2]},
        "b": {"k": [1, 2]},
        "c": [{"k": [1, 2]}, {"k": [1, 2]}],
    }


def test_depth_is_bounded_with_aliases_and_without() -> None:
    """Each of three anchors is shallow enough by itself; put into one another they are not."""
    assert value_of("[" * 50 + "]" * 50)
    assert refusal("[" * 70 + "]" * 70).summary == "nested too deep"
    assert refusal("[" * 100_000).summary == "nested too deep"

    deep = "[" * 30 + "{}" + "]" * 30
    chain = f"a: &a {deep.format('x')}\nb: &b {deep.format('*a ')}\nc: {deep.format('*b ')}\n"
    assert value_of(chain.partition("b:")[0])
    assert refusal(chain).summary == "nested too deep"


# -- files -----------------------------------------------------------------------------------------


def read(file: Path) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    """A file read as a project's."""
    problems = Problems()
    return read_mapping(file, {}, problems), list(problems)


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 20 * 1024 * 1024])
def test_a_file_of_more_than_10_mib_is_refused(tmp_path: Path, size: int) -> None:
    """It is not even read; one of exactly 10 MiB is."""
    file = tmp_path / "seedgen.yaml"
    file.write_bytes(b"a: 1\n" + b"#" * (size - 5))
    value, (found,) = read(file)
    assert value is None
    assert found.summary == "file too large"
    assert "10 MiB" in found.detail

    file.write_bytes(b"a: 1\n" + b"#" * (MAX_BYTES - 5))
    assert read(file) == ({"a": 1}, [])


def test_a_text_of_more_than_10_mib_is_refused() -> None:
    """It is counted in bytes, not in characters: 'é' has two."""
    assert refusal("# " + "é" * (MAX_BYTES // 2)).summary == "file too large"


def test_a_file_that_is_not_utf_8_says_in_which_line(tmp_path: Path) -> None:
    """The third line has a byte that UTF-8 never has; a byte order mark at the start does no harm."""
    file = tmp_path / "seedgen.yaml"
    file.write_bytes(b"a: 1\nb: 2\nc: \xff\n")
    value, (found,) = read(file)
    assert value is None
    assert found.spot is not None
    assert (found.summary, found.spot.line) == ("not UTF-8", 3)

    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(file) == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"", "empty file"),
        (b"# only a comment\n", "empty file"),
        (b"- a\n- b\n", "should be a mapping"),
        (b"just text", "should be a mapping"),
        (b"a: \x00", "not valid YAML"),
        ("a: 1".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path, content: bytes, summary: str) -> None:
    """A project file is `key: value`; anything else gets one error."""
    file = tmp_path / "seedgen.yaml"
    file.write_bytes(content)
    value, (found,) = read(file)
    assert (value, found.summary) == (None, summary)


# -- places ----------------------------------------------------------------------------------------

Tree = tuple[str, Any]
WORDS = [
    "10",
    "16:9",
    "no",
    "é ü",
    "日本",
    "'it''s: #1'",
    '"a \\" b"',
    "plain words",
    "!!str x",
    "|",
    "[Image 1]",
]
KEYS = st.sampled_from(["a", "b", "shots", "id", "é", "ключ", "'a: b'", '"q"', "10", "null"])
SCALAR = st.tuples(st.just("scalar"), st.sampled_from(WORDS))


def _inner(tree: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    lists = st.lists(tree, max_size=4)
    maps = st.lists(st.tuples(KEYS, tree), max_size=4, unique_by=lambda pair: pair[0])
    return st.tuples(st.sampled_from(["list", "flow list"]), lists) | st.tuples(
        st.sampled_from(["map", "flow map"]), maps
    )


TREES = _inner(st.recursive(SCALAR, _inner, max_leaves=12))


class Scribe:
    """Writes a tree as YAML, and notes where it writes what."""

    def __init__(self) -> None:
        self.text = ""
        self.places: dict[tuple[YamlPath, Part], tuple[int, int]] = {}

    def note(self, path: YamlPath, part: Part) -> None:
        """What comes next stands here."""
        line = self.text.rpartition("\n")[2]
        self.places[path, part] = (self.text.count("\n") + 1, len(line) + 1)

    def node(self, tree: Tree, path: YamlPath, indent: int, *, flow: bool = False) -> None:
        """Write one value; blocks go on at `indent`."""
        kind, content = tree
        flow = flow or kind.startswith("flow") or not content
        self.note(path, Part.VALUE)
        if kind == "scalar":
            plain = flow and (content == "|" or content.startswith("["))
            self.text += "flowing" if plain else content
            if content == "|" and not flow:
                self.text += f"\n{' ' * (indent + 1)}text\n{' ' * (indent + 1)}more: text"
        elif kind.endswith("list"):
            self._all([(n, "", item) for n, item in enumerate(content)], path, indent, "[]" if flow else "")
        else:
            keys = [(key.strip("'\""), key, item) for key, item in content]
            self._all(keys, path, indent, "{}" if flow else "")

    def _all(self, items: list[tuple[Any, str, Tree]], path: YamlPath, indent: int, brackets: str) -> None:
        self.text += brackets[:1]
        for n, (step, key, item) in enumerate(items):
            if brackets:
                self.text += ", " * bool(n)
            elif n:
                self.text += "\n" + " " * indent
            if key:
                self.note((*path, step), Part.KEY)
                self.text += f"{key}: "
                if not brackets and item[0] in ("map", "list") and item[1]:
                    self.text += "\n" + " " * (indent + 2)
            elif not brackets:
                self.text += "- "
            self.node(item, (*path, step), indent + 2, flow=bool(brackets))
        self.text += brackets[1:]


@LAWS
@given(TREES)
def test_every_key_and_value_is_found_where_it_was_written(tree: Tree) -> None:
    """Line and column of whatever stands in a text are those at which it was written, in block and in
    flow style, behind quotes, tags and letters of any script."""
    scribe = Scribe()
    scribe.node(tree, (), 0)
    found = locate(scribe.text + "\n", scribe.places)
    assert {place: (spot.line, spot.column) for place, spot in found.items()} == scribe.places


def test_what_is_missing_is_shown_at_what_should_hold_it() -> None:
    """A key that is not there has no place; the nearest mapping around it has one."""
    text = "name: x\nshots:\n  - id: a\n    from_shot: {use: clip}\n"
    asked = [(("shots", 0, "prompt"), Part.VALUE), (("shots", 0, "from_shot", "id"), Part.KEY)]
    spots = locate(text, asked)
    assert [(spots[place].line, spots[place].column) for place in asked] == [(3, 5), (4, 5)]


def test_an_alias_is_where_it_is_used() -> None:
    """A value that an alias brings is wrong at the alias, not at its anchor."""
    text = "a: &x [1]\nb: *x\n"
    ((_, spot),) = locate(text, [(("b",), Part.VALUE)]).items()
    assert (spot.line, spot.column, spot.length) == (2, 4, 2)


# -- lines as editors count them -------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_a_sign_at_which_yaml_ends_a_line_and_editors_do_not_moves_no_place(sign: str) -> None:
    """What comes after it stands in the line that an editor shows; the line is quoted whole."""
    text = f'a: "x{sign}y"\nb: {{c: 1}} # {sign}\nb: 2\n'
    first, second = locate(text, [(("b", "c"), Part.VALUE), (("b",), Part.KEY)]).values()
    assert [(first.line, first.column), (second.line, second.column)] == [(2, 8), (3, 1)]
    (found,) = located(parse(text, FILE)[1], {FILE: text})
    assert (found.spot, found.source) == (Spot(3, 1), "b: 2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_editors_end_them(end: str) -> None:
    """By any of three ends, a fault is found in its line and column; a form feed is none of them."""
    text = end.join(["a: 1", "b: x\u2028", "\tc: 2", ""])
    found = refusal(text)
    assert (found.summary, found.spot) == ("tab used for indentation", Spot(3, 1))
    text = end.join(["a: 1", "b: x\x0cy", ""])
    (found,) = located([refusal(text)], {FILE: text})
    assert (found.spot, found.source) == (Spot(2, 5), "b: x\x0cy")
