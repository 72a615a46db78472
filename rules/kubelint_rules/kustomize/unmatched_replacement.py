"""kustomize/unmatched-replacement."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.build.watch import IdleReplacement
from kubelint.systems.kustomize.near import near, rewrite
from kubelint.words import cut, listed


class UnmatchedReplacement(Rule[IdleReplacement]):
    """A target of a replacement selects no object that the kustomization builds.

    ## Why
    kustomize puts the value into the fields of all objects that `select` matches. Where it matches none, nothing
    happens and kustomize does not say so: the placeholder that was to be replaced is rolled out.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - service.yaml
    - settings.yaml
    replacements:
    - source:
        kind: Service
        name: database
      targets:
      - select:
          kind: ConfigMap
          name: setings
        fieldPaths:
        - data.DATABASE_HOST
    ```
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: database
    spec:
      type: ExternalName
      externalName: db.example.com
    ```
    ```yaml settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      DATABASE_HOST: placeholder
    ```

    ## Stays silent when
    - a base lies on another host, or a chart or a plugin may make the object
    - the kustomization is a component and the target selects something in one of the builds that use it
    - all that is selected is rejected again

    ## Source
    kustomize, the kustomization reference: `replacements`; `api/filters/replacement`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: IdleReplacement, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a target."""
        del graph
        part, similar = subject.part, near(subject.wanted, subject.known)
        label = did_you_mean(list(similar))
        if not label:
            label = f"the {part} could be {listed(subject.known)}" if subject.known else "nothing fits it"
        what = f" with the {part} `{cut(subject.wanted, 30)}`" if part else ""
        yield self.finding(
            f"a replacement has no target{what}" if what else "the target of a replacement selects no object",
            subject.node,
            label,
            related=[(node, f"the {part} here is `{name}`") for name, node in list(similar.items())[:2]],
            help=f"write `{next(iter(similar))}`" if similar else "correct the target, or remove it",
            note="kustomize replaces nothing and does not say so",
            fix=rewrite(subject.node, similar),
            severity=Severity.ERROR if similar else None,
            subject=subject.owner,
        )
