"""compose/ambiguous-source."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeProject
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Mapping, Scalar

_SOURCES = {"secrets": ("file", "environment"), "configs": ("file", "environment", "content")}
#: What may stand beside ``external`` (``checkExternal`` of compose-go).
_BESIDE_EXTERNAL = frozenset({"external", "name"})
_DRIVERS = frozenset({"driver", "template_driver", "driver_opts"})


class AmbiguousSource(Rule[ComposeProject]):
    """A secret, config, volume or network does not say, or says twice, where it comes from.

    ## Why
    A secret or config has one source: a file, a variable, or a text. What is marked `external` exists already, so
    nothing else may be said of it. Compose refuses the project otherwise.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        secrets: [token]
    secrets:
      token:
        file: ./token.txt
        environment: API_TOKEN
    ```
    ```text token.txt
    not-a-secret
    ```

    ## Stays silent when
    - a key of the project is a near miss of one that says where things come from: then that slip is the finding
    - the file is an overlay: its base says more
    - a driver brings the secret
    - `external` is false, or holds a variable

    ## Source
    Compose Specification, the top-level "secrets", "configs", "volumes" and "networks"; ``loader`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each declaration without exactly one source."""
        del graph
        if subject.unit.incomplete:
            return
        for section in ("volumes", "networks", "secrets", "configs"):
            for key, value in subject.model.sections[section].values():
                if isinstance(value, Mapping):
                    yield from self._declaration(subject, section, key, value)

    def _declaration(self, subject: ComposeProject, section: str, key: Scalar, value: Mapping) -> Iterator[Finding]:
        noun = section[:-1]
        fields = {child.text: child for child, _ in value.pairs() if not child.text.startswith("x-")}
        external = value.get("external")
        if isinstance(external, Mapping) or (isinstance(external, Scalar) and external.value(GO_YAML_V3) is True):
            other = next((node for name, node in fields.items() if name not in _BESIDE_EXTERNAL), None)
            if other is not None:
                yield self.finding(
                    f"{noun} `{key.text}` is external, so `{other.text}` means nothing",
                    other,
                    "Compose refuses this beside `external`",
                    related=[(fields["external"], "it exists already")],
                    help=f"remove `{other.text}`, or `external`",
                    subject=subject,
                )
            return
        if external is not None and isinstance(external, Scalar) and "$" in external.text:
            return
        sources = [fields[name] for name in _SOURCES.get(section, ()) if name in fields]
        if section not in _SOURCES or _DRIVERS & fields.keys():
            return
        names = _SOURCES[section]
        shown = ", ".join(f"`{name}`" for name in names[:-1]) + f" or `{names[-1]}`"
        if not sources:
            yield self.finding(
                f"nothing says where the {noun} `{key.text}` comes from",
                key,
                f"one of {shown} is wanted",
                help="say where it comes from, or mark it `external: true`",
                subject=subject,
            )
        elif len(sources) > 1:
            yield self.finding(
                f"the {noun} `{key.text}` has two sources",
                sources[1],
                "Compose takes only one",
                related=[(sources[0], "the other one")],
                help="remove one of them",
                subject=subject,
            )
