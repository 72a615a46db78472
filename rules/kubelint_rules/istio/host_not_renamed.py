"""istio/host-not-renamed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.renames import old_names


class HostNotRenamed(Rule[IstioObject]):
    """A kustomization renames a Service, and a host still has the old name.

    ## Why
    `namePrefix`, `nameSuffix` and `namespace` change the names of objects and the references that kustomize knows.
    Hosts of VirtualServices and DestinationRules are not among them, so they name a Service that is not there.

    ## Example
    ```yaml kustomization.yaml
    namePrefix: test-
    resources:
    - reviews.yaml
    ```
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 80
        targetPort: 9080
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
            host: reviews
    ```

    ## Stays silent when
    - a patch or a replacement of the overlay corrects the host
    - the name of the Service stays what it was

    ## Source
    kustomize reference, "namePrefix" and "namespace".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that has the old name."""
        for remark in old_names(graph, subject):
            yield self.finding(
                remark.headline,
                remark.node,
                remark.label,
                related=remark.related,
                path=remark.path,
                help=remark.help,
                note=remark.note,
                fix=remark.fix,
                severity=remark.severity,
                subject=subject,
            )
