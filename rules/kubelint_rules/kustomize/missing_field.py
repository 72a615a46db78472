"""kustomize/missing-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Mapping, Node


class MissingField(Rule[Kustomization]):
    """An entry of a kustomization lacks a field that it cannot do without.

    ## Why
    A generator without a name and a patch without content fail the build. `replicas` without `count` does worse: the
    count is taken for 0, and the workload is scaled to nothing.

    ## Example
    ```yaml kustomization.yaml
    resources: []
    replicas:
    - name: web
    ```

    ## Stays silent when
    - the field has a default that makes sense (`newName`, `target` of a strategic merge patch)

    ## Source
    kustomize, the kustomization reference and `api/types`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that is missing."""
        del graph
        for error in subject.errors:
            if error.fault is Fault.MISSING_FIELD:
                names = [str(step) for step in error.path[:-1] if isinstance(step, str)]
                field = names[-1] if names else "kustomization"
                content = field in ("patches", "patchesJson6902") and error.name in ("path", "patch")
                lacking = "neither `path` nor `patch`" if content else f"no `{error.name}`"
                yield self.finding(
                    f"an entry of `{field}` has {lacking}",
                    _place(error.node),
                    _MEANING.get((field, error.name), "kustomize cannot do without it"),
                    help="name a file under `path`, or write the patch under `patch`"
                    if content
                    else f"add `{error.name}`",
                    subject=subject,
                )


_MEANING = {
    ("replicas", "count"): "without a count this scales to 0",
    ("images", "name"): "which image?",
    ("configMapGenerator", "name"): "what is generated must have a name",
    ("secretGenerator", "name"): "what is generated must have a name",
    ("patchesJson6902", "target"): "a JSON patch needs a target",
}


def _place(node: Node) -> Node:
    """Return the first key of an entry instead of the whole of it."""
    return node.entries[0][0] if isinstance(node, Mapping) and node.entries else node
