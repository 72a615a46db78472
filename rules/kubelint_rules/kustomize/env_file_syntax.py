"""kustomize/env-file-syntax."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.generators import Generator
from kubelint.tree.node import Scalar
from kubelint.words import cut


class EnvFileSyntax(Rule[Generator]):
    """A value of an env file has quotes or a comment, which kustomize takes as part of the value.

    ## Why
    kustomize reads `envs` line by line: what follows the first `=` is the value, to the end of the line. Quotes are not
    taken off and a `#` behind a value begins no comment, as they do for shells and for other readers of such files. The
    container gets `"debug"` with its quotes, or `5432 # default`.

    ## Example
    ```yaml kustomization.yaml
    configMapGenerator:
    - name: settings
      envs:
      - settings.env
    ```
    ```ini settings.env
    LOG_LEVEL=debug
    DATABASE_PORT=5432 # the default
    ```

    ## Stays silent when
    - the `#` stands at the start of a line, or in the middle of a word
    - the value is JSON, or has quotes at one end only
    - the same value is a `literals` entry: there kustomize takes quotes off

    ## Source
    kustomize, `api/kv`: `keyValuesFromLine`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Generator, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value of an env file that is meant otherwise."""
        del graph
        name = "a generator" if subject.name is None else f"`{subject.name.text}`"
        for key, value in subject.values.items():
            if not isinstance(value, Scalar) or value.source is subject.node.source or value.opaque:
                continue
            text = value.text.strip()
            comment = text.find(" #")
            if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                what, part, advice = "its quotes", value.span, "leave the quotes out"
            elif comment >= 0 and text[:1] not in "\"'{[":
                start = value.text.find(" #") + 1
                what, part = "its comment", value.part(start, len(value.text))
                advice = "put the comment on a line of its own"
            else:
                continue
            yield self.finding(
                f"the value of `{cut(key)}` keeps {what}",
                part,
                f"part of the value in {name}",
                help=advice,
                note="kustomize takes the line as it stands behind `=`",
                subject=subject.kustomization,
            )
