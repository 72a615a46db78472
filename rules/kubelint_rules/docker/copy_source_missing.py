"""docker/copy-source-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.docker.model import Dockerfile, Flaw, SourceFault


class CopySourceMissing(Rule[Dockerfile]):
    """A Dockerfile copies a file that is not in the build context, so the build stops there.

    ## Why
    Sources of `COPY`, `ADD` and bind mounts are relative to the context of the build, not to the Dockerfile. The build
    stops with `"/…": not found`; a source above the context (`../shared`) is never found.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        build: ./api
    ```
    ```dockerfile api/Dockerfile
    FROM python:3.13-slim
    COPY requirements.txt .
    RUN pip install -r requirements.txt
    ```
    ```text requirements.txt
    flask==3.1.0
    ```

    ## Stays silent when
    - the source is a URL, a pattern, holds a variable or comes from another stage
    - git ignores it, it lies in a submodule, or a script or a text beside the Dockerfile names it
    - it is what builds make (`dist`, `target`, `*.jar`), or commands run before the build in the same pipeline
    - nobody says which context it is, and some folder of the repository has the file

    It is a warning where nobody in the repository orders the build, so that the context is only assumed.

    ## Source
    Dockerfile reference, "COPY"; Docker documentation, "Build context".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each source that a build does not find."""
        del graph
        for fault in subject.source_faults:
            if fault.flaw in (Flaw.MISSING, Flaw.OUTSIDE):
                yield self._finding(subject, fault)

    def _finding(self, subject: Dockerfile, fault: SourceFault) -> Finding:
        build, near = fault.build, fault.near
        where = f"`{build.context}`" if build.context else "the repository's root"
        related = [] if build.assumed else [(build.node, f"{build.place} builds it in {where}")]
        fix = None
        if fault.flaw is Flaw.OUTSIDE:
            headline = f"`{fault.node.text}` leads out of the build context"
            label, help_text = f"the context is {where}", "build in the folder above, or copy the file into the context"
        else:
            headline = f"`{fault.node.text}` is not in the build context"
            label = did_you_mean([near]) if near else f"{where} has no such file or folder"
            help_text = f"write `{near}`" if near else "mend the path, or build in the folder that has it"
            name = fault.node.text.rstrip("/").rpartition("/")[2]
            start = fault.node.text.rfind(name)
            span = fault.node.part(start, start + len(name))
            if near and span.text == name:
                fix = Fix(f"replace `{name}` with `{near}`", (TextEdit(span, near),), Safety.UNSAFE)
        return self.finding(
            headline,
            fault.node,
            label,
            related=related,
            help=help_text,
            fix=fix,
            severity=Severity.WARNING if build.assumed and not near else Severity.ERROR,
            subject=subject,
        )
