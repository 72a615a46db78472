"""drone/unknown-platform."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.model import DronePipeline
from kubelint.tree.node import Scalar
from kubelint_schemas import drone as pack


class UnknownPlatform(Rule[DronePipeline]):
    """`platform` names an operating system or an architecture that Drone does not know.

    ## Why
    The server refuses a docker pipeline for another platform with "unsupported os" or "unsupported architecture", and
    with it the whole file. For other types the build waits for a runner that does not exist.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: arm

    platform:
      os: linux
      arch: aarch64

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the value is a placeholder
    - a pipeline that is not of type `docker` has an uncommon platform that is no slip of a common one: its runner may
      well report it

    ## Source
    Drone documentation, "Platform" of each pipeline type; the linter of the server; Go's names of platforms.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each of the two that is not known."""
        del graph
        for field, noun in (("os", "operating system"), ("arch", "architecture")):
            node = subject.root.scalar("platform", field)
            if node is None or node.opaque or not node.text:
                continue
            known, common = pack.platform_values(field), pack.platform_values(f"other-{field}")
            checked = subject.runner == pack.DEFAULT_TYPE
            if node.text in known or (not checked and node.text in common):
                continue
            meant = pack.platform_alias(node.text)
            choice = known if checked else (*known, *common)
            near = [meant] if meant is not None else nearest(node.text, choice) or _same_letters(node.text, choice)
            if checked or near:
                yield self._finding(subject, node, noun, near, known, checked=checked)

    def _finding(
        self, subject: DronePipeline, node: Scalar, noun: str, near: list[str], known: tuple[str, ...], *, checked: bool
    ) -> Finding:
        then = "the server refuses the whole file" if checked else "no runner takes the pipeline"
        listed = ", ".join(f"`{value}`" for value in known)
        if near:
            help_text = f"write `{near[0]}`"
            if near[0] == "arm" and node.text.lower().startswith("armv"):
                help_text += f", with `variant: {node.text[3:].lower()}` beside it"
        elif node.text == "darwin":
            help_text = "there are no macOS containers; use `type: exec` or `type: macstadium`"
        else:
            help_text = f"use one of {listed}"
        return self.finding(
            f"`{node.text}` is no {noun} that Drone knows: {then}"[:100],
            node,
            did_you_mean(near) or f"docker pipelines run on {listed}",
            help=help_text,
            fix=replacement(node, near[0]) if len(near) == 1 else None,
            subject=subject,
        )


def _same_letters(text: str, known: tuple[str, ...]) -> list[str]:
    """Return the platforms that differ in a digit only: ``amd65`` is no sibling of ``amd64``."""
    letters = text.lower().rstrip("0123456789")
    return [value for value in known if letters and value.rstrip("0123456789") == letters and value != letters][:1]
