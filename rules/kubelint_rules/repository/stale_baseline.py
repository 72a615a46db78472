"""repository/stale-baseline."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule


class StaleBaseline(Rule[Graph]):
    """An entry of the baseline has nothing left to hide, and would hide the same mistake when it comes back.

    ## Why
    The mistake has been mended, or the file has moved. As long as the entry stands, the mistake can come back unseen.
    `kubelint baseline prune` takes out what is no longer needed, `kubelint baseline check` fails in CI while there is
    such an entry.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```
    ```yaml .kubelint-baseline.yaml
    version: 1
    findings:
    - rule: kubernetes/wrong-type
      file: web.yaml
      resource: Service/web
      value: eighty
    ```

    ## Stays silent when
    - the rule that the entry names does not run under the configuration at hand
    - `--no-baseline` says that there is none

    ## Source
    kubelint's documentation, "Baseline".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield nothing: the runner makes these findings itself, once all rules have run."""
        del subject, graph
        return iter(())
