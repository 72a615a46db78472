"""kustomize/unlisted-manifest."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization, Outcome
from kubelint.systems.kustomize.unlisted import unlisted
from kubelint.words import cut


class UnlistedManifest(Rule[Kustomization]):
    """A manifest lies beside a kustomization that lists its neighbours and not this one, so it is never applied.

    ## Why
    kustomize builds what is listed and looks at no other file of the folder. A manifest that was added without an entry
    under `resources`, or whose entry was lost in a merge, is not rolled out, and nothing says so.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - service.yaml
    ```
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: orders
    spec:
      type: ExternalName
      externalName: orders.example.com
    ```
    ```yaml limits.yaml
    apiVersion: v1
    kind: LimitRange
    metadata:
      name: limits
    spec:
      limits:
      - type: Container
        default:
          memory: 256Mi
    ```

    ## Stays silent when
    - the file is named anywhere else in the repository: in a script, in a pipeline, in a comment of the kustomization
    - it is a patch, a file of a generator, or the object by which Flux or Argo CD apply the folder
    - the kustomization lists no file of its own folder

    ## Source
    kustomize, the kustomization reference: `resources`.
    """

    severity = Severity.WARNING
    group = Group.DRIFT

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each manifest of the folder that nobody names."""
        for item in unlisted(subject, graph):
            use = next(use for use in subject.uses if use.field == "resources" and use.outcome is Outcome.FILE)
            yield self.finding(
                f"`{cut(item.source.name)}` is not listed, so it is not built",
                item.node,
                f"no kustomization names the file of this {item.kind}",
                related=[(use.span, "its neighbours are listed here")],
                help=f"add `{item.source.name}` to `resources`, or remove the file",
                subject=subject,
            )
