"""istio/malformed-duration."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.durations import duration_fault
from kubelint.systems.istio.model import IstioObject
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.istio import cel_rules

_LONGEST_QUOTE = 20


class MalformedDuration(Rule[IstioObject]):
    """A field that is a time has a value that Istio does not take for one, so the object is rejected.

    ## Why
    Times are written in Go's notation, with a unit: `500ms`, `3s`, `1m30s`. They are whole milliseconds and at least
    one; `0s` does not switch a timeout off, leaving the field out does.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - timeout: 0s
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the value is a placeholder
    - the value is no string at all: its type is wrong, which `kubernetes/wrong-type` reports
    - the field knows `0s` (`connectionPool.tcp.idleTimeout`)

    ## Source
    Istio's CustomResourceDefinitions (`duration(self) >= duration('1ms')`); documentation of Go, `time.ParseDuration`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each time that cannot be read or is too short."""
        del graph
        seen: set[int] = set()
        for rule in cel_rules(subject.kind):
            if not rule.rule.startswith("duration(self)"):
                continue
            for node in _at(subject.root, rule.path):
                if not isinstance(node, Scalar) or id(node) in seen or not isinstance(node.value(GO_YAML_V2), str):
                    continue
                seen.add(id(node))
                fault = duration_fault(node)
                if fault is None:
                    continue
                shown = node.text if len(node.text) <= _LONGEST_QUOTE else node.text[: _LONGEST_QUOTE - 1] + "…"
                short = fault.endswith("1ms")
                yield self.finding(
                    f"`{shown}` is no time for `{rule.path[-1]}`",
                    node,
                    f"this {fault}",
                    help="leave the field out, or write `1ms` or more" if short else "write `500ms`, `3s` or `1m30s`",
                    subject=subject,
                )


def _at(node: Node, path: tuple[str, ...]) -> Iterator[Node]:
    """Yield the nodes at a path of field names, in which ``[]`` is any item and ``*`` any value."""
    if not path:
        yield node
        return
    step, rest = path[0], path[1:]
    if step == "[]":
        below = node.items()
    elif step == "*":
        below = [value for _, value in node.pairs()]
    else:
        value = node.at(step)
        below = [] if value is None else [value]
    for child in below:
        yield from _at(child, rest)
