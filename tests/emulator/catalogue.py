"""The model pages of both services, made from the same data that bodies are checked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator import models
from tests.emulator.eachlabs_words import bad, whole_number
from tests.emulator.gate import Call, Refusal
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.models import Model


def eachlabs_model(call: Call, name: str) -> Model | None:
    """A model by slug, in the variant that the settings ask for."""
    model = models.EACHLABS.get(name)
    if model is not None and call.world.settings.video_urls_as_string and ("video_urls",) in model.groups:
        return models.with_video_string(model)
    return model


def _eachlabs_page(model: Model) -> dict[str, Any]:
    return {
        "title": model.title,
        "slug": model.name,
        "version": "0.0.1",
        "output_type": "string",
        "request_schema": model.schema,
    }


def one_eachlabs_model(call: Call) -> Answer:
    """`GET /v1/model?slug=`."""
    slug = call.seen.query.get("slug")
    if not slug:
        raise bad("slug parameter is required")
    if (model := eachlabs_model(call, slug)) is None:
        raise Refusal(404, {"error": "Failed to fetch model: model not found"})
    return as_json(_eachlabs_page(model))


def eachlabs_models(call: Call) -> Answer:
    """`GET /v1/models`."""
    query = call.seen.query
    limit = whole_number(query, "limit", 50, 1, 500)
    offset = whole_number(query, "offset", 0, 0, 1_000_000)
    part = query.get("name", "")
    named = [name for name in models.EACHLABS if part in name][offset : offset + limit]
    return as_json(
        [_eachlabs_page(model) for name in named if (model := eachlabs_model(call, name)) is not None]
    )


def _oxen_page(model: Model) -> dict[str, Any]:
    inputs = ["text", "image", "video", "audio"] if model.groups else ["text"]
    return {
        "id": model.name,
        "object": "model",
        "created": 1_775_000_000,
        "owned_by": "bytedance",
        "display_name": model.title,
        "description": model.title,
        "summary": None,
        "model_type": "video",
        "endpoint": "/videos/generate",
        "capabilities": {"input": inputs, "output": ["video"]},
        "pricing": {
            "method": "per_video_output_second",
            "cost_per_second_by_resolution": {name: float(price) for name, price in model.prices.items()},
        },
        "fine_tuning": False,
        "deployments": [],
        "developer": {"name": "bytedance", "logo": None},
        "source_model": None,
        "image_url": None,
        "released_at": None,
        "request_schema": model.schema,
    }


def oxen_models(call: Call) -> Answer:
    """`GET /api/ai/models` and its search."""
    part = call.seen.query.get("search", "")
    data = [_oxen_page(model) for model in models.OXEN.values() if part in model.name]
    return as_json({"object": "list", "data": data})


def one_oxen_model(call: Call) -> Answer:
    """`GET /api/ai/models/{id}`."""
    if (model := models.OXEN.get(call.params["model"])) is None:
        raise Refusal(404, {"error": f"Model not found: {call.params['model']}"})
    return as_json(_oxen_page(model))
