"""Two revisions as text and as a page: what is said, and that a stranger's words stay words."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.planning.comparison import Comparison, Version, compare
from seedgen.planning.lock import IMPORTED, Lock
from seedgen.store.blobs import Revision
from seedgen.views.paint import Paint
from seedgen.views.revision_documents import comparison_document
from seedgen.views.revisions import NO_DIFFERENCES, revisions_text, side_words
from seedgen.views.revisions_html import PageClip, revisions_page
from seedgen.views.schemas import schema_text
from tests.planning.projects import STUDIO, lock_of, opened
from tests.views.test_harmless import HARMFUL

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Paint(on=False)
OLD = Revision("v1", "a" * 40)
NEW = Revision("release; <b>\x1b[2J", "b" * 40)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b]0;t\x07\u202e</p>"
BEFORE = """\
provider: studio
shots:
  - {id: same, prompt: The same.}
  - {id: edited, prompt: A bare wall., duration: 4}
  - {id: old, prompt: Moved.}
  - {id: gone, prompt: Gone.}
  - {id: cut, prompt: Cut.}
"""
AFTER = """\
provider: studio
shots:
  - {id: same, prompt: The same.}
  - {id: edited, prompt: A tall wall., duration: 6}
  - {id: moved, prompt: Moved.}
  - {id: cut, prompt: Cut.}
  - {id: new, prompt: New.}
"""


def everything(tmp_path: Path) -> Comparison:
    """Every kind of difference at once; the edited shot's clip cost 0.40 USD, that of before is unpriced."""
    before = opened(tmp_path / "a", BEFORE, {"cards/one.yaml": STUDIO}).shots
    after = opened(tmp_path / "b", AFTER, {"cards/one.yaml": STUDIO}).shots
    shots = dict(lock_of(*after).shots)
    for name, facts in (
        ("cut", {"digest": "c" * 64, "job_id": IMPORTED}),
        ("edited", {"cost_usd": Decimal("0.40"), "cost_estimated": True}),
    ):
        take = shots[name].takes[0].model_copy(update=facts)
        shots[name] = shots[name].model_copy(update={"takes": (take,)})
    shots["moved"] = lock_of(*before).shots["old"]
    del shots["new"]
    return compare(Version(before, lock_of(*before)), Version(after, Lock(serial=2, shots=shots)))


def test_the_text_says_what_differs(tmp_path: Path) -> None:
    """A line for each shot, its prompt word by word, its clips, and the sum of it."""
    found = everything(tmp_path)
    digests = {
        s.shot: [at.take.digest[:12] for at in (s.before, s.after) if at and at.take] for s in found.shots
    }
    was, now = digests["edited"]
    cut = digests["cut"][0]
    assert (
        revisions_text(found, OLD, None, PLAIN, 100)
        == f"""\
v1 (aaaaaaa) against the project as it is now

  ~ edited  changed  because of the prompt; the parameter duration
        prompt: A [-bare-]{{+tall+}} wall.
        parameters.duration: 4 -> 6
        clip: take 1 {was}… price unknown -> take 1 {now}… $0.40 estimated
  = moved   renamed from old: the same request under another id
  * cut     the same request, another clip; imported from a file
        clip: take 1 {cut}… price unknown -> take 1 cccccccccccc… imported
  + new     added  studio one
  - gone    removed  studio one
        clip: take 1 {digests["gone"][0]}… price unknown

Diff: 1 added, 1 removed, 1 renamed, 1 changed, 1 with another clip; 1 unchanged. New takes: 1, $0.40.
"""
    )


def test_a_first_clip_is_not_another_one(tmp_path: Path) -> None:
    """Shots whose clips alone differ are counted by how: the first, another, none any more, other takes."""
    names = ("first", "other", "lost", "cost", "same")
    yaml = "shots: [" + ", ".join(f"{{id: {name}, prompt: Of {name}.}}" for name in names) + "]"
    shots = opened(tmp_path, yaml).shots
    before, after = (dict(lock_of(*shots).shots) for _ in range(2))
    del before["first"], after["lost"]
    for name, facts in (("other", {"digest": "c" * 64}), ("cost", {"cost_usd": Decimal(1)})):
        take = after[name].takes[0].model_copy(update=facts)
        after[name] = after[name].model_copy(update={"takes": (take,)})
    found = compare(Version(shots, Lock(shots=before)), Version(shots, Lock(shots=after)))
    text = revisions_text(found, OLD, NEW, PLAIN, 100)
    assert "* first  the same request, its first clip\n" in text
    assert (
        "Diff: 0 added, 0 removed, 0 changed, 1 with a first clip, 1 with another clip, "
        "1 with no clip any more, 1 with other takes; 1 unchanged."
    ) in text
    page = revisions_page(found, OLD, NEW, {}, project="film", profile=None)
    assert re.findall(r'<button type="button" data-kind="(\w+)" [^>]*>([^<]+) <b>1</b>', page) == [
        ("first_clip", "First clip"),
        ("clip", "Another clip"),
        ("no_clip", "No clip any more"),
        ("takes", "Other takes"),
    ]
    assert re.findall(r'<article id="shot-first" data-kind="(\w+)"', page) == ["first_clip"]


def test_no_differences(tmp_path: Path) -> None:
    """One line, and nothing else."""
    shots = opened(tmp_path, BEFORE, {"cards/one.yaml": STUDIO}).shots
    version = Version(shots, lock_of(*shots))
    assert revisions_text(compare(version, version), OLD, NEW, PLAIN, 100) == f"{NO_DIFFERENCES}\n"


def test_a_commit_is_not_named_twice() -> None:
    """Who typed its id sees that; a name is shown with the id that it stands for."""
    assert side_words(Revision("aaaa", "a" * 40)) == "aaaa"
    assert side_words(OLD) == "v1 (aaaaaaa)"


def test_the_document_fits_its_schema(tmp_path: Path) -> None:
    """Every difference by its action; only a rename has `from`; money is text."""
    text = comparison_document(
        everything(tmp_path), OLD, None, [], project="film", profile=None, root=tmp_path, version="1.2.3"
    ).text()
    document = json.loads(text)
    jsonschema_rs.validator_for(json.loads(schema_text("diff"))).validate(document)
    assert {c["shot"]: c["action"] for c in document["changes"]} == {
        "edited": "changed",
        "moved": "renamed",
        "cut": "clip",
        "new": "added",
        "gone": "removed",
    }
    assert {c["shot"]: c["from"] for c in document["changes"] if "from" in c} == {"moved": "old"}
    changes: dict[str, Any] = {c["shot"]: c for c in document["changes"]}
    assert changes["edited"]["reasons"] == ["prompt", "parameter:duration", "clip"]
    assert changes["edited"]["after"]["cost_usd"] == "0.40"
    assert changes["edited"]["before"]["cost_usd"] is None
    assert (changes["new"]["before"], changes["new"]["after"]) == (None, None)
    assert changes["gone"]["fingerprint"] is None
    assert document["from"] == {"rev": "v1", "commit": "a" * 40}
    assert document["to"] == {"rev": None, "commit": None}
    assert document["summary"] == {
        "added": 1, "removed": 1, "renamed": 1, "changed": 1, "clip": 1, "unchanged": 1
    }  # fmt: skip
    assert document["new_takes"] == {"takes": 2, "imported": 1, "usd": "0.40", "unpriced": 0}


class Elements(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words += data


def page_of(found: Comparison, clips: dict[str, PageClip], project: str = "film") -> str:
    """The page between two revisions, the later of which has a hostile name."""
    return revisions_page(found, OLD, NEW, clips, project=project, profile=None)


def test_the_page_shows_both_sides(tmp_path: Path) -> None:
    """Clips that there are as links with a picture, the others as words; the changed words marked."""
    found = everything(tmp_path)
    (edited,) = (shot for shot in found.shots if shot.shot == "edited")
    assert edited.before is not None
    assert edited.before.take is not None
    clips = {edited.before.take.digest: PageClip("review_clips/a%20b.mp4", b"jpeg")}
    page = page_of(found, clips)
    assert page.count('href="review_clips/a%20b.mp4"') == 1
    assert 'src="data:image/jpeg;base64,anBlZw=="' in page
    assert "A <del>bare</del><ins>tall</ins> wall." in page
    # Ten sides: one clip, one shot missing on each side of the added and the removed, no clip of the new one.
    assert page.count("Its clip is not in the cache") == 6
    assert page.count("No such shot") == 2
    assert page.count("No clip yet") == 1
    assert "6 clips" in Elements(page).words


@pytest.mark.parametrize(
    ("adjective", "shown"),
    [("tall", "A <del>bare</del><ins>tall</ins> door."), ("bare", "A bare door.")],
)
def test_the_page_calls_references_by_name(tmp_path: Path, adjective: str, shown: str) -> None:
    """It is for people: also where the prompt is the same, and something else differs."""
    yaml = """\
provider: studio
reference_sets: {door: {images: [a.png]}}
shots: [{id: s1, references: [door], duration: 4, prompt: "A bare {{ ref('door') }}."}]
"""
    files: dict[str, str | bytes] = {"cards/one.yaml": STUDIO, "a.png": "a"}
    before = opened(tmp_path / "a", yaml, files).shots
    edited = yaml.replace("bare", adjective).replace("duration: 4", "duration: 6")
    after = opened(tmp_path / "b", edited, files).shots
    page = page_of(compare(Version(before, Lock()), Version(after, Lock())), {})
    assert f">{shown}</p>" in page


def test_where_only_numbers_of_references_changed_the_page_shows_those(tmp_path: Path) -> None:
    """By name nothing would differ, and the page says that the prompt does."""
    yaml = """\
provider: studio
reference_sets: {door: {images: [a.png]}, wall: {images: [b.png]}}
shots: [{id: s1, references: [door, wall], prompt: "A {{ ref('door') }} in a {{ ref('wall') }}."}]
"""
    files: dict[str, str | bytes] = {"cards/one.yaml": STUDIO, "a.png": "a", "b.png": "b"}
    before = opened(tmp_path / "a", yaml, files).shots
    after = opened(tmp_path / "b", yaml.replace("[door, wall]", "[wall, door]"), files).shots
    page = page_of(compare(Version(before, Lock()), Version(after, Lock())), {})
    assert re.findall("<(?:del|ins)>[^<]*</(?:del|ins)>", page)[0].startswith("<del>&lt;image")


def test_a_strangers_words_are_words(tmp_path: Path) -> None:
    """In prompt, project and revision: no element, no attribute and no control character comes of them."""
    yaml = f"provider: studio\nshots:\n  - id: evil\n    prompt: {json.dumps(EVIL)}\n"
    files: dict[str, str | bytes] = {"cards/one.yaml": STUDIO}
    shots = opened(tmp_path / "a", yaml, files).shots
    plain = opened(tmp_path / "b", yaml.replace("alert", "warn"), files).shots
    found = compare(Version(plain, Lock()), Version(shots, Lock()))
    page = page_of(found, {}, project=EVIL)
    elements = Elements(page)
    assert elements.tags.count("script") == 1
    assert "img" not in elements.tags
    assert not [name for name, _ in elements.attributes if name.startswith("on")]
    assert "<script>" in elements.words
    assert HARMFUL.search(page) is None
    assert HARMFUL.search(revisions_text(found, NEW, NEW, PLAIN, 80)) is None


@pytest.mark.parametrize("part", ["default-src 'none'", "script-src 'sha256-", "style-src 'sha256-"])
def test_the_page_forbids_itself_everything_else(tmp_path: Path, part: str) -> None:
    """Nothing is loaded from a network and no other script runs."""
    page = page_of(everything(tmp_path), {})
    (policy,) = (
        value for name, value in Elements(page).attributes if name == "content" and "src" in str(value)
    )
    assert part in str(policy)
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")
