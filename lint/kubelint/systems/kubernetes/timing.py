"""How long a pod takes to stop, to start and to be called dead, and whether these times go together.

Source: Kubernetes documentation, "Pod Lifecycle" (Termination of Pods), "Container Lifecycle Hooks", "Configure
Liveness, Readiness and Startup Probes", "Deployments" (Progress Deadline Seconds, Min Ready Seconds); API reference,
Probe, SleepAction, DeploymentSpec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.source import Span
from kubelint.systems.kubernetes.model import Deployment
from kubelint.systems.kubernetes.numbers import number_at, whole_number
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.probes import DEFAULT_FAILURES, DEFAULT_PERIOD, read_probe
from kubelint.tree.node import Node, Scalar

DEFAULT_GRACE = 30
DEFAULT_DEADLINE = 600
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")

_SLEEP = re.compile(r"(?:^|[\s;&|/(])sleep[ \t]+(?P<seconds>[0-9]{1,6})(?P<unit>[smh]?)(?![0-9.])")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
#: A script with these may sleep more than once, or not at all.
_BRANCHES = re.compile(r"(?:^|[\s;&|])(?:while|until|for|if|case|elif)\s|\|\|")


class StopTime(NamedTuple):
    """How long a hook sleeps before its container is told to stop, where that is written, and the time that it has."""

    seconds: int
    span: Span
    grace: int
    grace_node: Scalar | None
    #: Whether it is the kubelet that sleeps: the API server compares the two numbers itself.
    native: bool


def stop_time(container: Container) -> StopTime | None:
    """Return how long the ``preStop`` hook of a container sleeps; None where it does not or nobody can tell."""
    spec = container.template.spec
    grace = number_at(spec, "terminationGracePeriodSeconds", DEFAULT_GRACE)
    if grace is None:
        return None
    grace_node = spec.scalar("terminationGracePeriodSeconds")
    native = container.node.scalar("lifecycle", "preStop", "sleep", "seconds")
    if native is not None:
        seconds = whole_number(native)
        return None if seconds is None else StopTime(seconds, native.span, grace, grace_node, native=True)
    words = list(container.node.items_at("lifecycle", "preStop", "exec", "command"))
    if not words or not all(isinstance(word, Scalar) and not word.opaque for word in words):
        return None
    found = _sleep_in([word for word in words if isinstance(word, Scalar)])
    return None if found is None else StopTime(found[0], found[1], grace, grace_node, native=False)


def _sleep_in(words: list[Scalar]) -> tuple[int, Span] | None:
    """Return the seconds that a command sleeps in all, and the place of its (longest) sleep."""
    if len(words) == 2 and words[0].text.rpartition("/")[2] == "sleep" and words[1].text.isdigit():
        return int(words[1].text), words[1].span
    script = words[-1]
    if _BRANCHES.search(script.text):
        return None
    total, longest, place = 0, -1, script.span
    for found in _SLEEP.finditer(script.text):
        seconds = int(found["seconds"]) * _UNITS[found["unit"]]
        total += seconds
        if seconds > longest:
            longest, place = seconds, script.part(found.start("seconds"), found.end("unit"))
    return None if longest < 0 else (total, place)


def slow_probes(container: Container) -> Iterator[tuple[str, Node, int, Scalar | None, int]]:
    """Yield name, node and number of each probe's timeout that is longer than its period, with the period."""
    for name in PROBES:
        probe = container.node.mapping(name)
        timeout = None if probe is None else probe.scalar("timeoutSeconds")
        if probe is None or timeout is None:
            continue
        seconds, period = whole_number(timeout), number_at(probe, "periodSeconds", DEFAULT_PERIOD)
        # Zero stands for the default.
        if seconds is not None and period is not None and seconds > (period or DEFAULT_PERIOD):
            yield name, timeout, seconds, probe.scalar("periodSeconds"), period or DEFAULT_PERIOD


class EarlyDeath(NamedTuple):
    """A container may be restarted after ``seconds`` although it is given ``ready`` seconds before it is asked."""

    node: Node
    seconds: int
    ready_node: Scalar
    ready: int


def early_death(container: Container) -> EarlyDeath | None:
    """Tell whether the liveness probe gives up before the readiness probe, which asks the same, has begun."""
    live, ready = container.node.mapping("livenessProbe"), container.node.mapping("readinessProbe")
    if live is None or ready is None or container.node.mapping("startupProbe") is not None:
        return None
    begun = ready.scalar("initialDelaySeconds")
    wait = whole_number(begun)
    questions = read_probe(container, "livenessProbe"), read_probe(container, "readinessProbe")
    if begun is None or wait is None or questions[0] is None or questions[1] is None:
        return None
    delay = number_at(live, "initialDelaySeconds", 0)
    period = number_at(live, "periodSeconds", DEFAULT_PERIOD)
    failures = number_at(live, "failureThreshold", DEFAULT_FAILURES)
    timeout = number_at(live, "timeoutSeconds", 1)
    if delay is None or period is None or failures is None or timeout is None:
        return None
    if questions[0].question != questions[1].question:
        return None
    last = delay + (period or DEFAULT_PERIOD) * ((failures or DEFAULT_FAILURES) - 1) + (timeout or 1)
    if last >= wait:
        return None
    node = live.scalar("initialDelaySeconds") or container.node.key("livenessProbe") or live
    return EarlyDeath(node, last, begun, wait)


class Deadline(NamedTuple):
    """A progress deadline, and what takes longer: the time that pods must be ready, or that they may take to start."""

    node: Scalar
    seconds: int
    longer: Scalar | None
    longer_seconds: int
    refused: bool


def short_deadline(deployment: Deployment) -> Deadline | None:
    """Return the progress deadline of a Deployment that is too short for what else it says."""
    spec = deployment.root.mapping("spec")
    if spec is None:
        return None
    node, ready = spec.scalar("progressDeadlineSeconds"), spec.scalar("minReadySeconds")
    deadline = number_at(spec, "progressDeadlineSeconds", DEFAULT_DEADLINE)
    wait = number_at(spec, "minReadySeconds", 0)
    if deadline is None or wait is None:
        return None
    if deadline <= wait and (node is not None or ready is not None):
        where = node or ready
        return None if where is None else Deadline(where, deadline, ready, wait, refused=True)
    if node is None:
        return None
    for container in deployment.template.containers if deployment.template is not None else ():
        probe = container.node.mapping("startupProbe")
        if probe is None or not container.long_running:
            continue
        delay = number_at(probe, "initialDelaySeconds", 0)
        period = number_at(probe, "periodSeconds", DEFAULT_PERIOD)
        failures = number_at(probe, "failureThreshold", DEFAULT_FAILURES)
        if delay is None or period is None or failures is None:
            continue
        budget = delay + (period or DEFAULT_PERIOD) * (failures or DEFAULT_FAILURES) + wait
        if budget > deadline:
            return Deadline(node, deadline, probe.scalar("failureThreshold"), budget, refused=False)
    return None
