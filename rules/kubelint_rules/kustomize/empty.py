"""kustomize/empty."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization


class Empty(Rule[Kustomization]):
    """A kustomization has no content, which kustomize refuses.

    ## Why
    `kustomize build` fails with "kustomization.yaml is empty", and so does every kustomization that builds on this one.
    A list without items is content, a key without a value is not.

    ## Example
    ```yaml kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    resources:
    ```

    ## Stays silent when
    - any field has content, an empty list (`resources: []`) included

    ## Source
    kustomize, `api/types`: a kustomization with nothing but its type is refused.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where there is nothing."""
        del graph
        if subject.readable and subject.rival is None and subject.is_empty:
            bare = [key for key, _ in subject.root.pairs() if key.text not in ("apiVersion", "kind")]
            yield self.finding(
                f"the {'component' if subject.component else 'kustomization'} is empty, and the build fails",
                bare[0] if bare else subject,
                "has no value" if bare else "nothing is listed here",
                help="list something, or write `resources: []` where it is empty on purpose",
                subject=subject,
            )
