"""How long a route lets a request take: timeout, retries and the time that each try gets.

All times are nanoseconds, None is "no limit". Source: Istio reference, "VirtualService" (``HTTPRoute.timeout``,
``HTTPRetry``, ``HTTPFaultInjection``); Envoy documentation, "Router" (``x-envoy-upstream-rq-per-try-timeout-ms``,
``x-envoy-retry-on``); Istio, ``pilot/pkg/networking/core/route/retry/retry.go`` (defaults).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kubelint.systems.istio.durations import duration
from kubelint.systems.istio.model import HttpRoute
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node, Scalar

#: Retries where a route does not mention them, also for hosts without any VirtualService.
DEFAULT_RETRIES = 2
DEFAULT_RETRY_ON = frozenset({"connect-failure", "refused-stream", "unavailable", "cancelled"})
#: Conditions that cover a try which got no answer in time.
TIMEOUT_CONDITIONS = frozenset({"5xx", "gateway-error", "reset"})


def shortest(times: Iterable[int | None]) -> int | None:
    """Return the shortest of some limits; None where none of them limits."""
    return min((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """What a route says about time.

    ``retries`` is the number of tries after the first one; ``per_try`` what is written down, see
    :attr:`effective_per_try`; the nodes are the values.
    """

    timeout: int | None = None
    retries: int = DEFAULT_RETRIES
    per_try: int | None = None
    retry_on: frozenset[str] = DEFAULT_RETRY_ON
    timeout_node: Scalar | None = None
    retries_node: Scalar | None = None
    per_try_node: Scalar | None = None

    @classmethod
    def of(cls, route: HttpRoute) -> RoutePolicy:
        """Return the policy of a route, Istio's defaults filled in; what Istio would refuse counts as absent."""
        timeout = duration(route.timeout)
        block = route.retries
        if block is None:
            return cls(timeout=timeout, timeout_node=route.timeout)
        attempts, per_try = block.scalar("attempts"), block.scalar("perTryTimeout")
        written = block.text_at("retryOn")
        return cls(
            timeout=timeout,
            retries=_retries(attempts),
            per_try=duration(per_try),
            retry_on=frozenset(part.strip() for part in written.split(",")) if written else DEFAULT_RETRY_ON,
            timeout_node=route.timeout,
            retries_node=attempts,
            per_try_node=per_try,
        )

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


@dataclass(frozen=True, slots=True)
class InjectedDelay:
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


def _retries(node: Scalar | None) -> int:
    value = None if node is None or node.opaque else node.value(GO_YAML_V2)
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


def _percentage(delay: Node) -> float:
    node = delay.scalar("percentage", "value")
    if node is None and delay.at("percentage") is None:
        node = delay.scalar("percent")  # deprecated; ``percentage`` wins
    value = None if node is None or node.opaque else node.value(GO_YAML_V2)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
