"""kustomize/shortened-list."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.build.watch import ReplacedList
from kubelint.words import cut


class ShortenedList(Rule[ReplacedList]):
    """A patch replaces a list of named items by fewer ones, where it looks as if it were merged.

    ## Why
    kustomize merges lists by name only in the kinds of Kubernetes 1.21. In a custom resource, and in newer kinds, a
    list of a strategic merge patch takes the place of the whole list: the containers of an Argo Rollout that the patch
    does not mention are gone, and so are the images of those that it does.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - rollout.yaml
    patches:
    - path: memory.yaml
    ```
    ```yaml memory.yaml
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata:
      name: frontend
    spec:
      template:
        spec:
          containers:
          - name: frontend
            image: registry.example.com/frontend:1.5.0
    ```
    ```yaml rollout.yaml
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
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
          - name: proxy
            image: registry.example.com/proxy:2.1.0
    ```

    ## Stays silent when
    - the patch and the object have no item of the same name: the list is another one on purpose
    - the patch repeats all items
    - `openapi` gives kustomize the types of the custom resource

    ## Source
    kustomize, `kyaml/openapi` and the kustomization reference: `openapi`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ReplacedList, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a list."""
        del graph
        first = next(iter(subject.known.values()))
        name = next(iter(subject.known))
        lost = f"`{cut(name, 24)}`" if len(subject.known) == 1 else f"{len(subject.known)} items"
        yield self.finding(
            f"the patch drops {lost} from `{cut(subject.field, 24)}`",
            subject.node,
            f"`{subject.field}` of a {subject.kind} is replaced, not merged",
            related=[(first, "this is not in the patch, and is lost")],
            help="repeat all items in the patch, or use a JSON patch",
            note="kustomize merges lists by name only in kinds whose types it knows",
            subject=subject.owner,
        )
