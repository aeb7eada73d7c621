"""each::labs' uploads: a signed URL on the download host for each file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tests.emulator.eachlabs_words import bad, document, written
from tests.emulator.jobs import Stored
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.gate import Call

_SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
}
_DEFAULT_RETENTION_S = 180 * 86_400


def presign(call: Call) -> Answer:
    """`POST /v1/upload/presign`."""
    body, world = document(call), call.world
    content_type = body.get("content_type")
    if not isinstance(content_type, str) or not content_type:
        raise bad("content_type is required")
    if unknown := set(body) - {"content_type", "file_type", "expires_in_seconds"}:
        raise bad(f"unknown field {min(unknown)}")
    if body.get("file_type", "other") not in {"image", "video", "audio", "other"}:
        raise bad("file_type must be one of image, video, audio, other")
    life_s = body.get("expires_in_seconds", _DEFAULT_RETENTION_S)
    if type(life_s) is not int:
        raise bad("expires_in_seconds must be an integer")
    life_s = min(max(life_s, 60), 31_536_000)
    file_id = str(uuid.uuid4())
    name = f"{file_id}.{_SUFFIXES.get(content_type, 'bin')}"
    required = {"x-amz-meta-upload": file_id}
    now = world.clock.now()
    window_s = world.settings.upload_window_s
    world.uploads[name] = Stored(
        content_type, until=now + window_s, public_until=now + life_s, required=required
    )
    return as_json(
        {
            "id": file_id,
            "presigned_url": f"{world.addresses.download}/put/{name}?signature={uuid.uuid4().hex}",
            "public_url": f"{world.addresses.download}/uploads/{name}",
            "expires_at": written(now + life_s),
            "required_headers": required,
        }
    )
