"""What the retries of one route do, and what they do not do although somebody wrote them down.

Source: Istio reference, "VirtualService" (``HTTPRetry``); Envoy documentation, "Router" (``x-envoy-retry-on``,
``x-envoy-retry-grpc-on``, retry semantics); Istio, ``pilot/pkg/networking/core/route/retry/retry.go``.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.timeouts import REPLAY_CONDITIONS, TIMEOUT_CONDITIONS, RoutePolicy
from kubelint.systems.kubernetes.duration import show_duration
from kubelint.tree.node import Mapping, Node, Scalar

#: Fields without which a block of retries is refused, so that something else is said about it.
_REFUSED_ALONE = ("perTryTimeout", "retryOn", "retryRemoteLocalities")
_WRITES = frozenset({"POST", "PATCH"})
_SLOW = "5xx,reset"


def _policies(service: VirtualService) -> Iterator[tuple[HttpRoute, RoutePolicy]]:
    """Yield the routes that write down retries, where every value is known."""
    for route in service.http:
        policy = RoutePolicy.of(route)
        if policy.explicit and policy.known:
            yield route, policy


def switched_off(service: VirtualService) -> Remarks:
    """Yield the blocks of retries without ``attempts``, which switch retries off without saying so."""
    for route in service.http:
        block, spec = route.retries, route.node
        if block is None or block.get("attempts") is not None or any(block.get(name) for name in _REFUSED_ALONE):
            continue
        if any(key.opaque or key.text == "<<" for key, _ in block.entries):
            continue
        yield Remark(
            spec.key("retries") or block,
            "`retries` without `attempts` switches retries off",
            "no attempts: nothing is retried, not even what the mesh retries by default",
            "add `attempts`, or write `attempts: 0` where that is meant",
        )


def long_pauses(service: VirtualService) -> Remarks:
    """Yield the pauses between tries that leave no time for all of them."""
    for _, policy in _policies(service):
        node, timeout = policy.backoff_node, policy.timeout
        if node is None or timeout is None or policy.retries < 1 or policy.unpaused_retries >= policy.retries:
            continue
        room = policy.unpaused_retries
        needed = show_duration(policy.retries * policy.backoff)
        related: list[tuple[Node, str]] = []
        if policy.timeout_node is not None:
            related.append((policy.timeout_node, f"{policy.retries} × {node.text} = {needed}; the request ends here"))  # noqa: RUF001
        yield Remark(
            node,
            f"the pauses between tries may leave room for {room} of {policy.retries} retries",
            "each retry may wait this long and longer before it starts",
            f"shorten `backoff`, or raise `timeout` above {needed}",
            tuple(related),
        )


def unretried_tries(service: VirtualService) -> Remarks:
    """Yield the limits of one try that no retry follows, because ``retryOn`` does not cover a slow try."""
    for _, policy in _policies(service):
        node = policy.per_try_node
        if node is None or policy.effective_per_try is None or policy.retries < 1 or policy.retries_slow_tries:
            continue
        conditions = policy.retry_on_node
        related: tuple[tuple[Node, str], ...] = ()
        if conditions is not None:
            related = ((conditions, "none of these covers a try that takes too long"),)
        yield Remark(
            node,
            f"a try that takes longer than {node.text} is not retried: the request fails",
            "this ends the request like a `timeout`",
            "add `reset` or `gateway-error` to `retryOn`" if related else f"write `retryOn: {_SLOW}`",
            related,
            note=None if related else "the default conditions are about connections and refused requests",
        )


def hanging_tries(service: VirtualService) -> Remarks:
    """Yield the conditions that ask for retries of slow tries where nothing ever ends a try."""
    for _, policy in _policies(service):
        conditions = policy.retry_on_node
        slow = policy.retry_on & TIMEOUT_CONDITIONS
        if conditions is None or policy.retries < 1 or policy.attempt is not None or not slow:
            continue
        yield Remark(
            conditions,
            "a try that hangs is never retried: nothing limits it",
            "a slow answer counts only where `perTryTimeout` or `timeout` ends the try",
            "set `perTryTimeout`",
        )


def empty_conditions(service: VirtualService) -> Remarks:
    """Yield the conditions that never hold because what they ask for is not said."""
    for _, policy in _policies(service):
        node = policy.retry_on_node
        if node is None or policy.retries < 1:
            continue
        if "retriable-status-codes" in policy.retry_on and not policy.status_codes:
            yield Remark(
                _condition(node, "retriable-status-codes"),
                "`retriable-status-codes` without a status code retries nothing",
                "no code is listed beside it",
                "add the codes to `retryOn`: `retriable-status-codes,503`",
            )
        if "retriable-headers" in policy.retry_on:
            yield Remark(
                _condition(node, "retriable-headers"),
                "`retriable-headers` retries nothing: no header can be named here",
                "Istio has no field for the headers",
                "remove it",
            )


def only_status_codes(service: VirtualService) -> Remarks:
    """Yield the conditions that are nothing but status codes."""
    for _, policy in _policies(service):
        node = policy.retry_on_node
        codes = policy.status_codes
        if node is None or policy.retries < 1 or not codes or policy.retry_on - codes - {"retriable-status-codes"}:
            continue
        yield Remark(
            node,
            "requests without an answer are not retried, only those with these status codes",
            "a reset, a timeout and a failed connection have no status code",
            f"add `connect-failure,reset`: `{node.text},connect-failure,reset`",
        )


def replayed_writes(service: VirtualService) -> Remarks:
    """Yield the retries of requests that may have been carried out already, of routes that are for writing."""
    for route, policy in _policies(service):
        node, replayed = policy.retry_on_node, policy.retry_on & REPLAY_CONDITIONS
        methods = [method for match in route.matches if (method := match.scalar("method", "exact")) is not None]
        writes = [method for method in methods if method.text in _WRITES]
        if node is None or policy.retries < 1 or not replayed or not writes:
            continue
        condition = min(replayed)
        yield Remark(
            _condition(node, condition),
            f"a `{writes[0].text}` may be carried out up to {policy.tries} times",
            "the server may have done its work before the answer was lost",
            "retry only `connect-failure,refused-stream`, or make the request idempotent",
            ((writes[0], "this route is for requests that change something"),),
        )


def many_retries(service: VirtualService, most: int) -> Remarks:
    """Yield the numbers of retries above a limit."""
    for _, policy in _policies(service):
        if policy.retries_node is not None and policy.retries > most:
            yield Remark(
                policy.retries_node,
                f"one request may become {policy.tries}",
                f"more than {most} retries: a server in trouble gets that many times the load",
                f"allow at most {most} retries",
            )


def useless_limits(node: Mapping) -> Remarks:
    """Yield the ``backendRequest`` of a rule of an HTTPRoute that replaces ``request`` because nothing is retried."""
    whole, one = node.scalar("timeouts", "request"), node.scalar("timeouts", "backendRequest")
    if whole is None or one is None or node.get("retry") is not None or whole.text == one.text:
        return
    yield Remark(
        one,
        f"without `retry` Istio takes {one.text} as the timeout of the whole request",
        "this replaces the limit of the request",
        "add `retry`, or leave `backendRequest` out",
        ((whole, "this limit is not in effect"),),
    )


def _condition(node: Scalar, condition: str) -> Scalar:
    """Return the part of ``retryOn`` that is one condition."""
    position = node.text.find(condition)
    if position < 0 or node.span.text != node.text:
        return node
    span = node.part(position, position + len(condition))
    return Scalar(span.file, span.start, span.end, condition)
