"""docker/copy-into-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span, TextEdit
from kubelint.systems.docker.model import Dockerfile


class CopyIntoFile(Rule[Dockerfile]):
    """Several files are copied to a path that does not end with `/`, so the build stops there.

    ## Why
    With more than one source the destination has to be a folder, and only a `/` at its end says so: "When using COPY
    with more than one source file, the destination must be a directory and end with a /".

    ## Example
    ```dockerfile Dockerfile
    FROM node:22
    WORKDIR /app
    COPY package*.json yarn.lock /app
    ```

    ## Stays silent when
    - the destination ends with `/`, is `.` or `..`, or holds a variable
    - there is one source: a file may be copied to another name

    ## Source
    Dockerfile reference, "COPY".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each destination that cannot take several files."""
        del graph
        for instruction in subject.tree.instructions:
            if instruction.name not in ("ADD", "COPY") or len(instruction.arguments) < 3:
                continue
            *sources, target = instruction.arguments
            if target.text.endswith(("/", "\\", "/.", "/..")) or target.text in (".", "..") or "$" in target.text:
                continue
            fix = None
            if target.span.text == target.text:
                end = Span(target.source, target.end, target.end)
                fix = Fix("add a `/`", (TextEdit(end, "/"),), Safety.SAFE)
            yield self.finding(
                f"{len(sources)} sources are copied to `{target.text}`, which is no folder",
                target,
                "only a `/` at the end makes it one",
                help=f"write `{target.text}/`",
                fix=fix,
                subject=subject,
            )
