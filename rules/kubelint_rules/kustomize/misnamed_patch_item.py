"""kustomize/misnamed-patch-item."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.build.watch import AddedItem
from kubelint.systems.kustomize.near import near, rewrite
from kubelint.words import cut, listed


class MisnamedPatchItem(Rule[AddedItem]):
    """An item of a strategic merge patch has a name that no item of the list has, and is added as a new one.

    ## Why
    kustomize merges the containers, volumes and variables of a patch by name. A name that is not there makes a new
    item: a second container without an image, while the one that was meant stays as it is. The build succeeds.

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
          - name: fronted
            resources:
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
    - the item is one of its own: a sidecar with an image, a further volume, a further variable
    - the patch is for several objects and one of them has the item
    - variables, ports and mounts: their names are often alike on purpose

    ## Source
    Kubernetes, "Update API Objects in Place", strategic merge patch; kustomize, `kyaml/yaml/merge2`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AddedItem, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a container that is added and was not meant to be."""
        del graph
        if subject.field not in _CONTAINERS or subject.item.get("image") is not None:
            return
        similar = near(subject.wanted, subject.known)
        label = did_you_mean(list(similar)) or f"there is {listed(subject.known)}"
        candidates = similar or (subject.known if len(subject.known) == 1 else {})
        related = list((candidates or subject.known).items())[:2]
        yield self.finding(
            f"the patch adds a container `{cut(subject.wanted, 30)}` that has no image",
            subject.node,
            label,
            related=[(node, f"the container here is called `{name}`") for name, node in related],
            help=f"write `{next(iter(candidates))}`" if candidates else "write the name of the container that is meant",
            note="kustomize adds what it does not find, and does not say so",
            fix=rewrite(subject.node, similar),
            subject=subject.owner,
        )


_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
