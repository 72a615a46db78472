"""docker/unknown-flag."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.docker.model import Dockerfile

_FLAGS: dict[str, frozenset[str]] = {
    "ADD": frozenset({"chown", "chmod", "link", "checksum", "keep-git-dir", "exclude", "unpack"}),
    "COPY": frozenset({"from", "chown", "chmod", "link", "parents", "exclude"}),
    "FROM": frozenset({"platform"}),
    "RUN": frozenset({"mount", "network", "security", "device"}),
    "HEALTHCHECK": frozenset({"interval", "timeout", "start-period", "start-interval", "retries"}),
}


class UnknownFlag(Rule[Dockerfile]):
    """An instruction has a flag that Docker does not know for it, so the build stops there.

    ## Why
    Docker stops with "unknown flag". Flags stand behind the keyword and before the arguments, and each instruction has
    its own: `--from` is one of `COPY`, not of `ADD`.

    ## Example
    ```dockerfile Dockerfile
    FROM golang:1.25 AS build
    RUN go build -o /server .
    FROM alpine:3.21
    COPY --form=build /server /server
    ```

    ## Stays silent when
    - the file names a frontend of its own with `# syntax=`: that one may have more flags

    ## Source
    Dockerfile reference, the options of "ADD", "COPY", "FROM", "HEALTHCHECK" and "RUN".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each flag that the instruction does not have."""
        del graph
        syntax = subject.tree.directive("syntax")
        if syntax is not None and "dockerfile" not in syntax.value.text:
            return
        for outer in subject.tree.instructions:
            for instruction in (outer, outer.nested):
                if instruction is None or instruction.name not in _FLAGS:
                    continue
                known = _FLAGS[instruction.name]
                for flag in instruction.flags:
                    name = flag.name.text
                    if name in known or not name:
                        continue
                    near = nearest(name, known)
                    fix = None
                    if len(near) == 1:
                        fix = Fix(f"write `--{near[0]}`", (TextEdit(flag.name.span, near[0]),), Safety.UNSAFE)
                    shown = ", ".join(f"`--{each}`" for each in sorted(known))
                    yield self.finding(
                        f"`{instruction.name}` has no flag `--{name}`",
                        flag.name,
                        did_you_mean([f"--{each}" for each in near]) or "Docker stops here",
                        help=f"write `--{near[0]}`" if near else f"it has {shown}",
                        fix=fix,
                        subject=subject,
                    )
