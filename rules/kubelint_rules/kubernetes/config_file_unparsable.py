"""kubernetes/config-file-unparsable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.config_files import unparsable_files
from kubelint.systems.kubernetes.model import DataHolder


class ConfigFileUnparsable(Rule[DataHolder]):
    """A YAML, JSON or TOML file in a ConfigMap cannot be parsed.

    ## Why
    To Kubernetes the value is any text. The program that reads the file finds out when it starts, and often refuses to.

    ## Example
    ```yaml settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      settings.json: |
        {
          "level": "info",
          "cache": 64,
        }
    ```

    ## Stays silent when
    - the name does not end in `.yaml`, `.yml`, `.json` or `.toml`
    - it holds placeholders or marks of a template: something else reads it first
    - it is JSON with comments, or several values one behind the other
    - it stands in the `data` of a Secret, as base64

    ## Source
    Kubernetes documentation, "ConfigMaps"; YAML 1.2; RFC 8259; TOML 1.0.
    """

    severity = Severity.ERROR
    group = Group.SUSPICIOUS
    alone = True

    def check(self, subject: DataHolder, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each file that is not of the syntax that its name says."""
        del graph
        for found in unparsable_files(subject):
            yield self.finding(
                f"`{found.key.text}` is no {found.syntax}",
                found.span,
                found.reason,
                related=[(found.key, "the file")],
                help=f"mend it, or give it a name that does not end in `.{found.key.text.rpartition('.')[2]}`",
                subject=subject,
            )
