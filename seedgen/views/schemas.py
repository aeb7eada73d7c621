"""Schemas: the JSON Schema of every file and document, generated from the models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seedgen.planning.lock import Lock
from seedgen.planning.saved_plan import SavedPlan
from seedgen.project.cards import ModelCard
from seedgen.project.models import ProjectFile
from seedgen.views.cache_documents import CacheDocument, CheckDocument, CopyDocument, GarbageDocument
from seedgen.views.card_documents import ProvidersDocument, RefreshDocument
from seedgen.views.checkup import DoctorDocument
from seedgen.views.cost_documents import CostsDocument
from seedgen.views.decision_documents import AcceptDocument, PickDocument
from seedgen.views.documents import PlanDocument
from seedgen.views.event_documents import EventDocument
from seedgen.views.job_documents import JobsDocument
from seedgen.views.reel_documents import ReelsDocument
from seedgen.views.revision_documents import ComparisonDocument
from seedgen.views.shot_documents import RenderDocument, ShowDocument
from seedgen.views.status_documents import StatusDocument
from seedgen.views.validate_documents import ValidateDocument

if TYPE_CHECKING:
    from pydantic import BaseModel

_MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "project": (ProjectFile, "seedgen.yaml"),
    "lock": (Lock, "seedgen.lock"),
    "plan": (PlanDocument, "seedgen plan --json"),
    "saved_plan": (SavedPlan, "seedgen plan -o FILE"),
    "event": (EventDocument, "a line of seedgen apply --json"),
    "card": (ModelCard, "a model card in cards/"),
    "providers": (ProvidersDocument, "seedgen providers --json"),
    "refresh": (RefreshDocument, "seedgen providers refresh --json"),
    "jobs": (JobsDocument, "seedgen jobs list --json"),
    "costs": (CostsDocument, "seedgen costs --json"),
    "validate": (ValidateDocument, "seedgen validate --json"),
    "show": (ShowDocument, "seedgen show SHOT --json"),
    "render": (RenderDocument, "seedgen render SHOT --json"),
    "pick": (PickDocument, "seedgen pick SHOT TAKE --json"),
    "accept": (AcceptDocument, "seedgen accept --json"),
    "reel": (ReelsDocument, "seedgen reel --json"),
    "status": (StatusDocument, "seedgen status --json"),
    "doctor": (DoctorDocument, "seedgen doctor --json"),
    "diff": (ComparisonDocument, "seedgen diff --json"),
    "cache": (CacheDocument, "seedgen cache ls --json"),
    "cache-verify": (CheckDocument, "seedgen cache verify --json"),
    "cache-gc": (GarbageDocument, "seedgen cache gc --json"),
    "cache-copy": (CopyDocument, "seedgen cache push --json, pull --json"),
}
_WRITTEN_BY_PEOPLE = frozenset({"project", "card"})
"""What seedgen writes is described as written; what people write, as it may be written."""

NAMES = tuple(_MODELS)


def schema_text(name: str) -> str:
    """The JSON Schema of one kind of file, with a newline at the end. Raises KeyError."""
    model, title = _MODELS[name]
    mode: Any = "validation" if name in _WRITTEN_BY_PEOPLE else "serialization"
    schema = model.model_json_schema(mode=mode, by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**head, **schema, "title": title}, indent=2, ensure_ascii=False) + "\n"
