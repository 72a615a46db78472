"""kustomize/merge-without-base."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kustomize.members import LoneMerge
from kubelint.tree.node import Node


class MergeWithoutBase(Rule[LoneMerge]):
    """A generator is to merge into an object, or to replace one, and there is none of its name.

    ## Why
    `behavior: merge` and `behavior: replace` need a ConfigMap or Secret of the same name that came in before. Without
    one the build fails with "does not exist; cannot merge or replace".

    ## Example
    ```yaml base/kustomization.yaml
    configMapGenerator:
    - name: settings
      literals:
      - LOG_LEVEL=info
    ```
    ```yaml overlay/kustomization.yaml
    resources:
    - ../base
    configMapGenerator:
    - name: setings
      behavior: merge
      literals:
      - LOG_LEVEL=debug
    ```

    ## Stays silent when
    - a base lies on another host or outside the repository, or a chart or a plugin may make the object
    - a component is not used in the repository: what it is applied to may have the object
    - the object had the name before a prefix, a suffix or a patch changed it

    ## Source
    kustomize, the kustomization reference: `behavior` of generators.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: LoneMerge, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a generator."""
        del graph
        generator = subject.generator
        name = generator.name
        if name is None:
            return
        known: dict[str, Node] = {member.names[0]: member.node for member in subject.others}
        near = nearest(name.text, known)
        merging = generator.behavior == "merge"
        fix = None
        if len(near) == 1 and name.span.text == name.text:
            edit = TextEdit(name.span, near[0])
            fix = Fix(f"replace `{name.text}` with `{near[0]}`", (edit,), Safety.UNSAFE)
        yield self.finding(
            f"there is no {generator.kind} `{name.text}` to {'merge into' if merging else 'replace'}",
            name,
            did_you_mean(near) or "nothing of this name came in before",
            related=[(known[each], f"the {generator.kind} that exists is called `{each}`") for each in near],
            help=f"write `{near[0]}`"
            if near
            else f"list the base that has it, or remove `behavior: {generator.behavior}`",
            fix=fix,
            subject=generator.kustomization,
        )
