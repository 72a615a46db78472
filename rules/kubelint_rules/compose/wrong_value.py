"""compose/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose.file import ComposeFile, dotted
from kubelint.systems.compose.variables import invalid_variables
from kubelint.tree.node import Scalar

_DURATIONS = frozenset(
    {"delay", "interval", "monitor", "start_interval", "start_period", "stop_grace_period", "timeout", "window"}
)


class WrongValue(Rule[ComposeFile]):
    """A value in a compose file is none that Compose takes there, so Compose refuses the file.

    ## Why
    Compose validates each file against the schema of the Compose Specification before it does anything, and before
    that it replaces variables: a `${` that is no variable stops it as well.

    ## Example
    ```yaml compose.yaml
    services:
      worker:
        image: ghcr.io/example/worker:1.4
        depends_on:
          queue:
            condition: service_helthy
      queue:
        image: rabbitmq:4
    ```

    ## Stays silent when
    - a variable is part of the value: what it will be is not known yet
    - `!reset` stands before it

    ## Source
    The JSON Schema of the Compose Specification, as compose-go has it; "Interpolation" of the Compose Specification.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeFile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that the schema refuses, and for each ``${`` that is no variable."""
        del graph
        for error in subject.schema_errors:
            if error.fault in (Fault.WRONG_TYPE, Fault.WRONG_VALUE):
                yield self._finding(error)
        for document in subject.documents:
            for span in invalid_variables(document.mapping):
                yield self.finding(
                    "Compose cannot replace this variable",
                    span,
                    "a name is letters, digits and `_`; behind it only `:-`, `-`, `:?`, `?`, `:+` or `+`",
                    help="write `$${` if the container is to see it as it stands",
                )

    def _finding(self, error: SchemaError) -> Finding:
        path = dotted(error.path)
        node = error.node
        headline = f"`{path}` must be {error.expected}" if path else f"the file must be {error.expected}"
        help_text = None
        fix = None
        if error.candidates:
            help_text = f"write `{error.candidates[0]}`"
        if error.expected.startswith("one of "):
            fields = [step for step in error.path if isinstance(step, str)]
            found = f"`{node.text}`" if isinstance(node, Scalar) else error.actual
            headline = f"`{fields[-1] if fields else error.name}` cannot be {found}"
            help_text = help_text or f"write {error.expected}"
        elif isinstance(node, Scalar) and node.plain and not node.is_null and error.expected == "a string":
            if error.name in _DURATIONS:
                help_text = f"write a duration with its unit: `{node.text}s`"
            else:
                help_text = f'quote it: `"{node.text}"`'
                fix = Fix("quote the value", (TextEdit(node.span, f'"{node.text}"'),), Safety.SAFE)
        return self.finding(
            headline,
            node.span.first_line(),
            did_you_mean(error.candidates) or f"this is {error.actual}",
            help=help_text,
            fix=fix,
        )
