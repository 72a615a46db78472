"""kubernetes/exposed-service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.tree.node import Scalar


class ExposedService(Rule[Service]):
    """A Service is open to the world outside of the cluster.

    ## Why
    A `NodePort` is open on every node, a `LoadBalancer` has an address of its own. Neither passes an Ingress or a
    gateway, with its TLS, its authentication and its limits.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      type: NodePort
      selector:
        app: db
      ports:
      - port: 5432
    ```

    ## Stays silent when
    - the load balancer is internal (annotations of AWS, Azure, Google Cloud and others)
    - `loadBalancerSourceRanges` says who may come
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Service", section "Service type".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as open."""

        types: tuple[str, ...] = option(
            ("NodePort", "LoadBalancer"),
            "The types of Services that are reported.",
            choices=("NodePort", "LoadBalancer"),
        )

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a Service of an open type."""
        del graph
        kind = subject.root.scalar("spec", "type")
        if kind is None or kind.text not in self.options.types:
            return
        limited = bool(subject.root.items_at("spec", "loadBalancerSourceRanges"))
        if kind.text == "LoadBalancer" and (limited or _is_internal(subject)):
            return
        where = "on every node" if kind.text == "NodePort" else "at an address of its own"
        yield self.finding(
            f"Service `{subject.name}` is open to the outside {where}",
            kind,
            "is reached from outside of the cluster",
            help="use `ClusterIP` behind an Ingress or a gateway, or limit who may come",
            subject=subject,
        )


def _is_internal(service: Service) -> bool:
    """Tell whether an annotation keeps the load balancer inside of the network of the cloud."""
    for key, value in service.annotations():
        if isinstance(value, Scalar) and "load-balancer" in key.text.lower():
            text = value.text.lower()
            if text == "internal" or ("internal" in key.text.lower() and text not in ("false", "")):
                return True
    return False
