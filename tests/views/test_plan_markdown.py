"""Plans as Markdown: what stands in a comment, and that a stranger's text stays text there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from seedgen.planning.plan import Action, Change, FieldDiff, Plan, Reason, ReasonKind, ReelAction, ReelChange
from seedgen.project.diagnostics import Diagnostic, Severity
from seedgen.views.plan_markdown import plan_markdown

ATTACKS = [
    "@octocat and @org/team",
    "![x](https://evil.example/x.png) [y](javascript:alert(1))",
    "<img src=x onerror=alert(1)> <script>alert(1)</script> </details></table>",
    "| a | b |\n|---|---|\n# head\n\n- list\n\n> quote",
    "```\n@octocat\n```\n\n~~~\nx\n~~~",
    "`code` ``more`` **bold** ~~gone~~ #12 GH-12 :tada: https://evil.example www.evil.example",
    "&lt;img&gt; &#60;b&#62; \\@octocat \\`",
    "\x1b[2J\u202etxet \r\n    indented\t\ttabbed",
    "-->\n<!-- comment",
]


def plan_of(text: str, *, before: str = "A plain door.") -> Plan:
    """A plan in which a stranger's text stands wherever it can."""
    change = Change(
        shot=text,
        take=1,
        action=Action.REGENERATE,
        provider=text,
        model=text,
        reasons=(Reason(ReasonKind.PROMPT), Reason(ReasonKind.REFERENCE, text)),
        diff=(FieldDiff("prompt", before, text), FieldDiff(text, text, None)),
    )
    moved = Change("b", 1, Action.MOVE, "local", "animatic", moved_from=text)
    return Plan(text, text, 1, (change, moved), (ReelChange(text, ReelAction.ASSEMBLE, (text,)),))


class _Seen(HTMLParser):
    """The elements of a page, and the text that is neither code nor preformatted."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.open: list[str] = []
        self.loose = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & set(self.open):
            self.loose += data


def rendered(text: str) -> _Seen:
    """What the Markdown becomes where tables and HTML are allowed, as at GitHub."""
    seen = _Seen()
    seen.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    return seen


OURS = {"h3", "p", "strong", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
OURS |= {"ul", "li"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_strangers_text_is_shown_and_does_nothing(attack: str) -> None:
    """No element but ours, no picture, no link, and no @ outside of code, where it would call somebody."""
    warning = Diagnostic(Severity.WARNING, attack, attack)
    text = plan_markdown(plan_of(attack), [warning], Path("/"))
    seen = rendered(text)
    assert seen.elements <= OURS
    assert seen.open == []
    assert not re.search(r"[@#]|evil|GH-|octocat", seen.loose)
    assert "\x1b" not in text
    assert "\u202e" not in text


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
@settings(deadline=None, max_examples=40)
def test_no_text_at_all_does_anything(before: str, after: str) -> None:
    """Whatever it is, and whatever was there before."""
    seen = rendered(plan_markdown(plan_of(after, before=before), [], Path("/")))
    assert seen.elements <= OURS
    assert "@" not in seen.loose


def test_a_comment_says_what_would_change_and_why() -> None:
    """Summary, a row for each change, the prompt as a diff, reels."""
    change = Change(
        "s1",
        1,
        Action.REGENERATE,
        "local",
        "animatic",
        reasons=(Reason(ReasonKind.PROMPT), Reason(ReasonKind.PARAMETER, "duration")),
        seconds=4,
        diff=(
            FieldDiff("prompt", "A red door.", "A blue door."),
            FieldDiff("parameters.duration", 2, 4),
        ),
    )
    reel = ReelChange("main", ReelAction.ASSEMBLE, ("s2",))
    text = plan_markdown(Plan("film", "draft", 1, (change,), (reel,)), [], Path("/"))
    assert text == (
        "### seedgen plan: <code>film</code>, profile <code>draft</code>\n\n"
        "**Plan:** 0 to generate, 1 to regenerate, 0 to reuse, 0 to remove; 0 unchanged. "
        "Estimated cost $0.00 + 1 unpriced (4 s of video).\n\n"
        "| | shot | action | because | cost |\n"
        "|:-:|---|---|---|--:|\n"
        "| <code>&#126;</code> | <code>s1</code> | regenerate | "
        "<code>the prompt&#59; the parameter duration</code> | price unknown, 4 s |\n\n"
        "<details>\n<summary>What differs (1)</summary>\n\n"
        "**<code>s1</code>**\n\n"
        "- <code>parameters&#46;duration</code>: <code>2</code> → <code>4</code>\n\n"
        "```diff\n- A red door.\n+ A blue door.\n```\n\n"
        "</details>\n\n"
        "Reel to assemble: <code>main</code>.\n"
        "1 shot without a clip so far, shown as a stand-in.\n\n"
        "<code>1 take has no known price&#58; the card of local animatic has none&#46;</code>\n"
    )


def test_no_changes_are_said_in_words() -> None:
    """A comment is never empty."""
    kept = Change("s1", 1, Action.UNCHANGED, "local", "animatic")
    for takes, said in (((kept,), "Every shot matches its clip"), ((), "No shots are declared yet")):
        assert f"**No changes. {said}.**" in plan_markdown(Plan("film", None, 1, takes), [], Path())


def test_a_large_plan_fits_into_a_comment() -> None:
    """GitHub takes 65,536 characters; what does not fit is counted, and the sum still stands at the top."""
    changes = tuple(
        Change(
            f"s{number}",
            1,
            Action.REGENERATE,
            "local",
            "animatic",
            reasons=(Reason(ReasonKind.PROMPT),),
            diff=(FieldDiff("prompt", "A red door. " * 50, "A blue wall. " * 50),),
        )
        for number in range(1000)
    )
    text = plan_markdown(Plan("film", None, 1, changes), [], Path())
    assert len(text) < 65_536
    assert "1000 to regenerate" in text
    assert re.search(r"\d+ more (changes|differences) did not fit here\.", text)
    assert rendered(text).open == []


def test_a_pictures_address_stands_in_the_row_of_its_shot() -> None:
    """Only where there is a picture is there a column for it."""
    changes = tuple(Change(shot, 1, Action.REGENERATE, "local", "animatic") for shot in ("s1", "s2"))
    text = plan_markdown(Plan("film", None, 1, changes), [], Path(), pictures={"s1": "thumbs/s1.webp"})
    rows = [line for line in text.splitlines() if line.startswith("| <code>&#126;")]
    assert ['<img src="thumbs/s1.webp"' in row for row in rows] == [True, False]
    assert {row.count("|") for row in rows} == {7}


def test_takes_that_differ_alike_are_told_once() -> None:
    """With their numbers; a take that differs otherwise has its own words."""
    diff, other = FieldDiff("prompt", "A door.", "A gate."), FieldDiff("duration", 4, 8)
    takes = [
        Change("s1", number, Action.REGENERATE, "studio", "one", diff=(diff,) if number < 3 else (other,))
        for number in (1, 2, 3)
    ]
    said = plan_markdown(Plan("film", None, 1, tuple(takes)), [], Path())
    assert "What differs (2)" in said
    assert said.count("A gate.") == 1
    assert "takes 1, 2**" in said
