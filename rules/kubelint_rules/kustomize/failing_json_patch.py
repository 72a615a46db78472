"""kustomize/failing-json-patch."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.build.error import Cause
from kubelint.systems.kustomize.build.watch import Refusal


class FailingJsonPatch(Rule[Refusal]):
    """An operation of a JSON patch leads to a place that the object does not have, so the build fails.

    ## Why
    `remove`, `test`, `move` and `copy` need the place that they name, and every operation needs the one above it: the
    mapping that gets a key, the list that gets an item. kustomize stops with "doc is missing path". Only `replace` of a
    key that is not there is let through and adds it.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    patches:
    - target:
        kind: Deployment
      patch: |-
        - op: add
          path: /spec/template/metadata/annotations/prometheus.io~1scrape
          value: "true"
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
    - the patch selects nothing: then it is not applied
    - an earlier patch of the same kustomization or of a base adds the place

    ## Source
    RFC 6902; kustomize, the kustomization reference: `patches`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Refusal, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of an operation."""
        del graph
        error = subject.error
        if error.cause is not Cause.OPERATION:
            return
        what, _, why = error.message.partition(": ")
        yield self.finding(
            f"{what} and stops the build",
            error.span,
            f"{why}; {error.hint}" if error.hint else why,
            related=[] if error.related is None else [error.related],
            help="correct the path, or add what is above it first",
            subject=subject.root,
        )
