"""kubernetes/malformed-image."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.values import Family, value_faults
from kubelint.words import quoted


class MalformedImage(Rule[KubernetesObject]):
    """The image of a container is no image reference, so its pods stay in `InvalidImageName`.

    ## Why
    The API server takes any text for an image. The node then reads it as `registry/path:tag@digest`, with a path in
    lower case, and gives up without a single attempt to pull.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/Shop/Web:1.8
    ```

    ## Stays silent when
    - a part of it is a placeholder, or the whole name is a word in capital letters, or a tool replaces it (`ko://`)

    ## Source
    Kubernetes documentation, "Images", section "Image names"; the reference grammar of distribution.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("image", "reference")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each image that no node can read."""
        for fault in value_faults(graph, subject, Family.IMAGE):
            yield self.finding(
                f"the image {quoted(fault.node.text)} {fault.clause}",
                fault.span,
                "no node can read this",
                help="write `registry/path:tag`, the path in lower case"
                if "digest" not in fault.clause
                else "a digest is `sha256:` and 64 hexadecimal digits",
                subject=subject,
            )
