"""kustomize/ignored-document."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.assemble import UnreadDocument
from kubelint.tree.node import Mapping


class IgnoredDocument(Rule[UnreadDocument]):
    """A kustomization file has a second document, which kustomize does not read.

    ## Why
    Only the first document counts. What stands behind a `---` is dropped without a word, be it an object or the rest of
    the kustomization.

    ## Example
    ```yaml kustomization.yaml
    resources: []
    ---
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
    ```

    ## Stays silent when
    - what follows is empty or a comment

    ## Source
    kustomize: the file is decoded as one document (measured).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: UnreadDocument, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a document."""
        del graph
        root = subject.document.root
        place = root.entries[0][0].span if isinstance(root, Mapping) and root.entries else subject.span.first_line()
        yield self.finding(
            "this document is never read",
            place,
            "kustomize reads the first document of a kustomization alone",
            help="move it into a file of its own and list that under `resources`",
        )
