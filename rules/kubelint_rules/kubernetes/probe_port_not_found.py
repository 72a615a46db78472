"""kubernetes/probe-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.matching import nearest_nodes
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.probe_ports import probe_ports


class ProbePortNotFound(Rule[Container]):
    """A probe or a hook names a port that its container does not declare.

    ## Why
    A named port is looked up among the ports of the same container. A name that is not there makes the probe fail
    each time: the container is never ready, or is restarted for ever.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
            ports:
            - name: http
              containerPort: 80
            readinessProbe:
              httpGet:
                path: /
                port: health
    ```

    ## Stays silent when
    - the port is a number: containers need not declare it (see `undeclared-probe-port`)
    - a name is a placeholder, or a part of the unit could not be read

    ## Source
    API reference, HTTPGetAction and TCPSocketAction, `port`; Kubernetes documentation, "Configure Liveness,
    Readiness and Startup Probes".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True
    keys = ("httpGet", "tcpSocket", "grpc")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each named port that the container lacks."""
        del graph
        if subject.owner.unit.incomplete:
            return
        for name, port in probe_ports(subject):
            if port.opaque or port.text.isdigit():
                continue
            names = {each.name.text: each.name for each in subject.ports if each.name is not None}
            if port.text in names or any(each.opaque for each in names.values()):
                continue
            near = nearest_nodes(port.text, names)
            meant = did_you_mean([node.text for node in near])
            fix = None
            if len(near) == 1 and port.span.text == port.text:
                edit = TextEdit(port.span, near[0].text)
                fix = Fix(f"replace `{port.text}` with `{near[0].text}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"container `{subject.label}` has no port `{port.text}`" + (f"; {meant}" if meant else ""),
                port,
                f"the `{name}` fails each time",
                related=[(node, "a port of the container") for node in (near or list(names.values())[:3])],
                help="name a port of this container, or give the number",
                fix=fix,
                subject=subject.owner,
            )
