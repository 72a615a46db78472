"""kustomize/repeated-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization


class RepeatedField(Rule[Kustomization]):
    """A kustomization has one field twice, written in different cases, and only the last one counts.

    ## Why
    kustomize takes field names in any case: `Resources` and `resources` are one field. Where both stand, the last one
    wins without a word, and what the first one lists is not built.

    ## Example
    ```yaml kustomization.yaml
    Resources:
    - settings.yaml
    resources:
    - flags.yaml
    ```
    ```yaml settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    ```
    ```yaml flags.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: flags
    ```

    ## Stays silent when
    - the two are written alike: a repeated key is reported as such, whatever the file
    - a field stands once, in whatever case

    ## Source
    Go, `encoding/json`, by which kustomize reads the file.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that stands again in another case."""
        del graph
        for key, first in subject.root.duplicates():
            if key.span.text != first.span.text:
                yield self.finding(
                    f"`{first.span.text}` and `{key.span.text}` are the same field",
                    key,
                    "this one counts",
                    related=[(first, "this is lost")],
                    help=f"join the two under `{key.text}`",
                    subject=subject,
                )
