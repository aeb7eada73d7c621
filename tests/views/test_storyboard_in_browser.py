"""The storyboard page in a real browser: looked at, clicked, typed at, played and printed."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageStat

from tests.film import Film, new_film
from tests.views.boards import write_page
from tests.views.browsers import browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

EVIL = "</script><script>hit=1</script><img src=x onerror=hit=1>\u2028 \"><svg onload='hit=1'>"

YAML = f"""\
seedgen: 1
name: film
reference_sets:
  door: {{images: [refs/door.png]}}
  wall: {{images: [refs/wall.png]}}
defaults: {{resolution: 480p, duration: 1, aspect_ratio: "1:1", generate_audio: false}}
shots:
  - id: s1
    takes: 2
    references: [door]
    tags: ["scene:quay", hero]
    prompt: "A door, {{{{ ref('door') }}}}."
  - {{id: s2, references: [wall], tags: ["scene:quay"], prompt: "A wall, {{{{ ref('wall') }}}}, bare."}}
  - {{id: s3, tags: ["scene:hill", hero], prompt: {json.dumps(EVIL)}}}
"""
"""Three shots with clips, in two scenes; the prompt of one would like to run."""

LATER = "  - {id: s4, references: [door], prompt: \"A gate, later, {{ ref('door') }}.\"}\n"
"""Declared after the apply: it has no clip. With it s2 is changed."""

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a film with two takes, a stale shot and one without a clip."""
    film: Film = new_film(tmp_path_factory.mktemp("film"))
    film.write({"seedgen.yaml": YAML})
    film.apply("--no-reel")
    film.write({"seedgen.yaml": YAML.replace("bare", "painted") + LATER})
    return write_page(film.root)[0]


@pytest.fixture(scope="module")
def chromium(page_file: Path) -> Iterator[Browser]:
    """One browser for this module, started when everything asynchronous is done."""
    with browser() as found:
        yield found


@contextmanager
def visit(chromium: Browser, page_file: Path, size: dict[str, int], **options: Any) -> Iterator[Page]:
    """The page in a window of its own; whatever it complains of fails the test."""
    context = chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda asked: said.extend([] if asked.url.startswith(("file:", "data:")) else [asked.url])
    )
    page.goto(page_file.as_uri())
    yield page
    assert said == []
    context.close()


@pytest.fixture
def page(chromium: Browser, page_file: Path) -> Iterator[Page]:
    """The page on a desktop, in light colours."""
    with visit(chromium, page_file, DESKTOP, color_scheme="light") as page:
        yield page


def shown(page: Page) -> list[str]:
    """The shots that can be seen, in the order of the page."""
    return page.locator(".card:not([hidden])").evaluate_all("cards => cards.map(card => card.dataset.shot)")  # type: ignore[no-any-return]


def focused(page: Page) -> str:
    """The shot that has the focus."""
    return page.evaluate("document.activeElement.closest('.card')?.dataset.shot ?? ''")  # type: ignore[no-any-return]


def await_focus(page: Page, shot: str) -> None:
    """Wait until a shot has the focus: a dialog tells that it was closed a moment after it is."""
    page.wait_for_function(f"document.activeElement.closest('.card')?.dataset.shot === '{shot}'")


def await_playing(page: Page, where: str) -> None:
    """Wait until a clip moves; a Chromium without H.264 only tries, and the test ends there."""
    page.wait_for_selector(f"{where} video", state="attached")
    if not page.evaluate("document.createElement('video').canPlayType('video/mp4; codecs=avc1.42E01E')"):
        page.wait_for_function("where => document.querySelector(where + ' video').error", arg=where)
        pytest.skip("this Chromium has no H.264: that it tried to play was seen, playing was not")
    page.wait_for_function("where => document.querySelector(where + ' video').currentTime > 0.2", arg=where)


def test_the_page_says_what_there_is(page: Page) -> None:
    """Every shot in its scene, with its state; the prompt that would like to run is there to read."""
    assert page.title() == "film · storyboard"
    assert shown(page) == ["s1", "s2", "s3", "s4"]
    headings = page.locator(".scene h2").all_inner_texts()
    assert headings == ["quay 2 shots · 0:02", "hill 1 shot · 0:01", "No scene 1 shot · 0:01"]
    assert page.locator("#shot-s2 .state").inner_text() == "stale"
    assert page.locator("#shot-s4 .state").inner_text() == "no clip"
    assert "<script>hit=1</script>" in page.locator("#shot-s3 .prompt").inner_text()
    assert page.evaluate("typeof hit") == "undefined"


def test_the_policy_stops_what_escaping_would_have_missed(chromium: Browser, page_file: Path) -> None:
    """Markup that got into the file all the same neither runs nor loads nor dresses anything."""
    inside = "<script>hit=1</script><style>body{color:red}</style><b style='color:red' onclick='hit=1'>x</b>"
    inside += "<img src='https://example.com/x.png' onerror='hit=1'><iframe src='javascript:hit=1'></iframe>"
    broken = page_file.with_name("broken.html")
    broken.write_text(page_file.read_text().replace("<main", f"{inside}<main"))
    page, failed = chromium.new_page(), []
    page.on("requestfailed", lambda request: failed.append((request.url, request.failure)))
    page.goto(broken.as_uri())
    page.locator("b", has_text="x").first.click()
    assert page.evaluate("typeof hit") == "undefined"
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert failed == [("https://example.com/x.png", "csp")]
    page.close()


def test_pointing_at_a_frame_plays_its_clip(page: Page) -> None:
    """In place and without sound; it stops when the pointer leaves."""
    page.locator("#shot-s2 .frame").hover()
    await_playing(page, "#shot-s2")
    assert page.locator("#shot-s2 .frame").get_attribute("data-play") == "playing"
    assert page.evaluate("document.querySelector('#shot-s2 video').muted")
    page.locator("h1").hover()
    page.wait_for_function("!document.querySelector('.card video')")


def test_keys_walk_play_open_and_close(page: Page) -> None:
    """No pointer is needed for anything."""
    page.keyboard.press("j")
    assert focused(page) == "s1"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "s2"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "s3"
    page.keyboard.press("k")
    assert focused(page) == "s2"
    page.keyboard.press("?")
    assert page.locator("dialog.keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog.keys").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("dialog.large h2").inner_text() == "s2"
    page.keyboard.press("j")
    assert page.locator("dialog.large h2").inner_text() == "s3"
    page.keyboard.press("Escape")
    assert not page.locator("dialog.large").is_visible()
    await_focus(page, "s3")
    await_playing(page, "#shot-s3")
    page.keyboard.press(" ")
    assert page.evaluate("document.querySelector('#shot-s3 video').paused")


def test_another_take_is_looked_at_in_place_and_large(page: Page) -> None:
    """Its picture and its clip take the place of the picked one's."""
    page.locator("#shot-s1 .take", has_text="2").click()
    assert page.locator("#shot-s1 .take[aria-current]").inner_text() == "2"
    assert page.locator("#shot-s1 img:visible").get_attribute("data-take") == "2"
    assert page.locator("#shot-s1 .frame").evaluate("frame => frame.href").endswith("/takes/s1/2.mp4")
    await_playing(page, "#shot-s1")
    page.locator("#shot-s1 .open").click()
    await_playing(page, "dialog.large")
    page.locator("dialog.large .take").first.click()
    assert page.locator("dialog.large .take[aria-current]").inner_text() == "1"
    assert page.locator("dialog.large video").evaluate("video => video.src").endswith("/takes/s1/1.mp4")


def test_a_reel_plays_large_from_the_head(page: Page, page_file: Path) -> None:
    """One that is not joined yet is said to be missing; the focus comes back to where it was asked for."""
    film = page_file.with_name("main.mp4")
    film.write_text("nothing yet")
    reel = page.locator(".reel")
    reel.click()
    page.wait_for_selector('.stage[data-play="failed"]')
    assert page.locator("dialog.large h2").inner_text() == "main"
    page.keyboard.press("j")
    assert page.locator("dialog.large h2").inner_text() == "main", "a reel is no shot among others"
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.reel')")
    shutil.copyfile(page_file.parent / "clips/s1.mp4", film)
    reel.click()
    await_playing(page, "dialog.large")


def test_filters_meet_and_are_cleared_at_once(page: Page) -> None:
    """Text, state and tag together; Escape shows everything again."""
    page.keyboard.press("/")
    page.keyboard.type("a wall BARE")
    assert shown(page) == []
    assert page.locator("#none").is_visible()
    page.keyboard.press("Escape")
    assert shown(page) == ["s1", "s2", "s3", "s4"]
    page.locator("select[name=tag]").select_option("hero")
    assert shown(page) == ["s1", "s3"]
    assert page.locator(".found").inner_text() == "2 of 4"
    page.locator(".states button", has_text="Stale").click()
    assert shown(page) == []
    page.locator("select[name=tag]").select_option("")
    assert shown(page) == ["s2"]
    page.locator(".states button", has_text="All").click()
    assert shown(page) == ["s1", "s2", "s3", "s4"]


def test_groups_follow_the_tags_that_are_asked_for(page: Page) -> None:
    """By scene at first, by nothing, or by the first tag of each shot."""
    page.locator("select[name=group]").select_option("")
    assert page.locator(".scene h2").count() == 0
    page.locator("select[name=group]").select_option("*")
    assert page.locator(".scene h2").all_inner_texts() == [
        "scene:quay 2 shots · 0:02",
        "scene:hill 1 shot · 0:01",
        "No tag 1 shot · 0:01",
    ]
    page.locator("select[name=group]").select_option("scene")
    assert shown(page) == ["s1", "s2", "s3", "s4"]


def brightness(page: Page) -> float:
    """The mean luma of what is seen, 0 to 255."""
    with Image.open(io.BytesIO(page.screenshot()), formats=["PNG"]) as seen:
        return ImageStat.Stat(seen.convert("L")).mean[0]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_dark_and_light_are_as_the_system_or_as_chosen(
    chromium: Browser, page_file: Path, size: dict[str, int]
) -> None:
    """And nothing is wider than the window, however narrow."""
    for system in ("light", "dark"):
        with visit(chromium, page_file, size, color_scheme=system, reduced_motion="reduce") as page:
            assert (brightness(page) > 150) is (system == "light")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.keyboard.press("t")
            assert page.locator(".theme").inner_text() == "Light"
            assert brightness(page) > 150
            page.keyboard.press("t")
            assert brightness(page) < 110


def test_where_motion_is_not_wanted_nothing_moves_by_itself(chromium: Browser, page_file: Path) -> None:
    """Neither pointing nor focus plays; asking for it does."""
    with visit(chromium, page_file, DESKTOP, reduced_motion="reduce") as page:
        page.locator("#shot-s2 .frame").hover()
        page.keyboard.press("j")
        assert focused(page) == "s1"
        assert page.locator(".card video").count() == 0
        page.keyboard.press(" ")
        await_playing(page, "#shot-s1")
        assert page.locator(".card video").count() == 1


def test_a_tap_plays_in_place(chromium: Browser, page_file: Path) -> None:
    """A finger cannot point: the first tap plays, the second pauses."""
    with visit(chromium, page_file, PHONE, has_touch=True, is_mobile=True) as page:
        page.locator("#shot-s1 .frame").tap()
        await_playing(page, "#shot-s1")
        page.locator("#shot-s1 .frame").tap()
        assert page.evaluate("document.querySelector('#shot-s1 video').paused")
        assert not page.locator("dialog.large").is_visible()


def test_without_scripts_the_page_can_still_be_read(chromium: Browser, page_file: Path) -> None:
    """Frames are links to clips, and there is no control that would do nothing."""
    with visit(chromium, page_file, DESKTOP, java_script_enabled=False) as page:
        assert page.locator(".card").count() == 4
        assert not page.locator(".bar").is_visible()
        assert page.locator("#shot-s1 a.frame").get_attribute("href") == "clips/s1.mp4"


def test_it_prints_whole_cards_and_no_controls(page: Page) -> None:
    """On light paper even from a dark screen; what a filter hides is not printed."""
    page.locator("select[name=tag]").select_option("hero")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".bar").is_visible()
    assert page.locator(".card:visible").count() == 2
    assert page.locator(".card").first.evaluate("card => getComputedStyle(card).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    """What a screen reader says of each control, and in which order it comes to them."""
    said = "node.ariaLabel || node.labels?.[0]?.textContent || node.textContent"
    used = page.locator("button, a, input, select, .frame, .thumb")
    names = used.evaluate_all(f"nodes => nodes.map(node => ({said} || '').trim())")
    assert "" not in names
    tree = page.locator("#shot-s1").aria_snapshot()
    assert 'link "Play shot s1"' in tree
    assert 'link "Look at take 2 of shot s1"' in tree
    assert "door.png" in tree
