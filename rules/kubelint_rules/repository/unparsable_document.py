"""repository/unparsable-document."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.tree.problem import SyntaxProblem


class UnparsableDocument(Rule[SyntaxProblem]):
    """A document does not parse, so that nothing in it takes effect or is checked.

    ## Why
    Whatever reads the file stops here, often with an error that names no file. kubelint goes on with the next
    document and takes the names of the broken one as unknown, so its neighbours are not reported as dangling.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
       labels:
        app: web
    ```

    ## Stays silent when
    - the text is a template (`{{ … }}`) that only parses once it is rendered: such files are counted instead

    ## Source
    YAML 1.2 specification; the grammar of the format at hand for other syntaxes.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: SyntaxProblem, graph: Graph) -> Iterator[Finding]:
        """Yield the problem as a finding."""
        del graph
        related = [] if subject.related is None else [subject.related]
        yield self.finding(subject.message, subject.span, related=related, help=subject.help)
