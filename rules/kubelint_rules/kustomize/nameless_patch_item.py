"""kustomize/nameless-patch-item."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.build.watch import KeylessItem
from kubelint.words import listed


class NamelessPatchItem(Rule[KeylessItem]):
    """An item of a strategic merge patch lacks the key that says which item of the list it is for.

    ## Why
    Lists such as `containers` are merged item by item, by `name`. With an item that has none, kustomize empties or
    replaces the whole list: a container without a name in a patch makes all containers of the Deployment disappear,
    and the build succeeds.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    patches:
    - path: memory.yaml
    ```
    ```yaml memory.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      template:
        spec:
          containers:
          - resources:
              limits:
                memory: 256Mi
    ```
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      selector:
        matchLabels:
          app: frontend
      template:
        metadata:
          labels:
            app: frontend
        spec:
          containers:
          - name: frontend
            image: registry.example.com/frontend:1.4.0
    ```

    ## Stays silent when
    - the list is replaced or deleted on purpose, with `$patch`
    - the list has no key in kustomize's types and is replaced as a whole (`args`, `tolerations`)

    ## Source
    Kubernetes, "Update API Objects in Place", strategic merge patch; kustomize, `kyaml/yaml/merge2`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: KeylessItem, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of an item."""
        del graph
        lost = [name for name in subject.known if name]
        first = next((node for name, node in subject.known.items() if name), None)
        yield self.finding(
            f"an item of `{subject.field}` in a patch has no `{subject.key}`",
            subject.node,
            f"which item is meant? {listed(lost)} would be lost" if lost else "which item is meant?",
            related=[] if first is None else [(first, "an item that is lost")],
            help=f"add `{subject.key}: {lost[0]}`" if len(lost) == 1 else f"add the `{subject.key}` of the item",
            note="kustomize does not fail: it empties the list, or replaces it",
            subject=subject.owner,
        )
