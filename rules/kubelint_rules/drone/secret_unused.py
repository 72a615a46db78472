"""drone/secret-unused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import NameIndex
from kubelint.systems.drone.model import DronePipeline, DroneSecret, DroneTemplate
from kubelint.systems.drone.secrets import USES_SECRET

_WORD = re.compile(r"[A-Za-z0-9_.-]+")


class SecretUnused(Rule[DroneSecret]):
    """A secret that the file holds is used by no pipeline of the file.

    ## Why
    A secret that is not used is one more thing to leak and to renew, and often the sign of a name that was changed
    on one side only.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ---
    kind: secret
    name: npm_token
    get:
      path: ci/npm
      name: token
    ```

    ## Stays silent when
    - a part of the file could not be read, or the file uses a template
    - the name stands in another place of the file, be it below a key that is misspelt
    - a pipeline uses a name that is nearly the same: `drone/secret-near-miss` says so
    - the file has no pipeline at all

    ## Source
    Drone documentation, "Secrets": a secret of a file belongs to the pipelines of that file.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DroneSecret, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a secret that nothing refers to."""
        name = subject.name_node
        if name is None or name.opaque or not subject.kind_is_known:
            return
        use = graph.once(("use of secrets", id(subject.unit)), lambda: _use(subject.unit, subject.source.text, graph))
        if use is None or name.text in use.near or name.text.lower() in use.names or use.words[name.text] > 1:
            return
        yield self.finding(
            f"no pipeline of this file uses secret `{name.text}`",
            name,
            "declared and never used",
            help="use it with `from_secret`, or remove it",
            subject=subject,
        )


class _Use(NamedTuple):
    """What a file uses: names in lower case, declared names that a use nearly has, how often each word stands."""

    names: frozenset[str]
    near: frozenset[str]
    words: Counter[str]


def _use(unit: Unit, text: str, graph: Graph) -> _Use | None:
    """Return the use of secrets in a file; None where it is not known for certain."""
    pipelines = [item for item in unit.resources if isinstance(item, DronePipeline)]
    if not pipelines or unit.incomplete:
        return None
    if any(isinstance(item, DroneTemplate) or item.opaque for item in unit.resources):
        return None
    if not all(pipeline.names_are_known for pipeline in pipelines):
        return None
    references = [reference for pipeline in pipelines for reference in graph.outgoing(pipeline, USES_SECRET)]
    used = {reference.wanted.name for reference in references}
    declared = NameIndex(item.name for item in unit.resources if isinstance(item, DroneSecret))
    near = {other for name in sorted(used) for other in declared.nearest(name)}
    return _Use(frozenset(name.lower() for name in used), frozenset(near), Counter(_WORD.findall(text)))
