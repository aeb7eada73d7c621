"""The table of troubles: what goes wrong at a service, what a user is told, what is kept and what is paid.

The faults strike the shot `door`; the shot `wall` beside it is to be none the worse.
"""

from __future__ import annotations

from tests.cli.mishaps import (
    ASKING,
    FOR_EVER,
    HALF,
    HTML,
    MODERATION,
    NONE,
    PAID,
    REPEATED,
    asked_again,
    both,
    clip,
    doubtful,
    events,
    failed,
    files,
    forbidden,
    in_flight,
    no_address,
    over,
    poll,
    refused,
    submit,
    to_download,
    unknown,
    unsent,
)
from tests.cli.staging import EACH, OXEN, WITH_FILE, Trouble
from tests.emulator import Do, Fault, ResultHost

SUBMITS = (
    Trouble(
        "429 with Retry-After",
        both(over("{service} answered 429", "at once for now, the next in 0.6 s")),
        submit(status=429, headers={"Retry-After": "1"}),
    ),
    Trouble(
        "429 without Retry-After",
        both(over("{service} answered 429", "at once for now, the next in")),
        submit(status=429, times=2),
    ),
    Trouble(
        "429 for ever",
        both(refused("{service} answered 429", "Try again later.")),
        submit(status=429, **FOR_EVER),
    ),
    Trouble(
        "402 while another job is in flight",
        both(over("{service} answered 402", "Waiting for a job in flight to end")),
        submit(status=402),
        settings={"latency_s": 0.8},
    ),
    Trouble(
        "402 with nothing in flight",
        both(refused("{service} answered 402", "Add credits to the account at {service}.", clips=NONE)),
        submit(status=402),
        options=("--concurrency", "1"),
    ),
    Trouble(
        "401",
        both(refused("{service} refused the key: 401", "Check {key}.", clips=NONE)),
        (Fault(None, "submit", status=401, times=None),),
    ),
    Trouble(
        "401 that repeats the key",
        both(refused("no such key: [key]", "Check {key}.", clips=NONE)),
        REPEATED,
    ),
    Trouble(
        "400 with `{}`",
        both(refused("{service} answered 400 Bad Request", "`seedgen render door` shows what is sent")),
        submit(status=400, body={}),
    ),
    Trouble(
        "400 for moderation",
        both(forbidden(MODERATION, "Change the prompt or the references.", taken=0)),
        submit(status=400, body={"error": MODERATION}),
    ),
    Trouble(
        "500 on submit, not accepted",
        {EACH: doubtful("answered 500", ASKING), OXEN: over("answered 500", ASKING)},
        submit(status=500),
    ),
    Trouble(
        "500 on submit, accepted all the same",
        both(over("answered 500", ASKING, "goes on at {provider}: job")),
        submit(status=500, takes_effect=True),
    ),
    Trouble(
        "500 on every submit",
        {
            EACH: doubtful("answered 500", ASKING),
            OXEN: refused("answered 500", "oxen was asked and has no such job", "Nothing was billed."),
        },
        submit(status=500, **FOR_EVER),
    ),
    Trouble(
        "HTML error page on submit",
        {EACH: doubtful("502 Bad Gateway: an HTML page"), OXEN: over("502 Bad Gateway: an HTML page")},
        submit(status=502, **HTML),
    ),
    Trouble(
        "HTML page instead of the job's id",
        both(over("something that is not JSON: an HTML page", "goes on at {provider}: job")),
        submit(status=200, takes_effect=True, **HTML),
    ),
    Trouble(
        "malformed JSON instead of the job's id",
        both(over("something that is not JSON", "goes on at {provider}: job")),
        submit(takes_effect=True, **HALF),
    ),
    Trouble(
        "redirect of the submit to another host",
        {EACH: doubtful("redirects elsewhere (307)"), OXEN: over("redirects elsewhere (307)", ASKING)},
        submit(Do.REDIRECT),
    ),
    Trouble(
        "service not there",
        both(
            refused(
                "Trying again.",
                "{service} cannot be reached",
                "Check the network, then run it again.",
                clips=NONE,
            )
        ),
        options=("--concurrency", "1"),
        away=True,
    ),
    Trouble(
        "connection lost before the submit was accepted",
        {EACH: doubtful("ended the connection", ASKING), OXEN: over("ended the connection", ASKING)},
        submit(Do.DROP),
    ),
    Trouble(
        "connection lost after the submit was accepted",
        both(over("ended the connection", ASKING, "goes on at {provider}: job")),
        submit(Do.DROP, takes_effect=True),
    ),
    Trouble(
        "connection lost after the submit was accepted, and no listing to be had",
        both(asked_again("ended the connection", ASKING, "{service} answered 500")),
        (*submit(Do.DROP, takes_effect=True), Fault(None, "list", status=500, times=None)),
    ),
    Trouble(
        "no answer to the submit",
        both(over("did not answer in time", ASKING, "goes on at {provider}: job")),
        submit(Do.HANG, takes_effect=True),
    ),
    Trouble("slow answer to the submit", both(over()), submit(Do.DRIP, size=8, seconds=0.01)),
    Trouble(
        "endless answer to the submit",
        both(over("did not finish its answer in time", ASKING, "goes on at {provider}: job")),
        submit(Do.DRIP, size=1, seconds=0.2),
    ),
)

JOBS = (
    Trouble("500 on a poll", both(over()), poll(status=500)),
    Trouble(
        "500 on every poll",
        both(in_flight("{service} answered 500", "Try again later.")),
        poll(status=500, **FOR_EVER),
    ),
    Trouble("HTML page on a poll", both(over()), poll(status=200, **HTML)),
    Trouble(
        "HTML page on every poll",
        both(in_flight("something that is not JSON: an HTML page")),
        poll(status=200, **HTML, **FOR_EVER),
    ),
    Trouble("malformed JSON on a poll", both(over()), poll(**HALF)),
    Trouble(
        "malformed JSON on every poll",
        both(in_flight("something that is not JSON")),
        poll(**HALF, **FOR_EVER),
    ),
    Trouble("connection lost on a poll", both(over()), poll(Do.DROP)),
    Trouble(
        "connection lost on every poll",
        both(in_flight("ended the connection", "Check the network")),
        poll(Do.DROP, **FOR_EVER),
    ),
    Trouble(
        "unplugged while jobs run",
        both(in_flight("{service} cannot be reached", "Check the network", clips=NONE)),
        settings={"hold": True},
        unplugged=True,
    ),
    Trouble(
        "redirect of every poll to another host",
        both(in_flight("redirects elsewhere (307)", "Check the service's base URL.")),
        poll(Do.REDIRECT, **FOR_EVER),
    ),
    Trouble("slow answer to polls", both(over()), poll(Do.DRIP, size=64, seconds=0.01, times=3)),
    Trouble("unknown status word for a while", both(over()), poll(Do.WORD, word="moonwalking", times=3)),
    Trouble("404 of a known job, once", both(over()), unknown()),
    Trouble(
        "404 of a known job, for a while",
        {EACH: asked_again("does not know the prediction"), OXEN: asked_again("no longer knows the job")},
        unknown(**FOR_EVER),
    ),
    Trouble(
        "404 of a known job, for ever",
        {
            EACH: doubtful("does not know the prediction", taken=1),
            OXEN: doubtful("no longer knows the job", taken=1),
        },
        submit(Do.LOSE),
    ),
    Trouble(
        "job fails for moderation",
        both(forbidden(MODERATION, "Change the prompt or the references.", taken=1)),
        submit(Do.FAIL, error=MODERATION),
    ),
    Trouble(
        "job fails otherwise",
        both(failed("The model ran out of memory.", "The next apply submits it again.")),
        submit(Do.FAIL, error="The model ran out of memory."),
    ),
    Trouble(
        "job fails for want of credits",
        {
            EACH: failed("Insufficient credits", "The next apply submits it again."),
            OXEN: failed("Insufficient credits (add credits to the account at Oxen.ai)"),
        },
        submit(Do.FAIL, error="Insufficient credits"),
    ),
    Trouble(
        "success without an address of the clip, for a while",
        {EACH: to_download("succeeded with no address", "The next apply asks again."), OXEN: over()},
        no_address(times=2),
    ),
    Trouble(
        "success without an address of the clip, for long",
        {
            EACH: to_download("succeeded with no address", "The next apply asks again."),
            OXEN: to_download("succeeded, and not where its clip is", "Apply again later: the job is kept."),
        },
        no_address(**FOR_EVER),
    ),
)

EVENTS = tuple(
    Trouble(name, {OXEN: over()}, faults)
    for name, faults in (
        ("events never come", events(Do.SILENT)),
        ("event stream without a sign of life", events(Do.DEAD)),
        ("event stream ends at once, each time", events(Do.CLOSE)),
        ("event stream refused", events(status=500)),
        ("broken and foreign events", events(Do.GARBAGE)),
        ("every event twice", events(Do.DUPLICATE)),
    )
)

CLIPS = (
    Trouble("download cut off", both(over()), clip(Do.TRUNCATE)),
    Trouble(
        "every download cut off",
        both(to_download("the server of the clip ended the connection", PAID)),
        clip(Do.TRUNCATE, size=1, **FOR_EVER),
    ),
    Trouble("download of the right length, damaged", both(over()), clip(Do.CORRUPT)),
    Trouble(
        "every download damaged",
        both(to_download("the clip came damaged or incomplete", "the next apply downloads it again")),
        clip(Do.CORRUPT, **FOR_EVER),
    ),
    Trouble("clip's address has expired", both(over()), clip(Do.EXPIRE)),
    Trouble(
        "every address has expired",
        both(to_download("the server of the clip answered 403", PAID)),
        clip(Do.EXPIRE, **FOR_EVER),
    ),
    Trouble(
        "500 on every download",
        both(to_download("the server of the clip answered 500", PAID)),
        clip(status=500, **FOR_EVER),
    ),
    Trouble(
        "HTML page instead of the clip",
        both(to_download("an HTML page instead of a clip", PAID)),
        clip(status=200, **HTML, **FOR_EVER),
    ),
    Trouble("redirect of the download to another host", both(over()), clip(Do.REDIRECT, **FOR_EVER)),
    Trouble(
        "clip behind the key, with a redirect to another host",
        {OXEN: over()},
        settings={"oxen_results": ResultHost.API_REDIRECT},
    ),
    Trouble("slow download", both(over()), clip(Do.DRIP, size=4096, seconds=0.01)),
)

REFERENCES = (
    Trouble(
        "presigned upload cannot be had",
        {EACH: unsent("each::labs answered 500", "Try again later.")},
        files("presign", status=500),
        prompt=WITH_FILE,
    ),
    Trouble(
        "presigned upload is refused",
        {EACH: unsent("the storage for references answered 403", "Run it again")},
        files("upload", status=403),
        prompt=WITH_FILE,
    ),
    Trouble(
        "storage of references is down",
        {EACH: unsent("the storage for references answered 500", "Try again later.")},
        files("upload", status=500),
        prompt=WITH_FILE,
    ),
    Trouble(
        "repository of references is down",
        {OXEN: unsent("Oxen.ai answered 500", "Try again later.")},
        files("repo", status=500),
        prompt=WITH_FILE,
    ),
    Trouble(
        "repository of references is not ours",
        {OXEN: unsent("Oxen.ai refused the key: 403", "Check OXEN_API_KEY.")},
        files("repo", status=403),
        prompt=WITH_FILE,
    ),
)

TABLE = {
    "Submitting": SUBMITS,
    "Waiting for the job": JOBS,
    "Oxen's events": EVENTS,
    "Downloading the clip": CLIPS,
    "Uploading references": REFERENCES,
}
"""Every trouble, by where it happens."""
