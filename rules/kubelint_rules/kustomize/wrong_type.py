"""kustomize/wrong-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Scalar, Sequence


class WrongType(Rule[Kustomization]):
    """A field of a kustomization has a value of another type than kustomize wants, so the build fails.

    ## Why
    kustomize reads its own file as YAML 1.1, and converts nothing: `newTag: 1.20` is a number, `namespace: on` a
    boolean, and both end the build with "cannot unmarshal". A patch file is named by a mapping, `path:` and its name.

    ## Example
    ```yaml kustomization.yaml
    resources: []
    images:
    - name: web
      newTag: 1.20
    ```

    ## Stays silent when
    - the value is null, which every field takes
    - the value is a placeholder that is only known later

    ## Source
    kustomize, the kustomization reference; YAML 1.1 as read by sigs.k8s.io/yaml.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value of a wrong type."""
        del graph
        for error in subject.errors:
            if error.fault is Fault.WRONG_TYPE:
                advice, fix = _remedy(subject, error)
                yield self.finding(
                    f"{_what(error)} must be {error.expected}",
                    error.node,
                    f"this is {error.actual}",
                    help=advice,
                    fix=fix,
                    subject=subject,
                )


def _what(error: SchemaError) -> str:
    names = [step for step in error.path if isinstance(step, str)]
    if not names:
        return "a kustomization"
    return f"each item of `{names[-1]}`" if isinstance(error.path[-1], int) else f"`{names[-1]}`"


def _remedy(subject: Kustomization, error: SchemaError) -> tuple[str, Fix | None]:
    """Return what to write, and the edit where only one can be meant."""
    node, text = error.node, error.node.span.text
    if not isinstance(node, Scalar):
        return f"write {error.expected}", None
    if error.path[0] in ("patches", "patchesJson6902") and len(error.path) == 2:
        parent = subject.root.at(*error.path[:-1])
        braces = isinstance(parent, Sequence) and parent.flow
        entry = f"{{path: {text}}}" if braces else f"path: {text}"
        advice = f"name the file under `path`: `{entry if braces else '- ' + entry}`"
        return advice, Fix("name the file under `path`", (TextEdit(node.span, entry),), Safety.SAFE)
    if error.expected == "a string" and node.plain:
        return f'quote it: `"{text}"`', Fix("quote the value", (TextEdit(node.span, f'"{text}"'),), Safety.SAFE)
    bare = (error.expected == "a boolean" and node.text in ("true", "false")) or (
        error.expected == "an integer" and node.text.isdecimal()
    )
    if bare and not node.plain:
        return f"write `{node.text}` without quotes", Fix(
            "remove the quotes", (TextEdit(node.span, node.text),), Safety.SAFE
        )
    if error.expected == "a list" and "\n" not in text:
        return f"write it as the item of a list: `- {text}`", None
    return f"write {error.expected}", None
