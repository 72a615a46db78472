"""compose/obsolete-version."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import whole_lines
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.compose.file import ComposeFile


class ObsoleteVersion(Rule[ComposeFile]):
    """A compose file says `version`, which Compose no longer reads.

    ## Why
    Compose has one format since 2020. It warns on every call that "the attribute `version` is obsolete", and takes the
    file the same way whatever stands there.

    ## Example
    ```yaml compose.yaml
    version: "3.8"
    services:
      web:
        image: nginx:1.27
    ```

    ## Stays silent when
    - the file has no `version`

    ## Source
    Compose Specification, "Version and name top-level elements".
    """

    severity = Severity.INFO
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: ComposeFile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each ``version`` at the top level."""
        del graph
        for _, root in subject.roots:
            key, value = root.key("version"), root.scalar("version")
            if key is None or value is None:
                continue
            whole = whole_lines(subject.source, key.start, value.end)
            fix = None
            if whole.start == key.start and not subject.source.text[value.end : whole.end].strip():
                fix = Fix("remove `version`", (TextEdit(whole, ""),), Safety.SAFE)
            yield self.finding("`version` is obsolete", key, "Compose does not read it", help="remove it", fix=fix)
