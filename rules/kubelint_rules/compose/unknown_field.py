"""compose/unknown-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose.detect import v1_services
from kubelint.systems.compose.file import NAMED_SECTIONS, ComposeFile, dotted
from kubelint.tree.node import Mapping


class UnknownField(Rule[ComposeFile]):
    """A compose file has a key that Compose does not know, so Compose refuses the file.

    ## Why
    Compose validates each file against the schema of the Compose Specification before it does anything: a misspelt key,
    or one at the wrong level, stops all of the project.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        enviroment:
          TZ: Europe/Berlin
    ```

    ## Stays silent when
    - the key begins with `x-`
    - the key stands where names are free: services, labels, variables, driver options

    ## Source
    The JSON Schema of the Compose Specification, as compose-go has it.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeFile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key that the schema does not have, and one for services that stand at the top."""
        del graph
        outside = [key for document in subject.documents for key in v1_services(document.mapping)]
        if outside:
            yield self.finding(
                f"service `{outside[0].text}` stands outside of `services:`",
                outside[0],
                "Compose reads this as a key of the project, which it does not know",
                related=[(key, f"and so does `{key.text}`") for key in outside[1:4]],
                help="put all services under a top-level `services:`",
            )
        spans = {key.span.key for key in outside}
        for error in subject.schema_errors:
            if error.fault is Fault.UNKNOWN_FIELD and error.node.span.key not in spans:
                yield self._finding(subject, error)

    def _finding(self, subject: ComposeFile, error: SchemaError) -> Finding:
        holder = error.path[:-1]
        where = f"`{dotted(holder)}`" if holder else "a compose file"
        misplaced = _misplaced(subject, error)
        fix = None
        if misplaced is not None:
            label, help_text = misplaced
        elif error.candidates:
            label, help_text = did_you_mean(error.candidates), f"write `{error.candidates[0]}`"
            if len(error.candidates) == 1 and error.node.span.text == error.name:
                edit = TextEdit(error.node.span, error.candidates[0])
                fix = Fix(f"replace `{error.name}` with `{error.candidates[0]}`", (edit,), Safety.UNSAFE)
        else:
            label = "Compose refuses the file"
            shown = ", ".join(f"`{name}`" for name in error.allowed[:8])
            help_text = f"known keys are {shown}{' …' if len(error.allowed) > 8 else ''}" if shown else "remove it"
        service = f"service/{holder[1]}" if len(holder) > 1 and holder[0] == "services" else ""
        return self.finding(
            f"{where} has no key `{error.name}`", error.node, label, help=help_text, fix=fix, subject=service
        )


def _misplaced(subject: ComposeFile, error: SchemaError) -> tuple[str, str] | None:
    """Return label and help for a key that would be right one level up or down."""
    path = error.path
    if len(path) == 3 and path[0] == "services" and path[1] in NAMED_SECTIONS:
        return (
            f"`{path[1]}` is indented like a service, so this is read as one of its keys",
            f"move `{path[1]}:` to the left, to the level of `services:`",
        )
    if len(path) == 1 and any(_is_service_key(document.mapping, error) for document in subject.documents):
        return "this is a key of services, not of the project", "indent it under the service that it belongs to"
    return None


def _is_service_key(root: Mapping, error: SchemaError) -> bool:
    services = root.mapping("services")
    names = {"image", "build", "ports", "environment", "depends_on", "command", "restart", "env_file", "healthcheck"}
    return services is not None and error.name in names and not error.candidates
