"""drone/template-extension."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneTemplate

_EXTENSIONS = (".yml", ".yaml", ".star", ".starlark", ".script", ".jsonnet")


class TemplateExtension(Rule[DroneTemplate]):
    """A template's name has an ending by which the server cannot tell its language.

    ## Why
    The server picks the language by the ending of `load` and stops with "template extension invalid. must be yaml,
    starlark or jsonnet".

    ## Example
    ```yaml .drone.yml
    kind: template
    load: go-service
    data:
      image: golang:1.22
    ```

    ## Stays silent when
    - the name ends in `.yml`, `.yaml`, `.star`, `.starlark`, `.script` or `.jsonnet`
    - the name is a placeholder

    ## Source
    The template converter of the Drone server; Drone documentation, "Templates".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a template that cannot be loaded."""
        del graph
        load = subject.root.scalar("load")
        if load is None or load.opaque or not load.text or load.text.endswith(_EXTENSIONS):
            return
        yield self.finding(
            f"`{load.text}` has no ending of a template",
            load,
            "the server cannot tell its language",
            help=f"write the name as the server has it, ending in one of {', '.join(f'`{e}`' for e in _EXTENSIONS)}",
            subject=subject,
        )
