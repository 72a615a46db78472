"""kustomize/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Scalar
from kubelint_schemas.kustomize import API_VERSIONS


class WrongValue(Rule[Kustomization]):
    """A field of a kustomization has a value that kustomize refuses, or silently takes for another one.

    ## Why
    A wrong apiVersion or sort order ends the build. A misspelt `behavior` does not: kustomize takes every word that it
    does not know for `create`, and the ConfigMap that was to be merged is a new one.

    ## Example
    ```yaml kustomization.yaml
    configMapGenerator:
    - name: settings
      behavior: marge
      literals:
      - LOG_LEVEL=debug
    ```

    ## Stays silent when
    - the value is a placeholder that is only known later

    ## Source
    kustomize, the kustomization reference and `api/types`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that the schema does not allow."""
        del graph
        for error in subject.errors:
            if error.fault is Fault.WRONG_VALUE:
                yield self._finding(subject, error)

    def _finding(self, subject: Kustomization, error: SchemaError) -> Finding:
        candidates = error.candidates
        if error.path == ("apiVersion",):
            candidates = [API_VERSIONS["Component" if subject.component else "Kustomization"]]
        fix = None
        if len(candidates) == 1 and isinstance(error.node, Scalar) and error.node.span.text == error.node.text:
            title = f"replace `{error.node.text}` with `{candidates[0]}`"
            fix = Fix(title, (TextEdit(error.node.span, candidates[0]),), Safety.UNSAFE)
        return self.finding(
            _headline(subject, error),
            error.node,
            did_you_mean(candidates) or ("one too many" if _is_surplus(error) else f"this is {error.actual}"),
            help=f"write `{candidates[0]}`" if candidates else f"write {error.expected}",
            fix=fix,
            # This one alone is ignored instead of refused or misunderstood.
            severity=Severity.WARNING if error.path[0] == "buildMetadata" else None,
            subject=subject,
        )


def _is_surplus(error: SchemaError) -> bool:
    return error.actual.endswith(" together")


def _headline(subject: Kustomization, error: SchemaError) -> str:
    if error.path == ("apiVersion",):
        return f"the apiVersion of a {'Component' if subject.component else 'Kustomization'} is another one"
    if _is_surplus(error):
        return f"a patch has either `path` or `patch`, not {error.actual}"
    names = [step for step in error.path if isinstance(step, str)]
    name = names[-1] if names else "kustomization"
    if isinstance(error.node, Scalar) and len(error.node.text) <= _LONGEST:
        return f"`{name}` does not take `{error.node.text}`"
    return f"`{name}` must be {error.expected}"


_LONGEST = 40
