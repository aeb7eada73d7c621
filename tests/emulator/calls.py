"""Requests that the emulator's own tests make again and again."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx

MINI = "bytedance-seedance-2-0-mini-reference-to-video"
FULL = "bytedance-seedance-2-0-reference-to-video"

# Loading certificates takes longer than anything else here, and nothing here is encrypted.
get = partial(httpx.get, verify=False)
put = partial(httpx.put, verify=False)


def prediction(prompt: str = "A door opens.", **given: Any) -> dict[str, Any]:
    """A body for each::labs."""
    return {"model": MINI, "version": "0.0.1", "input": {"prompt": prompt, "duration": "6", **given}}


def generation(prompt: str = "A door opens.", **given: Any) -> dict[str, Any]:
    """A body for Oxen."""
    return {"model": FULL, "prompt": prompt, "duration": 6, **given}


def submit(client: httpx.Client, prompt: str = "A door opens.", **given: Any) -> str:
    """Submit to the client's service; the job's id."""
    if client.base_url.path == "/":
        answer = client.post("/v1/prediction", json=prediction(prompt, **given))
        job_id: str = answer.raise_for_status().json()["predictionID"]
    else:
        answer = client.post("/ai/queue", json=generation(prompt, **given))
        job_id = answer.raise_for_status().json()["generations"][0]["generation_id"]
    return job_id


def status(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """What the client's service says of a job."""
    path = "/v1/prediction" if client.base_url.path == "/" else "/ai/queue"
    document: dict[str, Any] = client.get(f"{path}/{job_id}").raise_for_status().json()
    return document


def result(client: httpx.Client, job_id: str) -> str:
    """The URL of a finished job's clip."""
    document = status(client, job_id)
    url: str = document["output"] if "output" in document else document["result_url"]
    return url
