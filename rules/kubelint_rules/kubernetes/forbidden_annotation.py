"""kubernetes/forbidden-annotation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.edits import remove_entry
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.metadata import banned
from kubelint.systems.kubernetes.model import KubernetesObject


class ForbiddenAnnotation(Rule[KubernetesObject]):
    """An object or its pod template carries an annotation that the configuration forbids.

    ## Why
    Annotations switch things on: an injected sidecar, a public load balancer, an exemption from a policy. Says nothing
    until `annotations` is set.

    ## Example
    ```yaml .kubelint.yaml
    rules:
      options:
        kubernetes/forbidden-annotation:
          annotations: ["sidecar.istio.io/inject=false"]
    ```
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        sidecar.istio.io/inject: "false"
    spec:
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - nothing is configured
    - the ban is on certain values and the value is only known later (a placeholder)

    ## Source
    Kubernetes documentation, "Annotations".
    """

    severity = Severity.WARNING
    group = Group.STYLE
    fixable = True

    @dataclass(frozen=True, slots=True)
    class Options:
        """What is forbidden."""

        annotations: tuple[str, ...] = option(
            (), "Annotations that are forbidden: a glob of keys, or `glob=glob|glob` for certain values."
        )

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the key of each such annotation."""
        del graph
        if not self.options.annotations:
            return
        holders = [subject.root.mapping("metadata", "annotations")]
        for template in subject.pod_templates():
            if template.metadata is not None:
                inner = template.metadata.mapping("annotations")
                holders += [inner] if inner is not holders[0] else []
        for holder in holders:
            for key, ban in banned(holder, self.options.annotations) if holder is not None else ():
                edit = None if holder is None else remove_entry(holder, key.text)
                yield self.finding(
                    f"annotation `{key.text}` is forbidden",
                    key,
                    f"the configuration forbids `{ban}`",
                    help="remove it",
                    fix=None if edit is None else Fix(f"remove `{key.text}`", (edit,), Safety.UNSAFE),
                    subject=subject,
                )
