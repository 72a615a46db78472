"""kustomize/malformed-source."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.generators import Generator


class MalformedSource(Rule[Generator]):
    """A literal or a file of a generator is not written as `key=value`, so the build fails.

    ## Why
    A literal is a key, `=` and a value; a file is a path, or a key, `=` and a path. kustomize takes nothing else.

    ## Example
    ```yaml kustomization.yaml
    configMapGenerator:
    - name: settings
      literals:
      - "LOG_LEVEL: debug"
    ```

    ## Stays silent when
    - the value is empty (`KEY=`) or holds more `=`
    - the entry is a placeholder that is only known later

    ## Source
    kustomize, `api/kv`; the kustomization reference, `configMapGenerator`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Generator, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that is none."""
        del graph
        for fault in subject.faults:
            if fault.other is None:
                yield self.finding(
                    fault.headline, fault.span, fault.label, help=fault.help, subject=subject.kustomization
                )
