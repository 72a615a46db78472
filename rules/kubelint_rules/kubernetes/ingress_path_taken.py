"""kubernetes/ingress-path-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.exposure import IngressPath, paths, paths_by_identity, routes_by_more
from kubelint.systems.kubernetes.model import Ingress


class IngressPathTaken(Rule[Ingress]):
    """Two Ingresses send the same host and path to different backends.

    ## Why
    A request matches both, and the controller has to drop one: most take the one that was created first, so that it
    depends on the history of the cluster which backend answers.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
      rules:
      - host: example.com
        http:
          paths:
          - path: /cart
            pathType: Prefix
            backend:
              service:
                name: shop
                port:
                  number: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: checkout
    spec:
      rules:
      - host: example.com
        http:
          paths:
          - path: /cart/
            pathType: Prefix
            backend:
              service:
                name: checkout
                port:
                  number: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: shop
    spec:
      selector:
        app: shop
      ports:
      - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: checkout
    spec:
      selector:
        app: checkout
      ports:
      - port: 80
    ```

    ## Stays silent when
    - host, path type or class differ; the longer of two paths wins, and `Exact` wins over `Prefix`, whatever the
      order
    - the backends are the same
    - an annotation makes the controller route by more than host and path: canaries, conditions, weights
    - the Ingresses are in different units, in files that are alternatives of each other, or in a folder of examples
    - neither has a host, and they are in different files

    ## Source
    Kubernetes documentation, "Ingress", section "Path types" and "Multiple matches".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each path that a path before takes."""
        if routes_by_more(subject):
            return
        everything = paths_by_identity(graph)
        for path in paths(subject):
            if path.opaque:
                continue
            for other in everything.get((id(subject.unit), *path.identity), ()):
                if other.place is path.place:
                    break
                if other.goes_to == path.goes_to or not self._meet(graph, other, path):
                    continue
                host = "every host" if path.host is None else f"`{path.host.text}`"
                shown = "/" if path.path is None else path.path.text
                yield self.finding(
                    f"path `{shown}` of {host} is taken by Ingress `{other.ingress.name}`",
                    path.place,
                    "which of the two backends answers is left to the controller",
                    related=[(other.place, "the same requests, sent to another backend")],
                    path=(subject,) if other.ingress is subject else (subject, other.ingress),
                    help="remove one of the two, or give one another path",
                    subject=subject,
                )
                break

    @staticmethod
    def _meet(graph: Graph, one: IngressPath, other: IngressPath) -> bool:
        if one.ingress is other.ingress:
            return True
        if one.host is None and one.ingress.root.source is not other.ingress.root.source:
            return False
        return together(graph, one.ingress, other.ingress)
