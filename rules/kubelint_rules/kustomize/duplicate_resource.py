"""kustomize/duplicate-resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.members import Collision, Member
from kubelint.systems.kustomize.model import Kustomization


class DuplicateResource(Rule[Graph]):
    """Two objects of one kustomization have the same kind, namespace and name, so the build fails.

    ## Why
    kustomize refuses an object that it already has ("may not add resource with an already registered id"), whether a
    file is listed twice, a base is reached on two ways, or two files define the same object.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - settings.yaml
    - defaults.yaml
    ```
    ```yaml settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    ```
    ```yaml defaults.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    ```

    ## Stays silent when
    - the two get different namespaces, prefixes or suffixes before they meet
    - the apiVersions differ
    - a generator merges into the other one or replaces it (`behavior`)
    - a patch may have removed or renamed one of them

    ## Source
    kustomize, `api/resmap`: an identity may be registered once.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that brings objects in again, and for each object that is defined again."""
        del graph
        repeated: dict[int, list[Collision]] = defaultdict(list)
        for collision in subject.subjects(Collision):
            same_tree = collision.first.root is collision.second.root
            if same_tree and collision.first_use is not None and collision.second_use is not None:
                repeated[id(collision.second_use)].append(collision)
            elif not same_tree:
                yield self._defined_twice(collision)
        for collisions in repeated.values():
            yield self._listed_twice(collisions)

    def _listed_twice(self, collisions: list[Collision]) -> Finding:
        first = collisions[0]
        use, other, member = first.second_use, first.first_use, first.first
        assert use is not None  # noqa: S101 - the caller has looked
        assert other is not None  # noqa: S101
        if use.path == other.path:
            headline, label = f"`{use.text}` is listed twice, and the build fails", "listed again"
            advice = "remove one of the two entries"
        else:
            headline = f"`{use.text}` brings {member.kind} `{member.names[-1]}` in a second time"
            more = f" and {len(collisions) - 1} more" if len(collisions) > 1 else ""
            label = f"{member.kind} `{member.names[-1]}`{more} came in before"
            advice = "reach the base on one way only, or give each way its own `namePrefix` or `namespace`"
        return self.finding(
            headline,
            use.span,
            label,
            related=[(other.span, f"came in with `{other.text}`" if use.path != other.path else "listed here")],
            help=advice,
            subject=first.kustomization,
        )

    def _defined_twice(self, collision: Collision) -> Finding:
        first, second, owner = collision.first, collision.second, collision.kustomization
        related: list[tuple[object, str]] = [(first.node, "defined here")]
        value = owner.namespace_node
        moved = collision.second_use is None and second.generator is None and value is not None
        if moved and value is not None:
            related.append((value, "this gives both the same namespace"))
        return self.finding(
            f"{second.kind} `{second.names[-1]}` is defined twice in `{owner.shown}`",
            second.node,
            "the build fails: the same object again",
            related=related,  # type: ignore[arg-type]
            help=_advice(owner, second),
            subject=owner,
        )


def _advice(owner: Kustomization, second: Member) -> str:
    if second.generator is not None:
        return "rename one, or write `behavior: merge` or `behavior: replace`"
    return f"rename one of the two, or leave one out of `{owner.shown}`"
