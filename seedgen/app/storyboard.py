"""Storyboard: gathers what a project's page shows, and writes it beside the clips."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.app.desk import Desk
from seedgen.digest import digest_bytes
from seedgen.errors import SeedgenError
from seedgen.geometry import Size
from seedgen.planning.capping import Caps
from seedgen.planning.found import World
from seedgen.planning.frame import requested_size
from seedgen.planning.lock import IMPORTED
from seedgen.planning.planner import make_plan
from seedgen.planning.pricing import seconds_of
from seedgen.project.media import Derived, MediaType
from seedgen.timing import Rate
from seedgen.views.storyboard import Attached, Attempt, Board, Panel, Showing, Shown
from seedgen.views.storyboard_words import planned_cost, prompt_words, standing, take_cost, values
from seedgen.views.words import media_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from seedgen.app.opened import OpenedProject
    from seedgen.app.posters import Posters
    from seedgen.app.reels import ReeledProject
    from seedgen.planning.lock import Lock, LockedShot, Take
    from seedgen.planning.plan import Change
    from seedgen.planning.request import RequestReference
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.media import Media

    Pick = Callable[[ResolvedShot], Take | None]
    StandIn = Callable[[ResolvedShot], Path | None]

PAGE = "storyboard.html"

_POSTER, _THUMB = 480, 112
"""Widths in pixels: a card is some 330 wide, a thumbnail 68 in the large view; screens have more of them."""

_MANY, _SMALL_POSTER = 1500, 240
"""Beyond so many shots posters are smaller: a page of 10,000 still opens."""

_READERS = 2
"""Clips read at once, as in the contact sheet."""


def poster_folder(project: OpenedProject) -> Path:
    """Where the small pictures of a project's pages are kept, for each profile by itself."""
    return project.private / "posters" / (project.settings.profile or "default")


def stand_in_name(shot_id: str) -> str:
    """Where a shot's animatic stands in `build/`, beside the page that plays it."""
    return f"stand-ins/{shot_id}.mp4"


async def write_storyboard(
    project: ReeledProject,
    lock: Lock,
    picked: Pick,
    posters: Posters,
    stand_in: StandIn = lambda _: None,
    *,
    making: Collection[str] = (),
) -> bool:
    """Write `build/storyboard.html`, unless it stands there already; False when it does.

    `picked` gives the take of a shot whose clip is there, `stand_in` the animatic of a shot without
    one, if it has been rendered; `making` are the reels that are made just now. They stand beside the page,
    or will; so do `clips/` and `takes/`, and stand-ins are put there. What shows no picture is left
    without. Raises StoreError, OSError.
    """
    gathering = _Gathering(project, lock, picked, stand_in)
    board = gathering.board(making)
    text = json.dumps(asdict(board), default=str, sort_keys=True)
    key = digest_bytes(f"{_recipe()}{text}".encode())
    if project.outputs.is_current(PAGE, key):
        return False
    await asyncio.to_thread(_write, project, board, gathering.sources, posters)
    project.outputs.made(PAGE, key)
    return True


def _recipe() -> str:
    from seedgen.views.storyboard import recipe

    return recipe()


def _write(
    project: OpenedProject, board: Board, sources: Mapping[str, tuple[Path, int]], posters: Posters
) -> None:
    from seedgen.store.disk import replace_text
    from seedgen.views.storyboard import storyboard_page

    page = storyboard_page(board, _pictures(project, sources, posters))
    replace_text(project.outputs.path(PAGE), page, durable=False)


def _pictures(
    project: OpenedProject, sources: Mapping[str, tuple[Path, int]], posters: Posters
) -> dict[str, bytes]:
    """Every picture of the page; decoded once in the life of a clip."""
    from concurrent.futures import ThreadPoolExecutor

    from seedgen.errors import UnreadableMedia
    from seedgen.media.posters import small_poster
    from seedgen.store.pictures import PictureStore

    kept = PictureStore(poster_folder(project))

    def picture(key: str) -> bytes | None:
        found = kept.find(key)
        if found is None:
            path, width = sources[key]
            try:
                found = small_poster(posters.picture(path), width)
            except (UnreadableMedia, OSError):
                return None
            kept.keep(key, found)
        return found

    with ThreadPoolExecutor(_READERS) as readers:
        made = zip(sources, readers.map(picture, sources), strict=True)
        pictures = {key: data for key, data in made if data is not None}
    kept.keep_only(sources)
    return pictures


class _Gathering:
    """Turns shots into panels, and notes which pictures they need: by key, a file and a width."""

    def __init__(self, project: ReeledProject, lock: Lock, picked: Pick, stand_in: StandIn) -> None:
        self._project = project
        self._lock = lock
        self._shots = {shot.id: shot for shot in project.resolved}
        self._picked = picked
        self._stand_in = stand_in
        self._width = _POSTER if len(project.resolved) <= _MANY else _SMALL_POSTER
        self._changes = self._planned()
        takes = [take for shot in lock.shots.values() for take in shot.takes]
        self._present = project.objects.present([take.clip for take in takes])
        self.sources: dict[str, tuple[Path, int]] = {}

    def _planned(self) -> dict[str, list[Change]]:
        """What the next apply would do about each shot: the page uses the plan's own eyes."""
        project = self._project
        plan = make_plan(
            project.resolved,
            self._lock,
            World(
                project.takes.find, project.objects.present, Desk(project).standings, project.find_accepted
            ),
            project=project.project.name,
            profile=project.settings.profile,
            caps=Caps(project.project.spec.budget.max_cost),
        )
        found: dict[str, list[Change]] = {}
        for change in plan.takes:
            found.setdefault(change.shot, []).append(change)
        return found

    def board(self, making: Collection[str]) -> Board:
        """The page's content."""
        jobs = {(t.provider, t.job_id): t for s in self._lock.shots.values() for t in s.takes}
        paid = [take for take in jobs.values() if take.job_id != IMPORTED]
        return Board(
            project=self._project.project.name,
            profile=self._project.settings.profile,
            version=self._project.lock_version(self._lock),
            spent=sum((take.cost_usd for take in paid if take.cost_usd is not None), Decimal(0)),
            unpriced=sum(take.cost_usd is None for take in paid),
            estimated=any(take.cost_estimated and take.cost_usd for take in paid),
            panels=tuple(self._panel(shot) for shot in self._project.resolved),
            shape=_commonest_shape(self._project.resolved),
            reels=tuple(self._reels(making)),
        )

    def _reels(self, making: Collection[str]) -> Iterator[Showing]:
        """The reels that show something, as long as they become: the last one is not joined yet. Of those
        that are not made now, such as are there and up to date."""
        project = self._project
        for name, reel in project.reels.items():
            shots, film = project.reel_shots(reel), f"{name}.mp4"
            state = project.reel_state(name, reel, shots, self._picked)
            there = (project.outputs.folder / film).is_file() and project.outputs.noted(name) == state
            if (there or name in making) and project.shows(reel, shots, self._picked):
                # One that cannot be made is left out: whoever assembles it says why.
                with contextlib.suppress(SeedgenError):
                    line = project.timeline(name, self._lock)
                    yield Showing(name, line.form.rate.seconds(line.frames), film)

    def _panel(self, shot: ResolvedShot) -> Panel:
        locked, pick = self._lock.shots.get(shot.id), self._picked(shot)
        state, why = standing(self._changes[shot.id], pick)
        shown, clip, poster = self._frame(shot, pick)
        return Panel(
            shot=shot.id,
            state=state,
            why=why,
            shown=shown,
            tags=shot.shot.tags,
            provider=shot.request.provider,
            model=shot.request.model,
            seconds=_seconds(pick) if pick else Fraction(seconds_of(shot.request, shot.card)),
            cost=take_cost(pick) if pick else planned_cost(shot),
            prompt=prompt_words(shot),
            take=pick.take if pick else 0,
            takes=max(shot.shot.takes, len(locked.takes) if locked else 0),
            clip=clip,
            poster=poster,
            attempts=self._attempts(shot, locked, pick),
            references=self._references(shot),
            parameters=values(shot.request.parameters),
        )

    def _frame(self, shot: ResolvedShot, pick: Take | None) -> tuple[Shown, str | None, str | None]:
        """What a shot's frame shows, what it plays, and its picture."""
        if pick is not None:
            return Shown.CLIP, f"clips/{shot.id}.mp4", self._poster(pick)
        if animatic := self._stand_in(shot):
            name = stand_in_name(shot.id)
            self._project.outputs.place(name, animatic, animatic.stem)
            return Shown.STAND_IN, name, self._source(animatic.stem, animatic, self._width)
        for reference, media in zip(shot.request.references, shot.media, strict=True):
            if reference.type is not MediaType.AUDIO and isinstance(media, Path):
                return Shown.REFERENCE, None, self._source(_digest(str(reference.id)), media, self._width)
        return Shown.NOTHING, None, None

    def _attempts(
        self, shot: ResolvedShot, locked: LockedShot | None, pick: Take | None
    ) -> tuple[Attempt, ...]:
        """The takes that stand in `build/takes/`: those of a shot that has several."""
        takes = locked.takes if locked and pick and len(locked.takes) > 1 else ()
        return tuple(
            Attempt(
                take.take,
                take_cost(take),
                _seconds(take),
                f"takes/{shot.id}/{take.take}.mp4",
                self._poster(take),
            )
            for take in takes
            if take.clip in self._present
        )

    def _references(self, shot: ResolvedShot) -> tuple[Attached, ...]:
        numbers: Counter[MediaType] = Counter()
        found = []
        for reference, media, name in zip(shot.request.references, shot.media, shot.set_names, strict=True):
            numbers[reference.type] += 1
            found.append(
                Attached(
                    set_name=name,
                    kind=reference.type.value,
                    token=shot.card.token(reference.type, numbers[reference.type]),
                    file=media_words(media),
                    picture=self._thumb(reference, media),
                )
            )
        return tuple(found)

    def _thumb(self, reference: RequestReference, media: Media) -> str | None:
        if isinstance(media, Path) and reference.type is not MediaType.AUDIO:
            return self._source(_digest(str(reference.id)), media, _THUMB)
        if isinstance(media, Derived) and (taken := self._picked(self._shots[media.shot])):
            return self._source(taken.digest, self._project.objects.path(taken.clip), _THUMB)
        return None

    def _poster(self, take: Take) -> str:
        return self._source(take.digest, self._project.objects.path(take.clip), self._width)

    def _source(self, digest: str, path: Path, width: int) -> str:
        key = f"{digest}-{width}"
        self.sources[key] = (path, width)
        return key


def _digest(reference: str) -> str:
    return reference.removeprefix("sha256:")


def _seconds(take: Take) -> Fraction:
    return Rate.parse(take.rate).seconds(take.frames)


def _commonest_shape(shots: Sequence[ResolvedShot]) -> Size:
    """The shape that most shots ask for; the earliest of several."""
    ratios = Counter(requested_size(shot.request.parameters).ratio for shot in shots)
    if not ratios:
        return Size(16, 9)
    ratio = ratios.most_common(1)[0][0]
    return Size(ratio.numerator, ratio.denominator)
