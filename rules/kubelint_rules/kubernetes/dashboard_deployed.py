"""kubernetes/dashboard-deployed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.pod import Container


class DashboardDeployed(Rule[Container]):
    """The Kubernetes dashboard is deployed.

    ## Why
    The dashboard acts with the rights of its account or with the token that a user pastes into it. Dashboards that
    were reachable from outside have been the way into many clusters.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: dashboard
    spec:
      containers:
      - name: dashboard
        image: kubernetesui/dashboard:v2.7.0
    ```

    ## Stays silent when
    - the image is another dashboard (Grafana, Traefik …)
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Deploy and Access the Kubernetes Dashboard".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs the dashboard."""
        del graph
        image = subject.node.scalar("image")
        if image is None or image.opaque:
            return
        folder, _, name = parse_image(image.text).repository.rpartition("/")
        if name.startswith("kubernetes-dashboard") or (
            folder.endswith("kubernetesui") and name.startswith("dashboard")
        ):
            yield self.finding(
                "the Kubernetes dashboard is deployed",
                image,
                "is the dashboard",
                help="use a client that runs where its user is, such as `kubectl`",
                subject=subject.owner,
            )
