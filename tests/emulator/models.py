"""What the models take and cost: written from the contracts, and never from seedgen's cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.emulator.records import Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

AUTOMATIC_SECONDS = 5
"""How long a clip is when the model decides, which the contracts leave open."""

_URL = {"type": "string", "pattern": "^https?://", "format": "uri"}
_OXEN_URL = {"type": "string", "pattern": "^(https?://|data:)", "format": "uri"}
_RATIOS = ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]


@dataclass(frozen=True)
class Model:
    """A model: its schema as the service shows it, and rules that a schema does not say.

    `groups` names the fields of each reference type and how many they hold together; `prices` is USD
    per second by resolution. With `audio_alone` False audio needs a picture or a video beside it.
    """

    service: Service
    name: str
    title: str
    schema: Mapping[str, Any]
    prices: Mapping[str, Decimal]
    groups: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    total: int = 0
    audio_alone: bool = True

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for({**self.schema, "additionalProperties": False})

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """What is wrong with the parameters; empty when they are right."""
        found = [f"{_place(error)}: {error.message}" for error in self._validator.iter_errors(given)]
        return found or [*self._wrong_numbers(given), *self._wrong_references(given)]

    def _wrong_numbers(self, given: Mapping[str, Any]) -> Iterator[str]:
        # JSON Schema takes 6.0 for an integer.
        for name, value in given.items():
            if isinstance(value, float):
                yield f"{name}: {value} is not an integer"

    def _wrong_references(self, given: Mapping[str, Any]) -> Iterator[str]:
        counts = {names: sum(_count(given.get(name)) for name in names) for names in self.groups}
        for names, limit in self.groups.items():
            if counts[names] > limit:
                yield f"{' + '.join(names)}: at most {limit}, not {counts[names]}"
        if self.total and sum(counts.values()) > self.total:
            yield f"at most {self.total} references, not {sum(counts.values())}"
        audios = sum(count for names, count in counts.items() if "audio" in names[0])
        if not self.audio_alone and audios and audios == sum(counts.values()):
            yield "audio references need an image or a video beside them"

    def urls(self, given: Mapping[str, Any]) -> Iterator[str]:
        """Every reference URL."""
        for name, value in given.items():
            if name.startswith("input_") or name.endswith(("_url", "_urls")):
                values = value if isinstance(value, list) else [value]
                yield from (url for url in values if isinstance(url, str))

    def cost(self, given: Mapping[str, Any]) -> Decimal:
        """USD for one clip; zero for parameters that the model will refuse."""
        resolution = given.get("resolution", self.schema["properties"]["resolution"]["default"])
        price = self.prices.get(resolution) if isinstance(resolution, str) else None
        return Decimal(0) if price is None else price * _seconds(given.get("duration"))


def _place(error: Any) -> str:
    return "/".join(map(str, error.instance_path)) or "input"


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else int(value is not None)


def _seconds(duration: Any) -> int:
    try:
        seconds = int(duration)
    except (TypeError, ValueError):
        return AUTOMATIC_SECONDS
    return seconds if seconds > 0 else AUTOMATIC_SECONDS


def _list_of(url: Mapping[str, Any], most: int, what: str) -> dict[str, Any]:
    return {"type": "array", "items": url, "maxItems": most, "description": what}


def _choice(values: Sequence[Any], default: Any, kind: str = "string") -> dict[str, Any]:
    return {"type": kind, "enum": list(values), "default": default}


def _eachlabs_settings(resolutions: Sequence[str]) -> dict[str, Any]:
    durations = ["auto", *(str(seconds) for seconds in range(4, 16))]
    return {
        "prompt": {"type": "string", "minLength": 1},
        "resolution": _choice(resolutions, "720p"),
        "duration": _choice(durations, "auto"),
        "aspect_ratio": _choice(["auto", *_RATIOS], "auto"),
        "generate_audio": {"type": "boolean", "default": True},
        "end_user_id": {"type": "string"},
    }


def _eachlabs(tail: str, prices: Mapping[str, str], extra: Mapping[str, Any], *required: str) -> Model:
    references = "image_urls" in extra
    groups: dict[tuple[str, ...], int] = {("image_urls",): 9, ("video_urls",): 3, ("audio_urls",): 3}
    return Model(
        Service.EACHLABS,
        f"bytedance-seedance-2-0-{tail}",
        f"Seedance 2.0 {tail.replace('-', ' ')}",
        {
            "type": "object",
            "required": ["prompt", *required],
            "properties": {**_eachlabs_settings(list(prices)), **extra},
        },
        {resolution: Decimal(price) for resolution, price in prices.items()},
        groups if references else {},
        total=12 if references else 0,
        audio_alone=False,
    )


_EACH_LISTS = {
    "image_urls": _list_of(_URL, 9, "Pictures, named @Image1, @Image2 in the prompt."),
    "video_urls": _list_of(_URL, 3, "Videos, named @Video1, @Video2 in the prompt."),
    "audio_urls": _list_of(_URL, 3, "Sounds, named @Audio1, @Audio2 in the prompt."),
}
_EACH_FRAMES = {"image_url": _URL, "end_image_url": _URL}
_EACH_SEED = {"seed": {"type": "string"}}
_FULL = {"480p": "0.1412", "720p": "0.3024", "1080p": "0.685"}
_FAST = {"480p": "0.1129", "720p": "0.2419"}

EACHLABS = {
    model.name: model
    for model in (
        _eachlabs("mini-reference-to-video", {"480p": "0.06", "720p": "0.121"}, _EACH_LISTS),
        _eachlabs("reference-to-video", _FULL, _EACH_LISTS),
        _eachlabs("reference-to-video-fast", _FAST, {**_EACH_LISTS, **_EACH_SEED}),
        _eachlabs("text-to-video", _FULL, {}),
        _eachlabs("text-to-video-fast", _FAST, _EACH_SEED),
        _eachlabs("image-to-video", _FULL, _EACH_FRAMES, "image_url"),
        _eachlabs("image-to-video-fast", _FAST, {**_EACH_FRAMES, **_EACH_SEED}, "image_url"),
    )
}
"""By slug. Prices and fields: eachlabs.md sections 8 and 10; a mini's price at 720p is inferred there."""


def with_video_string(model: Model) -> Model:
    """The variant whose table types `video_urls` as one string."""
    properties = {**model.schema["properties"], "video_urls": {**_URL}}
    return Model(
        model.service,
        model.name,
        model.title,
        {**model.schema, "properties": properties},
        model.prices,
        model.groups,
        model.total,
        model.audio_alone,
    )


def _oxen(infix: str, resolutions: Sequence[str], extra: Mapping[str, Any], *required: str) -> Model:
    properties = {
        "prompt": {"type": "string", "minLength": 1},
        "resolution": _choice(resolutions, "720p"),
        "duration": _choice([-1, *range(4, 16)], -1, "integer"),
        "aspect_ratio": _choice(["adaptive", *_RATIOS], "16:9"),
        "generate_audio": {"type": "boolean", "default": False},
        "watermark": {"type": "boolean", "default": False},
        **extra,
    }
    groups = {
        ("input_face_images", "input_images"): 9,
        ("input_face_videos", "input_videos"): 3,
        ("input_audios",): 3,
    }
    references = "input_images" in extra
    return Model(
        Service.OXEN,
        f"bytedance-seedance-2-0-{infix}",
        f"Seedance 2.0 {infix.replace('-', ' ')}",
        {"type": "object", "required": ["prompt", *required], "properties": properties},
        {name: _OXEN_PRICES[name] for name in resolutions},
        groups if references else {},
        total=15 if references else 0,
        audio_alone=False,
    )


_OXEN_PRICES = {"480p": Decimal("0.1"), "720p": Decimal("0.2"), "1080p": Decimal("0.5"), "4k": Decimal(1)}
"""Invented: no price is published."""
_OXEN_LISTS = {
    "input_face_images": _list_of(_OXEN_URL, 9, "Pictures with a real human face."),
    "input_images": _list_of(_OXEN_URL, 9, "Other pictures, named [Image 1], [Image 2]."),
    "input_face_videos": _list_of(_OXEN_URL, 3, "Videos with a real human face."),
    "input_videos": _list_of(_OXEN_URL, 3, "Other videos, named [Video 1], [Video 2]."),
    "input_audios": _list_of(_OXEN_URL, 3, "Sounds, named [Audio 1], [Audio 2]."),
}
_OXEN_FRAMES = {
    "input_image": _OXEN_URL,
    "input_image_has_face": {"type": "boolean", "default": False},
    "tail_image_url": _OXEN_URL,
    "tail_image_url_has_face": {"type": "boolean", "default": False},
}
_LARGE, _SMALL = ("480p", "720p", "1080p", "4k"), ("480p", "720p")

OXEN = {
    model.name: model
    for tier, resolutions in (("", _LARGE), ("fast-", _SMALL), ("mini-", _SMALL))
    for model in (
        _oxen(f"{tier}reference-to-video", resolutions, _OXEN_LISTS),
        _oxen(f"{tier}text-to-video", resolutions, {}),
        _oxen(f"{tier}image-to-video", resolutions, _OXEN_FRAMES, "input_image"),
    )
}
"""By model id. Fields: oxen.md section 7, in the revision from July 2026 on."""
