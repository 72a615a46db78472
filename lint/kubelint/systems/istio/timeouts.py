"""How long a route lets a request take, and how long a caller waits: timeouts, retries, pauses, faults.

The whole model in formulas: a route has a timeout T, R retries, a limit P for one try (ignored where P ≥ T) and pauses
between tries; the caller's program has a limit A for one attempt, N further attempts and a pause S between two. Then

- one attempt lasts at most ``min(A, T, P)`` (:attr:`Budget.attempt`),
- the proxy answers after ``min(T, (1 + R) · P)`` if a slow try is retried at all (:attr:`RoutePolicy.longest`),
- the caller waits ``(N + 1) · min(A, that) + N · S`` (:attr:`Budget.total`).

An injected delay comes before T, P and R of the same route. All times are nanoseconds, None is "no limit".

Source: Istio reference, "VirtualService" (``HTTPRoute.timeout``, ``HTTPRetry``, ``HTTPFaultInjection``); Envoy
documentation, "Router" (``x-envoy-upstream-rq-per-try-timeout-ms``, ``x-envoy-retry-on``); Istio,
``pilot/pkg/networking/core/route/retry/retry.go`` (defaults).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kubelint.systems.istio.durations import duration
from kubelint.systems.istio.model import HttpRoute
from kubelint.systems.kubernetes.duration import MILLISECOND, show_duration
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar

#: Retries where a route does not mention them, also for hosts without any VirtualService.
DEFAULT_RETRIES = 2
DEFAULT_RETRY_ON = frozenset({"connect-failure", "refused-stream", "unavailable", "cancelled"})
#: Conditions that cover a try which got no answer in time.
TIMEOUT_CONDITIONS = frozenset({"5xx", "gateway-error", "reset"})
#: Conditions that cover an endpoint which cannot be connected to.
CONNECT_CONDITIONS = frozenset({"5xx", "gateway-error", "connect-failure"})
#: Conditions that cover a request which the other side may have begun to work on.
REPLAY_CONDITIONS = frozenset({"5xx", "gateway-error", "reset", "retriable-4xx"})
#: Conditions on the status of an answer of gRPC.
GRPC_CONDITIONS = frozenset({"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"})
#: The pause before the first retry where a route does not say; Envoy draws it between zero and that.
DEFAULT_BACKOFF = 25 * MILLISECOND


def shortest(times: Iterable[int | None]) -> int | None:
    """Return the shortest of some limits; None where none of them limits."""
    return min((time for time in times if time is not None), default=None)


class RoutePolicy(NamedTuple):
    """What a route says about time.

    ``retries`` is the number of tries after the first one; ``per_try`` what is written down, see
    :attr:`effective_per_try`; ``backoff`` is the pause that the others grow from; ``explicit`` says whether the route
    has a block ``retries``; the nodes are the values.
    """

    timeout: int | None = None
    retries: int = DEFAULT_RETRIES
    per_try: int | None = None
    retry_on: frozenset[str] = DEFAULT_RETRY_ON
    backoff: int = DEFAULT_BACKOFF
    explicit: bool = False
    timeout_node: Scalar | None = None
    retries_node: Scalar | None = None
    per_try_node: Scalar | None = None
    retry_on_node: Scalar | None = None
    backoff_node: Scalar | None = None

    @classmethod
    def of(cls, route: HttpRoute, default: Mapping | None = None) -> RoutePolicy:
        """Return the policy of a route, defaults filled in; what Istio would refuse counts as absent.

        ``default`` is the mesh's own block of retries; None: Istio's.
        """
        timeout = duration(route.timeout)
        block = default if route.retries is None else route.retries
        if block is None:
            return cls(timeout=timeout, timeout_node=route.timeout)
        attempts, per_try, backoff = block.scalar("attempts"), block.scalar("perTryTimeout"), block.scalar("backoff")
        retry_on = block.scalar("retryOn")
        return cls(
            timeout=timeout,
            retries=_retries(attempts),
            per_try=duration(per_try),
            retry_on=_conditions(retry_on),
            backoff=duration(backoff) or DEFAULT_BACKOFF,
            explicit=route.retries is not None,
            timeout_node=route.timeout,
            retries_node=attempts,
            per_try_node=per_try,
            retry_on_node=retry_on,
            backoff_node=backoff,
        )

    @property
    def known(self) -> bool:
        """Whether no value is a placeholder."""
        nodes = (self.timeout_node, self.retries_node, self.per_try_node, self.retry_on_node, self.backoff_node)
        return not any(node is not None and node.opaque for node in nodes)

    @property
    def tries(self) -> int:
        """How often the request is sent at most."""
        return 1 + self.retries

    @property
    def effective_per_try(self) -> int | None:
        """The limit of one try; the proxy ignores one that is not shorter than the whole request's."""
        if self.per_try is None or (self.timeout is not None and self.per_try >= self.timeout):
            return None
        return self.per_try

    @property
    def attempt(self) -> int | None:
        """The longest time that one try can last."""
        return shortest((self.timeout, self.effective_per_try))

    @property
    def retries_slow_tries(self) -> bool:
        """Whether a try that got no answer in time is followed by another one."""
        return self.retries > 0 and bool(self.retry_on & TIMEOUT_CONDITIONS)

    @property
    def retries_dead_endpoints(self) -> bool:
        """Whether an endpoint that cannot be connected to is followed by another try."""
        return self.retries > 0 and bool(self.retry_on & CONNECT_CONDITIONS)

    @property
    def status_codes(self) -> frozenset[str]:
        """The conditions that are status codes."""
        return frozenset(condition for condition in self.retry_on if condition.isdigit())

    def pauses(self, retries: int) -> int:
        """Return the longest that all pauses before that many retries can last in Envoy: each grows, to a bound.

        Source: Envoy documentation, "Router" (fully jittered exponential back-off, at most ten times the base).
        """
        return sum(min((2**number - 1) * self.backoff, 10 * self.backoff) for number in range(1, min(retries, 64) + 1))

    @property
    def unpaused_retries(self) -> int:
        """How many retries the timeout leaves room for when each pause lasts ``backoff`` and each try no time."""
        if self.timeout is None:
            return self.retries
        return min(self.retries, (self.timeout - 1) // self.backoff)

    @property
    def longest(self) -> int | None:
        """The time after which a request to a callee that never answers has ended, pauses between tries left out."""
        per_try = self.effective_per_try
        if per_try is None:
            return self.timeout
        tries = self.tries if self.retries_slow_tries else 1
        return shortest((self.timeout, tries * per_try))

    @property
    def wanted(self) -> int | None:
        """The time that all tries need when each of them uses what it may; None where nothing limits a try."""
        return None if self.per_try is None else self.tries * self.per_try

    @property
    def fitting_tries(self) -> int:
        """How many tries of full length the route's timeout leaves room for."""
        if self.timeout is None or not self.per_try:
            return self.tries
        return min(self.tries, self.timeout // self.per_try)

    @property
    def longest_node(self) -> Scalar | None:
        """The value that :attr:`longest` comes from."""
        return self.timeout_node if self.longest == self.timeout else self.per_try_node

    @property
    def attempt_node(self) -> Scalar | None:
        """The value that :attr:`attempt` comes from."""
        return self.per_try_node if self.effective_per_try is not None else self.timeout_node


class Budget(NamedTuple):
    """What one call may take: the caller's own limits, and those of the route that its proxy uses.

    ``own_timeout`` is None where the program declares none, ``policy`` None where no route is known.
    """

    own_timeout: int | None = None
    own_attempts: int = 1
    pause: int = 0
    policy: RoutePolicy | None = None

    @property
    def attempt(self) -> int | None:
        """The longest time that one attempt survives, whoever ends it."""
        return shortest((self.own_timeout, None if self.policy is None else self.policy.attempt))

    @property
    def once(self) -> int | None:
        """The longest time that one attempt of the program lasts, with all tries of the proxy."""
        return shortest((self.own_timeout, None if self.policy is None else self.policy.longest))

    @property
    def total(self) -> int | None:
        """The longest time that the caller waits, all its attempts included."""
        once = self.once
        return None if once is None else self.own_attempts * once + (self.own_attempts - 1) * self.pause

    @property
    def mesh_tries(self) -> int:
        """How many full tries of the proxy there are in one attempt of the program; 1 where they are not the sum."""
        policy = self.policy
        if policy is None or not policy.retries_slow_tries or not policy.effective_per_try:
            return 1
        return policy.tries if self.once == policy.tries * policy.effective_per_try else 1

    @property
    def own_ends(self) -> bool:
        """Whether it is the program and not the mesh that ends an attempt."""
        return self.own_timeout is not None and self.own_timeout == self.attempt

    @property
    def tries(self) -> int:
        """How many attempts of the length of :attr:`attempt` there can be."""
        mesh = 1
        policy = self.policy
        if policy is not None and policy.effective_per_try == self.attempt and policy.retries_slow_tries:
            mesh = policy.tries
        return self.own_attempts * (1 if self.own_ends else mesh)

    @property
    def unlimited(self) -> bool:
        """Whether nothing limits the call."""
        return self.once is None

    @property
    def multiplies(self) -> int:
        """How many requests one request of the caller can become: its attempts times the tries of an explicit route.

        Retries by default are left out: they follow only where no request has got through.
        """
        explicit = self.policy is not None and self.policy.explicit and bool(self.policy.retry_on & REPLAY_CONDITIONS)
        return self.own_attempts * (self.policy.tries if explicit and self.policy is not None else 1)

    @property
    def arithmetic(self) -> str:
        """How the total comes about: ``3s × 2 tries = 6s``; the total alone where there is nothing to add up."""  # noqa: RUF002
        once, total = self.once, self.total
        if once is None or total is None:
            return "no limit"
        factors = [show_duration(once // self.mesh_tries)]
        if self.mesh_tries > 1:
            factors.append(f"{self.mesh_tries} tries")
        if self.own_attempts > 1:
            factors.append(f"{self.own_attempts} {'attempts' if self.mesh_tries > 1 else 'tries'}")
        if len(factors) == 1:
            return factors[0]
        pauses = (self.own_attempts - 1) * self.pause
        product = " × ".join(factors)  # noqa: RUF001
        return f"{product}{f' + {show_duration(pauses)}' if pauses else ''} = {show_duration(total)}"


class InjectedDelay(NamedTuple):
    """A ``fault.delay`` that does something: the time, its node, and the share of requests in per cent."""

    time: int
    node: Scalar
    percentage: float

    @property
    def always(self) -> bool:
        """Whether every request of the route is delayed."""
        return self.percentage >= 100

    @classmethod
    def of(cls, route: HttpRoute) -> InjectedDelay | None:
        """Return the delay that a route injects; None where it has none or the share is none (absent means 0)."""
        if route.delay is None:
            return None
        node = route.delay.scalar("fixedDelay")
        time = duration(node)
        share = _percentage(route.delay)
        return None if node is None or time is None or share <= 0 else cls(time, node, share)


class InjectedAbort(NamedTuple):
    """A ``fault.abort`` that does something: its key, the status that it answers, and the share in per cent."""

    key: Scalar
    status: Scalar | None
    percentage: float

    @classmethod
    def of(cls, route: HttpRoute) -> InjectedAbort | None:
        """Return the abort that a route injects; None where it has none or the share is none (absent means 0)."""
        fault = route.node.mapping("fault")
        block, key = (None, None) if fault is None else (fault.mapping("abort"), fault.key("abort"))
        share = 0.0 if block is None else _percentage(block, legacy=False)
        if block is None or key is None or share <= 0:
            return None
        return cls(key, block.scalar("httpStatus") or block.scalar("grpcStatus"), share)


def fault_share(block: Node) -> float:
    """Return the share of requests that ``fault.delay`` or ``fault.abort`` is about, in per cent; absent means 0."""
    return _percentage(block)


def _conditions(node: Scalar | None) -> frozenset[str]:
    if node is None or not node.text:
        return DEFAULT_RETRY_ON
    return frozenset(part.strip() for part in node.text.split(","))


def _retries(node: Scalar | None) -> int:
    value = None if node is None or node.opaque else node.value(GO_YAML_V2)
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


def _percentage(delay: Node, *, legacy: bool = True) -> float:
    node = delay.scalar("percentage", "value")
    if legacy and node is None and delay.at("percentage") is None:
        node = delay.scalar("percent")  # deprecated; ``percentage`` wins
    value = None if node is None or node.opaque else node.value(GO_YAML_V2)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
