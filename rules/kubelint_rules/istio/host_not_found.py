"""istio/host-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import Entity, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.istio.links import HostUse
from kubelint.systems.istio.model import DestinationRule, IstioObject
from kubelint.systems.istio.registry import HostMiss, Slip
from kubelint.tree.node import Scalar


class HostNotFound(Rule[IstioObject]):
    """A route or a DestinationRule names a host that the mesh does not know under this name.

    ## Why
    Requests to a destination that does not exist are answered with 503, and a DestinationRule for such a host does
    nothing. Istio completes a name without a dot with the namespace of the resource that uses it, and nothing else:
    `reviews.prod` is not completed, although DNS would find it.

    ## Example
    ```yaml mesh.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        app: reviews
      ports:
      - port: 9080
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reveiws
    ```

    ## Stays silent when
    - a Service of that name exists anywhere in the repository, in a namespace that fits
    - a ServiceEntry declares the host, or a wildcard that covers it
    - nothing near exists where the name is looked up: the host may live outside the repository
    - the host of a VirtualService belongs to a gateway only, or is a wildcard
    - the host is a placeholder, or is declared under `externals` in the configuration

    ## Source
    Istio reference, "VirtualService", field `Destination.host`; "DestinationRule", field `host`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that leads nowhere."""
        for reference in graph.outgoing(subject):
            if reference.dangling and isinstance(reference.detail, HostUse) and isinstance(reference.node, Scalar):
                miss = reference.detail.miss or HostMiss(Slip.NAME, (), ())
                yield self._finding(subject, reference, reference.node, miss)

    def _finding(self, subject: IstioObject, reference: Reference, node: Scalar, miss: HostMiss) -> Finding:
        text, writings = node.text, list(miss.writings)
        related: list[tuple[Entity, str]] = []
        for entity in reference.candidates:
            place = f" in namespace `{entity.namespace}`" if entity.namespace and miss.slip is Slip.NAMESPACE else ""
            noun = "host" if entity.key.kind == "host" else "Service"
            related.append((entity, f"the {noun} that exists is `{entity.name}`{place}"))
        note = None
        if miss.slip is Slip.NAMESPACE:
            headline = f"`{text}` means a Service in namespace `{subject.namespace}`, where there is none"
            note = "a name without a dot is completed with the namespace of the resource that uses it"
            if "." in text:
                headline, note = f"the mesh knows no host `{text}`; {did_you_mean(writings)}", None
        elif miss.slip is Slip.PARTIAL:
            headline = f"Istio does not complete the host `{text}`"
            note = "DNS finds such names, routes do not: write the short name or the full one"
        else:
            meant = did_you_mean(writings)
            headline = f"the mesh knows no host `{text}`" + (f"; {meant}" if meant else "")
        fix = None
        if len(writings) == 1:
            fix = Fix(f"write `{writings[0]}`", (TextEdit(node.part(0, len(text)), writings[0]),), Safety.UNSAFE)
        alias = reference.kind == "routes-for"
        return self.finding(
            headline,
            node,
            _consequence(subject, alias=alias),
            related=related,
            path=(subject, *reference.candidates[:1]),
            help=f"write `{writings[0]}`" if len(writings) == 1 else "name a Service or a host of a ServiceEntry",
            note=note,
            fix=fix,
            severity=Severity.WARNING if alias and reference.resolution is Resolution.NEAR_MISS else None,
            subject=subject,
        )


def _consequence(subject: IstioObject, *, alias: bool) -> str:
    if isinstance(subject, DestinationRule):
        return "this rule applies to nothing"
    return "no request to a Service of the mesh takes these routes" if alias else "requests that come here get 503"
