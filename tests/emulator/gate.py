"""Where every request passes: written down, matched with the faults, answered rightly or wrongly."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import WITHOUT_EFFECT, Do, Fault
from tests.emulator.records import Route, Seen, Service, prompt_of
from tests.emulator.wire import Answer, Wire, as_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from tests.emulator.jobs import Job
    from tests.emulator.world import World

    Act = Callable[["Call"], Answer | Awaitable[Answer | None] | None]


class Refusal(Exception):
    """A request that the service does not carry out: status and body."""

    def __init__(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {document}")
        self.answer = as_json(document, status, headers)


@dataclass(slots=True)
class Call:
    """One request under way. `job` is the job it is about, where there is one."""

    world: World
    wire: Wire
    seen: Seen
    params: Mapping[str, str]
    job: Job | None = None
    fault: Fault | None = None
    after: list[Callable[[], None]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; raises ValueError."""
        if (self.seen.header("content-type") or "").partition(";")[0].strip() != "application/json":
            raise ValueError("Content-Type must be application/json")
        document = json.loads(self.seen.body, parse_constant=_no_such_number)
        if not isinstance(document, dict):
            raise ValueError("the body must be a JSON object")  # noqa: TRY004
        return document

    def does(self, do: Do) -> bool:
        """Whether a fault of this kind has struck."""
        return self.fault is not None and self.fault.do is do


def _no_such_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


@dataclass(frozen=True, slots=True)
class Manners:
    """What is particular to one service: who may ask, and its words for an error status."""

    service: Service
    authorise: Callable[[Call], None]
    words: Callable[[Route, int], Any]


class Gate:
    """One route as an ASGI application: `act` carries the request out and gives the answer.

    An `act` that gives None has answered on the wire by itself.
    """

    def __init__(
        self, world: World, manners: Manners, route: Route, act: Act, *, public: bool = False
    ) -> None:
        self._world = world
        self._manners = manners
        self._route = route
        self._act = act
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        wire = Wire(scope, receive, send)
        try:
            call = self._written_down(wire, await wire.body())
            answer = None if _is_left_undone(call.fault) else await self._carried_out(call)
            if answer is not None or _is_left_undone(call.fault):
                await self._send(call, answer)
        finally:
            await wire.close()
            self._world.changed()

    def _written_down(self, wire: Wire, body: bytes) -> Call:
        scope = wire.scope
        query = scope["query_string"]
        target = scope["raw_path"].decode("ascii") + (f"?{query.decode('ascii')}" if query else "")
        seen = Seen(
            self._manners.service,
            self._route,
            scope["method"],
            target,
            scope["headers"],
            body,
            self._world.clock.now(),
        )
        self._world.saw(seen)
        call = Call(self._world, wire, seen, scope.get("path_params", {}))
        call.job = self._job_of(call)
        call.fault = self._struck(call)
        return call

    def _job_of(self, call: Call) -> Job | None:
        if link := self._world.links.get(call.params.get("token", "")):
            return link.job
        job = self._world.jobs.get(call.params.get("job", ""))
        return None if job is None or job.is_lost else job

    def _struck(self, call: Call) -> Fault | None:
        if self._manners.service is Service.ELSEWHERE:
            return None
        services: tuple[str, ...] = (self._manners.service,)
        if call.job is not None:
            services += (call.job.service,)
        prompt = call.job.prompt if call.job is not None else _prompt_in(call.seen)
        job_id = "" if call.job is None else call.job.id
        return self._world.faults.strike(services, self._route, job_id, prompt)

    async def _carried_out(self, call: Call) -> Answer | None:
        try:
            if not self._public:
                self._manners.authorise(call)
            answer = self._act(call)
            return await answer if inspect.isawaitable(answer) else answer
        except Refusal as refusal:
            return refusal.answer

    async def _send(self, call: Call, right: Answer | None) -> None:
        fault, wire = call.fault, call.wire
        answer = right or Answer(500)
        match None if fault is None else fault.do:
            case Do.ANSWER:
                await wire.send(self._wrong_answer(fault))
            case Do.DROP:
                await wire.drop(reset=fault is not None and fault.reset)
            case Do.HANG:
                await wire.hang()
            case Do.REDIRECT:
                await wire.send(self._elsewhere(call, fault))
            case Do.TRUNCATE:
                await wire.truncate(answer, 0 if fault is None else fault.size)
            case Do.CORRUPT:
                await wire.send(Answer(answer.status, _corrupted(answer.body), answer.headers))
            case Do.DELAY if fault is not None and await wire.leaves_within(fault.seconds):
                return
            case Do.DRIP if fault is not None:
                await wire.drip(answer, fault.size or 16, fault.seconds)
            case _:
                await wire.send(answer)
                for step in call.after:
                    step()

    def _wrong_answer(self, fault: Fault | None) -> Answer:
        if fault is None:
            raise AssertionError
        body = self._manners.words(self._route, fault.status) if fault.body is None else fault.body
        if isinstance(body, str | bytes):
            raw = body.encode() if isinstance(body, str) else body
            return Answer(fault.status, raw, {"Content-Type": "text/plain", **fault.headers})
        return as_json(body, fault.status, fault.headers)

    def _elsewhere(self, call: Call, fault: Fault | None) -> Answer:
        origin = (fault.to if fault is not None else "") or self._world.addresses.elsewhere
        status = (fault.status if fault is not None else 0) or 307
        return Answer(status, b"", {"Location": origin + call.seen.target})


def _is_left_undone(fault: Fault | None) -> bool:
    return fault is not None and fault.do in WITHOUT_EFFECT and not fault.takes_effect


def _prompt_in(seen: Seen) -> str:
    if seen.method != "POST" or not seen.body:
        return ""
    try:
        return prompt_of(seen.json)
    except ValueError:
        return ""


def _corrupted(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes(byte ^ 0xFF for byte in body[middle : middle + 64]) + body[middle + 64 :]
