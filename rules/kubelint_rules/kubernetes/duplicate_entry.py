"""kubernetes/duplicate-entry."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.duplicates import duplicates
from kubelint.systems.kubernetes.model import KubernetesObject


class DuplicateEntry(Rule[KubernetesObject]):
    """Two entries of a list have the same key: the object is rejected, or only one of them counts.

    ## Why
    Containers, volumes, mount paths, ports of a Service and many other lists are looked up by a key, and the API server
    refuses one that occurs twice. Of two variables with one name it takes the last one in silence; server-side apply
    refuses them too.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        env:
        - name: LOG_LEVEL
          value: info
        - name: LOG_LEVEL
          value: debug
    ```

    ## Stays silent when
    - a variable takes up its own earlier value: `PATH` with the value `/opt/bin:$(PATH)`
    - a port of a container has two names, or one number has two protocols
    - a key is a placeholder

    ## Source
    API reference, the keys of each list (`x-kubernetes-list-map-keys`); Kubernetes documentation, "Server-Side Apply".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that repeats a key."""
        for each in duplicates(graph, subject):
            variable = each.field == "env"
            if variable:
                label = "this one counts, the other is lost"
            else:
                label = "refused: it is already taken" if each.refused else "only one of them counts"
            yield self.finding(
                f"two {each.nouns} have {each.said}",
                each.second,
                label,
                related=[(each.first, "first here")],
                help="remove one of them" if variable else "remove or rename one of them",
                severity=Severity.ERROR if each.refused else Severity.WARNING,
                subject=subject,
            )
