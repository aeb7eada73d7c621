"""Oxen's answers: what a row, a submit's answer and an event mean, however odd they are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from seedgen.errors import BadResponse, Moderated, OutOfCredits, Rejected
from seedgen.ports.provider import JobState
from seedgen.providers.answers import usd
from seedgen.providers.oxen_answers import (
    COMPLETED,
    Row,
    accepted_id,
    finished_url,
    for_credits,
    job_of_event,
    read_row,
    read_rows,
)

ROW: dict[str, Any] = {
    "generation_id": "3b9d",
    "model_name": "seedance",
    "prompt": "A roof.",
    "media_type": "video",
    "status": "processing",
    "result_url": None,
    "error_message": None,
    "enqueued_at": 1780000000,
    "duration": 6,
}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", JobState.QUEUED),
        ("processing", JobState.RUNNING),
        ("succeeded", JobState.SUCCEEDED),
        ("success", JobState.SUCCEEDED),
        ("completed", JobState.SUCCEEDED),
        ("Succeeded ", JobState.SUCCEEDED),
        ("failed", JobState.FAILED),
        ("cancelled", JobState.CANCELLED),
        ("canceled", JobState.CANCELLED),
        ("archived", JobState.RUNNING),
        ("", JobState.RUNNING),
    ],
)
def test_a_word_that_is_not_known_is_no_end(word: str, state: JobState) -> None:
    """Above all it is no success: there is no clip to fetch."""
    assert read_row(ROW | {"status": word}).state is state


def test_a_row_is_read_with_all_that_it_echoes() -> None:
    """What was submitted stands flat beside the service's own fields."""
    row = read_row(ROW)
    assert (row.job_id, row.model, row.prompt, row.enqueued_at) == ("3b9d", "seedance", "A roof.", 1780000000)
    assert (row.url, row.error, row.cost, row.ended) == ("", "", None, False)
    assert row.fields["duration"] == 6


def test_a_row_of_the_history_stands_inside_and_has_its_cost() -> None:
    """GET /ai/generations/{id} wraps the row; older rows call the model `model`."""
    inner = ROW | {"status": "succeeded", "cost": "1.386", "model": "old"}
    del inner["model_name"]
    row = read_row({"status": "success", "status_message": "resource_found", "generation": inner})
    assert (row.state, row.cost, row.model) == (JobState.SUCCEEDED, Decimal("1.386"), "old")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "queued",
        {},
        {"generation_id": "a"},
        {"generation_id": 5, "status": "queued"},
        {"generation_id": "", "status": "queued"},
        {"generation_id": "a\nb", "status": "queued"},
        {"generation_id": "a" * 201, "status": "queued"},
        {"generation_id": "a", "status": None},
    ],
)
def test_what_is_no_row_is_said_to_be_none(answer: object) -> None:
    """Nothing is guessed: the caller asks again, or keeps the id."""
    with pytest.raises(BadResponse):
        read_row(answer)


@pytest.mark.parametrize("answer", [None, {}, {"generations": None}, {"generations": [{}]}, []])
def test_what_is_no_listing_is_said_to_be_none(answer: object) -> None:
    """An empty listing means something; a strange one may not be taken for it."""
    with pytest.raises(BadResponse):
        read_rows(answer)


@pytest.mark.parametrize(
    ("value", "cost"),
    [
        ("1.386", Decimal("1.386")),
        ("0", Decimal(0)),
        (Decimal("0.5"), Decimal("0.5")),
        (2, Decimal(2)),
        (None, None),
        ("", None),
        ("free", None),
        ("NaN", None),
        ("Infinity", None),
        ("-1", None),
        (True, None),
        ([], None),
    ],
)
def test_a_bill_that_cannot_be_read_is_unknown(value: object, cost: Decimal | None) -> None:
    """It is a decimal string; unknown is never zero."""
    assert usd(value) == cost


def test_a_bill_of_zero_is_only_believed_of_a_failure() -> None:
    """A clip that costs nothing is one whose bill is not written yet."""
    assert Row("a", JobState.SUCCEEDED, cost=Decimal(0)).status().cost is None
    assert Row("a", JobState.FAILED, cost=Decimal(0)).status().cost == 0


def test_a_failure_says_why_and_whether_it_was_the_content() -> None:
    """A refusal for content is remembered; want of money tells what to do."""
    moderated = read_row(ROW | {"status": "failed", "error_message": "DataInspectionFailed: \x1b[31mno"})
    poor = read_row(ROW | {"status": "failed", "error_message": "Insufficient credits"})
    assert moderated.status().moderated
    assert "\x1b" not in moderated.status().message
    assert not poor.status().moderated
    message = "Insufficient credits (add credits to the account at Oxen.ai)"
    assert poor.status().message == message


def test_a_submit_is_accepted_under_the_id_of_its_generation() -> None:
    """Also when the answer speaks of an error beside it: the job is there."""
    answer = {"generations": [{"generation_id": "3b9d", "status": "queued"}]}
    assert accepted_id(answer) == "3b9d"
    assert accepted_id(answer | {"error": {"title": "slow today"}}) == "3b9d"


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ({"generations": []}, Rejected, "did not say why"),
        ({"generations": [], "error": {"title": "No such size"}}, Rejected, "No such size"),
        ({"error": {"detail": "No such size"}}, Rejected, "No such size"),
        ({"generations": [], "error": "Insufficient credits"}, OutOfCredits, "Insufficient credits"),
        ({"error": {"title": "Flagged by moderation"}}, Moderated, "moderation"),
        ({}, BadResponse, "not known"),
        ([], BadResponse, "not known"),
        ({"generations": "one"}, BadResponse, "not known"),
        ({"generations": [{"status": "queued"}]}, BadResponse, "no id"),
    ],
)
def test_an_answer_without_a_job_is_a_refusal_or_a_riddle(
    answer: object, error: type[Exception], said: str
) -> None:
    """A 200 with no generation was refused; a form that nobody knows may hide a job."""
    with pytest.raises(error, match=said) as caught:
        accepted_id(answer)
    assert type(caught.value) is error


def test_a_refusal_for_want_of_money_is_told_by_its_words() -> None:
    """Oxen documents no status code for it."""
    assert isinstance(for_credits(Rejected("Oxen.ai answered 400: Insufficient credits")), OutOfCredits)
    assert for_credits(Rejected("Oxen.ai answered 400: Invalid parameters")) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"model": "m", "created": 1, "videos": [{"url": "https://x.test/a.mp4"}]},
        {"video_url": "https://x.test/a.mp4"},
        {"video": {"url": "https://x.test/a.mp4"}},
    ],
)
def test_the_long_call_says_in_three_ways_where_the_clip_is(answer: object) -> None:
    """Clients have met all of them."""
    assert finished_url(answer) == "https://x.test/a.mp4"


def test_a_long_call_without_a_clip_is_no_success() -> None:
    """An error is a refusal; bytes that were never asked for are a riddle."""
    with pytest.raises(Rejected, match="no such face"):
        finished_url({"error": {"detail": "no such face"}})
    with pytest.raises(BadResponse):
        finished_url({"videos": [{"b64_json": "AAAA"}]})
    with pytest.raises(BadResponse):
        finished_url({"videos": []})


def test_only_events_of_ended_jobs_count() -> None:
    """The stream is the user's, with events of every kind."""
    assert job_of_event(COMPLETED, {"generation_id": "3b9d"}) == "3b9d"
    assert job_of_event("repository_indexed", {"generation_id": "3b9d"}) == ""
    assert job_of_event(COMPLETED, {"generation_id": None}) == ""
    assert job_of_event(COMPLETED, ["3b9d"]) == ""
