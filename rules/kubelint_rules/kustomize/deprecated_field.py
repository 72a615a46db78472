"""kustomize/deprecated-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.deprecated import deprecated_fields
from kubelint.systems.kustomize.model import Kustomization


class DeprecatedField(Rule[Kustomization]):
    """A kustomization uses a field that kustomize has replaced by another one.

    ## Why
    kustomize still reads `bases`, `imageTags`, `patchesStrategicMerge`, `patchesJson6902`, `commonLabels`, `vars` and
    `helmChartInflationGenerator`, warns of most of them and says that they will not be part of the next version of its
    API. The fields that take their place do the same, so they can be changed without any change of what is built.

    ## Example
    ```yaml overlay/kustomization.yaml
    bases:
    - ../base
    ```
    ```yaml base/kustomization.yaml
    configMapGenerator:
    - name: settings
      literals:
      - LOG_LEVEL=info
    ```

    ## Stays silent when
    - the field is absent; values are not looked at

    ## Source
    kustomize, the kustomization reference: "Deprecated fields"; `kustomize edit fix`.
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each deprecated field."""
        del graph
        for field in deprecated_fields(subject.root):
            yield self.finding(
                f"`{field.key.text}` is deprecated",
                field.key,
                f"`{field.instead}` takes its place" + (f" since kustomize {field.since}" if field.since else ""),
                help=_ADVICE.get(field.key.text, f"write `{field.instead}`"),
                fix=field.fix,
                subject=subject,
            )


_ADVICE = {
    "bases": "list the folders under `resources`",
    "patchesStrategicMerge": "write each as an entry of `patches`, with `path` or `patch`",
    "patchesJson6902": "write each as an entry of `patches`",
    "commonLabels": "write an entry of `labels` with `pairs` and `includeSelectors: true`",
    "vars": "write a replacement: its source is what the var reads, its targets where `$(NAME)` stands",
}
