"""istio/call-amplification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import amplifications
from kubelint.systems.istio.chain_words import retry_counts, who


class CallAmplification(Rule[Graph]):
    """Retries along a chain multiply: one request may become very many at its end.

    ## Why
    Every caller on the way tries again, and so does each of the callers above it. Three tries at three levels are 27
    requests for one, at the moment when the last server cannot answer.

    ## Example
    ```yaml shop.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: productpage
    spec:
      selector:
        app: productpage
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
      annotations:
        kubelint.io/calls: reviews timeout=3s attempts=6
    spec:
      selector:
        matchLabels:
          app: productpage
      template:
        metadata:
          labels:
            app: productpage
        spec:
          containers:
          - name: productpage
            image: registry.example.com/shop/productpage:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      annotations:
        kubelint.io/calls: ratings timeout=1s attempts=6
    spec:
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
        spec:
          containers:
          - name: reviews
            image: registry.example.com/shop/reviews:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: ratings
    spec:
      selector:
        app: ratings
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ratings
    spec:
      selector:
        matchLabels:
          app: ratings
      template:
        metadata:
          labels:
            app: ratings
        spec:
          containers:
          - name: ratings
            image: registry.example.com/shop/ratings:2.4.1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: details
    spec:
      hosts:
      - details
      http:
      - route:
        - destination:
            host: details
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - the product is within the limit of the option
    - retries are the default ones of the mesh: they follow only where no request has got through

    ## Source
    Istio documentation, "Traffic Management" (retries); Google, "Site Reliability Engineering", chapter "Addressing
    Cascading Failures".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as very many."""

        most: int = option(30, "The most requests at the end of a chain that are fine.", at_least=1)

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each chain that multiplies requests beyond the limit."""
        del graph
        for found in amplifications(subject, self.options.most):
            counts = retry_counts(found.waits)
            product = " × ".join(str(wait.budget.multiplies) for wait in found.waits if wait.budget.multiplies > 1)  # noqa: RUF001
            last = found.waits[-1].edge.services[0].name
            if not counts:
                continue
            place, text = counts[-1]
            yield self.finding(
                f"one request may become {product} = {found.factor} at `{last}`",
                place,
                text,
                related=counts[:-1],
                path=found.path,
                help="retry at one place of the chain, the one nearest to what fails",
                note=f"the outermost caller is {who(found.waits[0])}",
                subject=found.waits[-1].caller,
            )
