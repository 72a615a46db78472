"""istio/timeout-shorter-than-retries."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.timeouts import RoutePolicy
from kubelint.systems.kubernetes.duration import show_duration


class TimeoutShorterThanRetries(Rule[VirtualService]):
    """The timeout of a route ends the whole request before its retries had the time that they are given.

    ## Why
    `timeout` limits the request with all its tries. `attempts` counts the tries *after* the first one, and
    `perTryTimeout` holds for the first one too, so a route needs (1 + `attempts`) times `perTryTimeout`. A
    `perTryTimeout` that is not shorter than `timeout` is ignored: a try that hangs is never repeated.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - timeout: 3s
        retries:
          attempts: 2
          perTryTimeout: 2s
          retryOn: 5xx
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the tries fit exactly, or either of the two limits is absent
    - `attempts` is 0 or absent: nothing is retried
    - `retryOn` does not cover a slow try: `istio/slow-try-not-retried` reports that
    - a value is a placeholder or no duration

    ## Source
    Istio reference, "VirtualService", `HTTPRetry`; Envoy documentation, "Router",
    `x-envoy-upstream-rq-per-try-timeout-ms`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    alone = True
    keys = ("perTryTimeout",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route whose retries do not fit."""
        del graph
        for route in subject.http:
            policy = RoutePolicy.of(route)
            timeout, per_try, wanted = policy.timeout, policy.per_try, policy.wanted
            nodes = policy.timeout_node, policy.per_try_node, policy.retries_node
            if timeout is None or per_try is None or wanted is None or policy.retries < 1 or wanted <= timeout:
                continue
            timeout_node, per_try_node, retries_node = nodes
            assert timeout_node is not None  # noqa: S101 - it has been read
            assert per_try_node is not None  # noqa: S101
            needed = f"{policy.tries} tries × {per_try_node.text} = {show_duration(wanted)}"  # noqa: RUF001
            if timeout <= per_try:
                relation = "as long as" if timeout == per_try else "shorter than"
                yield self.finding(
                    f"the timeout is {relation} one try: a try that hangs is never repeated",
                    timeout_node,
                    "the whole request ends here",
                    related=[(per_try_node, f"so this limit is ignored; {needed}")],
                    help=f"raise `timeout` to {show_duration(wanted)}, or lower `perTryTimeout`",
                    severity=Severity.ERROR,
                    subject=subject,
                )
                continue
            if not policy.retries_slow_tries:
                continue
            room = policy.fitting_tries
            yield self.finding(
                f"the timeout leaves room for {room} of {policy.tries} tries",
                timeout_node,
                "the whole request ends here, retries included",
                related=[
                    (per_try_node, needed),
                    *([(retries_node, "tries after the first one")] if retries_node is not None else []),
                ],
                help=f"raise `timeout` to {show_duration(wanted)}, or lower `attempts` to {room - 1}",
                subject=subject,
            )
