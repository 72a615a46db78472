"""kubernetes/tiller-deployed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.tree.node import Node, Scalar


class TillerDeployed(Rule[KubernetesObject]):
    """Tiller, the server of Helm 2, is deployed.

    ## Why
    Tiller installs whatever it is asked to with the rights of its own account, most often `cluster-admin`, and by
    default it asks nobody who they are. Helm 3 has no server.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: tiller
    spec:
      containers:
      - name: tiller
        image: ghcr.io/helm/tiller:v2.17.0
    ```

    ## Stays silent when
    - the image has another name (`tiller-exporter`, say)
    - the value is only known later (a template, a placeholder)

    ## Source
    Helm documentation, "Migrating Helm v2 to v3" and "Changes Since Helm 2" (Removal of Tiller).
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a workload that runs Tiller, and for the Service in front of it."""
        del graph
        for node, label, note in _signs(subject):
            yield self.finding(
                "Tiller, the server of Helm 2, is deployed",
                node,
                label,
                help="move to Helm 3, and delete Tiller",
                note=note,
                subject=subject,
            )


def _signs(item: KubernetesObject) -> Iterator[tuple[Node, str, str | None]]:
    """Yield what shows that an object is Tiller's: the node, a clause for it, and what makes it worse."""
    for template in item.pod_templates():
        for container in template.containers:
            image = container.node.scalar("image")
            if image is not None and not image.opaque and parse_image(image.text).repository.endswith("/tiller"):
                open_to_all = not any(
                    isinstance(word, Scalar) and word.text.startswith(("--listen=localhost", "--listen=127.0.0.1"))
                    for field in ("command", "args")
                    for word in container.node.items_at(field)
                )
                yield image, "is Tiller", "it listens to the whole cluster" if open_to_all else None
    if isinstance(item, Service):
        name = item.root.scalar("spec", "selector", "name")
        if name is not None and name.text == "tiller":
            yield name, "sends traffic to Tiller", None
