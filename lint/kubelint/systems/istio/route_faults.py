"""What the injected faults of a route do, and what they do not do although somebody expects it.

Source: Istio reference, "VirtualService" (``HTTPFaultInjection``: the caller's proxy injects, before it routes;
timeouts and retries of the same route are not enabled then).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.timeouts import InjectedAbort, InjectedDelay, RoutePolicy, fault_share
from kubelint.systems.kubernetes.duration import show_duration
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Scalar

KINDS = ("delay", "abort")


def _blocks(service: VirtualService) -> Iterator[tuple[HttpRoute, str, Scalar, Mapping]]:
    """Yield route, kind, key and mapping of each fault."""
    for route in service.http:
        fault = route.node.mapping("fault")
        for kind in KINDS if fault is not None else ():
            block, key = (None, None) if fault is None else (fault.mapping(kind), fault.key(kind))
            if block is not None and key is not None:
                yield route, kind, key, block


def without_share(service: VirtualService) -> Remarks:
    """Yield the faults that no request gets, because the share is missing."""
    for _, kind, key, block in _blocks(service):
        share = block.at("percentage")
        value = block.scalar("percentage", "value")
        if value is not None or (share is None and block.get("percent") is not None) or isinstance(share, Scalar):
            continue  # a written 0 is a fault that is switched off
        if any(entry.opaque or entry.text == "<<" for entry, _ in block.entries):
            continue
        yield Remark(
            key if share is None else block.key("percentage") or key,
            f"this {kind} is never injected: its percentage is missing",
            "without `percentage.value` it is 0: no request gets it",
            "add `percentage: {value: 100}`",
        )


def small_shares(service: VirtualService) -> Remarks:
    """Yield the shares below one per cent, which look like a ratio."""
    for _, kind, _, block in _blocks(service):
        node = block.scalar("percentage", "value")
        if node is not None and not node.opaque and 0 < fault_share(block) < 1:
            yield Remark(
                node,
                f"this {kind} is for {node.text}% of the requests",
                f"a percentage, not a ratio: {fault_share(block) * 10:g} of 1000 requests",
                f"write `{fault_share(block) * 100:g}` if a ratio was meant",
            )


def aborted_retries(service: VirtualService) -> Remarks:
    """Yield the aborts on a route with retries that somebody wrote down: they do not retry it."""
    for route in service.http:
        abort, policy = InjectedAbort.of(route), RoutePolicy.of(route)
        if abort is None or not policy.explicit or policy.retries < 1 or policy.retries_node is None:
            continue
        place = abort.status or abort.key
        yield Remark(
            place,
            "the retries of this route do not retry its injected abort",
            "the caller's proxy answers this itself, before it routes the request",
            "inject the abort further down, or retry on the route of a caller further up",
            ((policy.retries_node, "not used for injected answers"),),
        )


def mild_aborts(service: VirtualService) -> Remarks:
    """Yield the aborts whose status is no error."""
    for route in service.http:
        abort = InjectedAbort.of(route)
        status = None if abort is None else abort.status
        value = None if status is None or status.opaque else status.value(GO_YAML_V2)
        if status is not None and isinstance(value, int) and 200 <= value < 400:
            yield Remark(
                status,
                f"an abort with status {status.text} looks like success to the caller",
                "no error: nothing above it fails",
                "write a status from 400 on",
            )


def long_delays(service: VirtualService, longest: int) -> Remarks:
    """Yield the delays that outlast any client."""
    for route in service.http:
        delay = InjectedDelay.of(route)
        if delay is not None and delay.time >= longest:
            yield Remark(
                delay.node,
                f"a delay of {delay.node.text} is longer than clients wait",
                f"browsers, load balancers and clients give up before {show_duration(longest)}",
                f"inject less than {show_duration(longest)}, or an abort",
            )


def left_faults(service: VirtualService) -> Remarks:
    """Yield the faults that some requests get."""
    for _, kind, key, block in _blocks(service):
        share = fault_share(block)
        if share > 0:
            yield Remark(
                key,
                f"requests get an injected {kind}",
                f"{share:g}% of the requests of this route get it",
                "remove it when the test is over, or keep it in an overlay for tests",
            )
