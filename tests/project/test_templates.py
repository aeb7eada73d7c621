"""Templates: ordinary ones print what one expects; a stranger's can neither get out nor grow nor go on."""

from __future__ import annotations

import resource
import sys
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.project.templates import TemplateFailure, Templates, canonical_text
from tests.project.workspaces import cases, write

if TYPE_CHECKING:
    from pathlib import Path

HARMLESS = cases("harmless_templates")
HOSTILE = cases("hostile_templates")
LAWS = settings(max_examples=200, deadline=None, derandomize=True)
SCOPE: dict[str, Any] = {
    "yes": True,
    "price": Decimal("1.50"),
    "tiny": Decimal("0.0000001"),
    "n": 3,
    "nothing": None,
    "colours": ["red", "green", "blue"],
    "ad": {"copy": "Buy now", "items": "hats"},
    "people": [{"name": "Mia", "role": "lead"}, {"name": "Bo", "role": "extra"}],
}


def failure(root: Path, template: str, scope: dict[str, Any]) -> TemplateFailure:
    """How a text fails to render."""
    with pytest.raises(TemplateFailure) as caught:
        Templates(root).text(template, scope)
    return caught.value


# -- what is printed -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HARMLESS, ids=[case["template"] for case in HARMLESS])
def test_an_ordinary_template_prints_what_one_expects(tmp_path: Path, case: dict[str, str]) -> None:
    """Filters, loops, macros and operators work; truth values and decimals print as YAML writes them."""
    assert Templates(tmp_path).text(case["template"], SCOPE) == case["prints"]


@pytest.mark.parametrize(
    ("template", "summary", "remedy"),
    [
        ("{{ colors }}", "variable without a value", "Did you mean 'colours'?"),
        ("{{ wholly_unknown }}", "variable without a value", "In scope: ad, colours"),
        ("{% if colors %}{% endif %}", "variable without a value", "Did you mean 'colours'?"),
        ("{% for c in colors %}{% endfor %}", "variable without a value", "Did you mean 'colours'?"),
        ("{{ colors == 1 }}", "variable without a value", "Did you mean 'colours'?"),
        (
            "{{ people[0].nmae }}",
            "variable without a value",
            "No 'nmae' in the mapping. Did you mean",
        ),
        ("{{ ad.fr }}", "variable without a value", "No 'fr' in the mapping. It has copy, items."),
        ("{{ colours.fr }}", "variable without a value", "A list has no 'fr'."),
        ("{{ colours[9] }}", "variable without a value", "No item 9 in a list"),
        ("{{ nothing.fr }}", "variable without a value", "A null value has no 'fr'."),
        ("{{ nothing }}", "variable without a value", "default('', true)"),
        ("{{ nothing | upper }}", "variable without a value", "default('', true)"),
        ("{{ [nothing] | join }}", "variable without a value", "default('', true)"),
        ("{{ colours }}", "template fails", "| join(', ')"),
        ("{{ people[0] }}", "template fails", "name the item"),
        ("{{ 'x'.upper }}", "template fails", "called with ()"),
        ("{{ 1 / 0 }}", "template fails", "Division by zero."),
        ("{{ 'a' + 1 }}", "template fails", "str"),
        ("{{ n", "template not readable", "end of print statement"),
        ("{% if n %}", "template not readable", "`{% if %}` is not closed: `{% endif %}` is missing."),
        ("{% if n %}{% endfor %}", "template not readable", "stands where `{% endif %}` is wanted."),
        ("{% else %}", "template not readable", "`{% else %}` stands where nothing is open."),
        ("{% fi n %}", "template not readable", "There is no tag `{% fi %}`."),
        ("{{ n | uper }}", "template not readable", "No filter named 'uper'"),
        ("{% include 'lost.j2' %}", "unknown template", "lost.j2"),
    ],
)
def test_a_template_that_fails_says_why(tmp_path: Path, template: str, summary: str, remedy: str) -> None:
    """Nothing undefined, null or half understood gets into a prompt; the remedy names what to write."""
    found = failure(tmp_path, template, SCOPE)
    assert found.summary == summary
    assert remedy in found.detail


@LAWS
@given(st.text(st.characters(codec="utf-8", exclude_characters="{"), max_size=80))
def test_text_is_kept_but_for_line_ends_trailing_space_and_composition(text: str) -> None:
    """Canonical text has \\n alone, no space at the end of a line, is NFC, and is its own canonical text."""
    once = canonical_text(text)
    assert canonical_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.split() == unicodedata.normalize("NFC", text).split()
    assert not any(line.endswith((" ", "\t", "\r")) for line in once.split("\n"))


def test_a_plain_prompt_is_canonical_as_a_template_is(tmp_path: Path) -> None:
    """The same words are the same prompt, whether or not there is a brace among them: é as one letter or
    two, Windows line ends, the newline at the end of a YAML block."""
    templates = Templates(tmp_path)
    assert templates.text("Cafe\u0301, \r\nnoon \n", {}) == "Caf\u00e9,\nnoon"
    assert templates.text("Cafe\u0301, \r\n{{ 'noon' }} \n", {}) == "Caf\u00e9,\nnoon"


def test_the_output_ends_at_32_kib(tmp_path: Path) -> None:
    """32,768 bytes of UTF-8 pass, one more does not, whether rendered or written out."""
    templates = Templates(tmp_path)
    for template in ("{{ 'é' * 16384 }}", "é" * 16384):
        assert len(templates.text(template, {}).encode()) == 32 * 1024
        with pytest.raises(TemplateFailure) as caught:
            templates.text(template + "x", {})
        assert "32 KiB" in caught.value.detail


def test_loops_may_run_over_10_000_items_in_all(tmp_path: Path) -> None:
    """Nested loops count together: 99 times 100 and the 99 themselves are 9,999."""
    templates = Templates(tmp_path)
    loops = "{% for i in range(A) %}{% for j in range(100) %}{% endfor %}{% endfor %}done"
    assert templates.text("{% for i in range(10000) %}{% endfor %}done", {}) == "done"
    assert templates.text(loops.replace("A", "99"), {}) == "done"
    assert "10,000" in failure(tmp_path, loops.replace("A", "100"), {}).detail
    assert templates.text(loops.replace("A", "99"), {}) == "done"  # each rendering has its own count


# -- a stranger's ----------------------------------------------------------------------------------

LETTERS = "'" + "A" * 100_000 + "'"
MANY = "a, " * 10
GENERATED = {
    "a thousand brackets": "{{ " + "(" * 1000 + "1" + ")" * 1000 + " }}",
    "brackets that are too deep for Python": "{{ " + "-(" * 95 + "1" + ")" * 95 + " }}" + "{% if 1 %}" * 101,
    "a hundred nested ifs": "{% if 1 %}" * 120 + "{% endif %}" * 120,
    "thirty nested loops": "{% for a in xs %}" * 30 + "{% endfor %}" * 30,
    "a sum of five thousand terms": "{{ " + "+".join(["1"] * 5000) + " }}",
    "a number of five thousand digits": "{{ " + "9" * 5000 + " }}",
    "a long template": "{{ 1 }}" * 100_000,
    "sets that double": "{% set x %}xxxxxxxxxx{% endset %}"
    + ("{% set x %}" + "{{ x }}" * 10 + "{% endset %}") * 12,
    "lists of lists": "{% set a = [1] %}" + f"{{% set a = [{MANY}] %}}" * 20 + "{{ a | string }}",
    "tuples to be hashed": "{% set a = (1,) %}" + f"{{% set a = ({MANY}) %}}" * 20 + "{{ {a: 1} }}",
    "lists to be compared": "{% set a = [1] %}{% set b = [1] %}"
    + f"{{% set a = [{MANY}] %}}{{% set b = [{MANY.replace('a', 'b')}] %}}" * 20
    + "{{ a == b }}",
    "loops over constants": f"{{% for a in '{'A' * 200}' %}}" * 3 + "{% endfor %}" * 3,
    "a loop with a long body": "{% for i in range(10000) %}" + "{% set b = 1 %}" * 3000 + "{% endfor %}",
    "a macro with a long body": "{% macro m() %}"
    + "{% set b = 1 %}" * 3000
    + "{% endmacro %}{% for i in range(9999) %}{{ m() }}{% endfor %}",
    "a thousand large values": "".join(f"{{% set v{n} = 'x' * 200000 %}}" for n in range(1000)),
    "a thousand large slices": "{% set x = 'x' * 200000 %}"
    + "".join(f"{{% set v{n} = x[1:] %}}" for n in range(1000)),
    "a large text searched again and again": "{% set x = 'a' * 200000 %}"
    + "{{ x.find('a' * 900 ~ 'b') }}" * 999,
}


def peak_memory() -> int:
    """The most memory that this process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@pytest.mark.parametrize(
    ("template", "summary"),
    [
        pytest.param(case["template"].replace("{A}", LETTERS), case["says"], id=case["template"])
        for case in HOSTILE
    ]
    + [pytest.param(template, None, id=name) for name, template in GENERATED.items()],
)
def test_a_hostile_template_is_refused_soon_and_in_little_memory(
    tmp_path: Path, template: str, summary: str | None
) -> None:
    """It ends in a TemplateFailure and the process grows by less than 200 MiB: one that is compiled at the
    size limit needs half of that, and what these ask for is far above, or would run for hours."""
    before = peak_memory()
    found = failure(tmp_path, template, {"xs": ["a", "b"], "ref": failure})
    assert peak_memory() - before < 200 * 1024 * 1024
    assert found.summary in (
        (summary,) if summary else ("template not allowed", "template fails", "template not readable")
    )
    assert found.detail


def test_templates_that_include_each_other_twice_are_refused(tmp_path: Path) -> None:
    """Forty files, each with the next one twice, would be 2^40 inclusions."""
    write(tmp_path, {f"templates/{n}.j2": f"{{% include '{n + 1}.j2' %}}" * 2 for n in range(40)})
    write(tmp_path, {"templates/40.j2": "end", "templates/me.j2": "{% include 'me.j2' %}"})
    templates = Templates(tmp_path)
    for name in ("0.j2", "me.j2"):
        with pytest.raises(TemplateFailure) as caught:
            templates.file(name, {})
        assert caught.value.summary == "template not allowed"
    assert templates.file("39.j2", {}) == "endend"


# -- template files --------------------------------------------------------------------------------


def test_templates_are_found_in_the_project_and_in_the_package(tmp_path: Path) -> None:
    """`product.j2` is the project's own, `seedgen/product.j2` the shipped one, which none of the project's
    can stand in for."""
    write(tmp_path, {"templates/product.j2": "own", "templates/seedgen/product.j2": "in disguise"})
    write(tmp_path, {"templates/deep/er.j2": "{% include 'product.j2' %} deep"})
    scope = {"product": "the shoe", "product_set": "shoe", "ref": lambda name: f"<{name}>"}
    templates = Templates(tmp_path)
    assert templates.file("product.j2", {}) == "own"
    assert templates.file("deep/er.j2", {}) == "own deep"
    assert "the shoe, exactly as in <shoe>" in templates.file("seedgen/product.j2", scope)


NOWHERE = ["lost.j2", "folder", "loop.j2", "", ".", "seedgen/", "nul\0.j2", "x" * 5000]
OUTSIDE = [
    "../secret.j2",
    "a/../../secret.j2",
    "..\\secret.j2",
    "seedgen/../secret.j2",
    "out.j2",
    "outdir/secret.j2",
]


@pytest.mark.parametrize("name", [*NOWHERE, *OUTSIDE, "ABSOLUTE"])
def test_no_template_is_found_outside_its_folder(tmp_path: Path, name: str) -> None:
    """Neither upwards, nor by an absolute path, nor through a link; as a shot's template or included."""
    root = tmp_path / "film"
    write(tmp_path, {"secret.j2": "secret", "film/templates/folder/x.j2": ""})
    (root / "templates/out.j2").symlink_to(tmp_path / "secret.j2")
    (root / "templates/outdir").symlink_to(tmp_path)
    (root / "templates/loop.j2").symlink_to(root / "templates/loop.j2")
    name = str(tmp_path / "secret.j2") if name == "ABSOLUTE" else name
    templates = Templates(root)
    with pytest.raises(TemplateFailure) as caught:
        templates.file(name, {})
    assert caught.value.summary == "unknown template"
    with pytest.raises(TemplateFailure):
        templates.text("{% include name %}", {"name": name})


def test_a_templates_folder_that_is_a_link_out_of_the_project_is_empty(tmp_path: Path) -> None:
    """Otherwise a stranger's project could print any file of whoever plans it."""
    write(tmp_path, {"private/diary.j2": "secret", "film/own/a.j2": "mine"})
    root = tmp_path / "film"
    (root / "templates").symlink_to(tmp_path / "private")
    with pytest.raises(TemplateFailure):
        Templates(root).file("diary.j2", {})

    (root / "templates").unlink()
    (root / "templates").symlink_to(root / "own")
    assert Templates(root).file("a.j2", {}) == "mine"


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"a.j2": "one\n\n{{ missing }}\n"}, ("a.j2", 3)),
        ({"a.j2": "one\n{{ 1 +\n"}, ("a.j2", 2)),
        ({"a.j2": "one\n{% include 'b.txt' %}\n", "b.txt": "\n\n\n{{ missing }}"}, ("b.txt", 4)),
        ({"a.j2": "{% include 'b.j2' %}", "b.j2": "\n{% endif %}"}, ("b.j2", 2)),
        (
            {
                "a.j2": "{% import 'b.j2' as b %}\n{{ b.m() }}",
                "b.j2": "{% macro m() %}\n{{ x }}{% endmacro %}",
            },
            ("b.j2", 2),
        ),
        (
            {
                "a.j2": "{% extends 'b.j2' %}\n\n{% block x %}\n{{ y }}{% endblock %}",
                "b.j2": "{% block x %}{% endblock %}",
            },
            ("a.j2", 4),
        ),
        ({"a.j2": "\n{% for x in [1] %}\n{{ x }}\n{{ x + 'a' }}{% endfor %}"}, ("a.j2", 4)),
        ({"a.j2": "\n{% include 'lost.j2' %}"}, ("a.j2", 2)),
        ({"a.j2": "A shoe,\n<<<<<<< HEAD\nred\n=======\nblue\n>>>>>>> topic\n"}, ("a.j2", 2)),
    ],
)
def test_a_failure_in_a_template_file_names_file_and_line(
    tmp_path: Path, files: dict[str, str], where: tuple[str, int]
) -> None:
    """The innermost file counts, and it is the same whether a shot names the template or its prompt includes
    it."""
    write(tmp_path, {f"templates/{name}": text for name, text in files.items()})
    templates = Templates(tmp_path)
    found = []
    with pytest.raises(TemplateFailure) as caught:
        templates.file("a.j2", {})
    found.append(caught.value)
    with pytest.raises(TemplateFailure) as caught:
        templates.text("{% include 'a.j2' %}", {})
    found.append(caught.value)
    assert [(f.file and f.file.name, f.line) for f in found] == [where, where]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 300_000])
def test_a_template_that_is_not_text_or_too_large_says_so(tmp_path: Path, content: bytes) -> None:
    """It is a failure with its name, not a crash."""
    write(tmp_path, {"templates/a.j2": content})
    with pytest.raises(TemplateFailure) as caught:
        Templates(tmp_path).file("a.j2", {})
    assert "a.j2" in caught.value.detail
