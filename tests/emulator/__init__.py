"""Both services on loopback: one HTTP server that speaks each::labs' and Oxen's contracts.

In a test::

    from tests.emulator.fixtures import emulator, tiny_clip  # noqa: F401  (pytest fixtures)

    def test_something(emulator: Emulator) -> None:
        emulator.add(Fault("eachlabs", "submit", Do.DROP, takes_effect=True))    # billed, not told
        ...  # a client at emulator.eachlabs_url or emulator.oxen_url, with emulator.keys
        assert max(emulator.accepted.values()) == 1    # nobody paid twice
        assert emulator.violations == []               # no key went where none belongs

With other settings (`records.Settings` has them all)::

    with Emulator(clip, latency_s=2.0) as emulator: ...           # jobs run for two seconds
    with Emulator(clip, latency_s=600) as emulator: emulator.advance(600)
    with Emulator(clip, hold=True) as emulator: emulator.finish(job_id)
    with Emulator(lambda job: other if "dog" in job.prompt else clip) as emulator: ...

As a process (other processes look and steer at `/_emulator/state|faults|finish|advance|events`)::

    python -m tests.emulator --clip FILE --latency 2
    {"eachlabs_url": "http://127.0.0.1:40001", "oxen_url": "http://127.0.0.1:40001/api", ...}

Faults are rules: `Fault(service, route, do, nth=1, times=1, job="", prompt="", ...)`; `faults.Do` says
what can go wrong, `records.Route` where. What is here was written from the contracts and knows nothing
of seedgen's cards or adapters. Nothing is kept on disk.
"""

from tests.emulator.faults import Do, Fault
from tests.emulator.records import ResultHost, Route, Service, State
from tests.emulator.server import Emulator

__all__ = ["Do", "Emulator", "Fault", "ResultHost", "Route", "Service", "State"]
