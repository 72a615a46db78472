"""drone/missing-kind."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement, whole_lines
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span, TextEdit
from kubelint.suggest import is_near
from kubelint.systems.drone.model import KindlessDocument
from kubelint.systems.drone.split import Chunk
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas import drone as pack


class MissingKind(Rule[KindlessDocument]):
    """A document without `kind`, or with nothing but comments, makes the Drone server refuse the whole file.

    ## Why
    Drone cuts a file at each line that begins with `---` and wants a `kind` in every part. A comment or an empty line
    above the first `---` and a `---` at the end of the file make such a part, too: the build fails with "yaml: missing
    kind attribute" and no line number.

    ## Example
    ```yaml .drone.yml
    # Builds and tests the server.
    ---
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the file begins with `---`, or ends with `...`
    - the first document is a `template`: the server reads nothing else of the file
    - the file is written for Drone before 1.0

    ## Source
    Drone documentation, "Docker Pipeline", the `kind` attribute; the parser of drone-yaml.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: KindlessDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the first key of the document, or at the separator that makes an empty one."""
        del graph
        if subject.document is not None:
            yield self._without_kind(subject)
        elif subject.chunk is not None:
            yield self._empty(subject, subject.chunk)

    def _without_kind(self, subject: KindlessDocument) -> Finding:
        document = subject.document
        assert document is not None  # noqa: S101 - the caller looked
        root = document.root
        keys = [key for key, _ in root.pairs()]
        slip = next((key for key in keys if is_near("kind", key.text)), None)
        key = slip or root.key("kind") or next(iter(keys), None)
        fix = None
        if slip is not None:
            fix = replacement(slip, "kind")
        elif keys and key is keys[0] and not root.key("kind") and root.at("steps") is not None:
            fix = _insertion(root, keys[0])
        value = root.at("kind")
        odd = value is not None and not isinstance(value, Scalar)
        return self.finding(
            "this document has no `kind`: the server refuses the whole file",
            subject.span if key is None else key,
            "did you mean `kind`?" if slip is not None else "this is no single word" if odd else "",
            help="write `kind`" if slip is not None else f"add `kind: {_probable(root)}`",
            fix=fix,
            subject=document,
        )

    def _empty(self, subject: KindlessDocument, chunk: Chunk) -> Finding:
        span = subject.span
        fix = None
        if span.text.strip() == "---":
            fix = Fix("remove this line", (TextEdit(whole_lines(span.file, span.start, span.start), ""),), Safety.SAFE)
        if chunk.opening is None:
            label = "what stands above this line counts as a document of its own"
        elif chunk.closing is None:
            label = "no document follows this line"
        else:
            label = "there is no document between this line and the `---` above it"
        return self.finding(
            "an empty document has no `kind`: the server refuses the whole file",
            span,
            label,
            help="remove this `---`",
            fix=fix,
        )


def _probable(root: Node) -> str:
    """Return the kind that a document probably is."""
    marks = {"load": "template", "hmac": "signature", "get": "secret", "data": "secret"}
    return next((kind for field, kind in marks.items() if root.at(field) is not None), pack.PIPELINE)


def _insertion(root: Node, first: Scalar) -> Fix | None:
    if not isinstance(root, Mapping) or root.flow:
        return None
    at = Span(root.source, first.start, first.start)
    indentation = " " * (first.span.column - 1)
    return Fix("add `kind: pipeline`", (TextEdit(at, f"kind: {pack.PIPELINE}\n{indentation}"),), Safety.UNSAFE)
