"""kustomize/component-as-resource."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization
from kubelint.systems.kustomize.uses import INCLUDING


class ComponentAsResource(Rule[Kustomization]):
    """A Component is listed under `resources`, or a Kustomization under `components`.

    ## Why
    A Kustomization is built on its own and added; a Component changes what is already there. kustomize takes each only
    in its own list, and stops at the other.

    ## Example
    ```yaml overlay/kustomization.yaml
    resources:
    - ../tracing
    ```
    ```yaml tracing/kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1alpha1
    kind: Component
    configMapGenerator:
    - name: tracing
      literals:
      - ENDPOINT=http://collector:4317
    ```

    ## Stays silent when
    - the folder lies outside the repository or on another host

    ## Source
    kustomize, the kustomization reference: `components`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each folder in the wrong list."""
        del graph
        for use in subject.uses:
            target = use.target
            if target is None or use.field not in INCLUDING or target.component == (use.field == "components"):
                continue
            kind, right = ("Component", "components") if target.component else ("Kustomization", "resources")
            reason = f"this makes it a {kind}" if target.root.at("kind") else "without `kind` it is a Kustomization"
            yield self.finding(
                f"`{use.text}` is a {kind}, which `{use.field}` does not take",
                use.span,
                f"belongs under `{right}`",
                related=[(target, reason)],
                help=f"move the entry to `{right}`",
                subject=subject,
            )
