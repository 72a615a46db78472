"""drone/missing-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault
from kubelint.systems.drone.model import (
    DroneDocument,
    DronePipeline,
    DroneSecret,
    DroneSignature,
    DroneTemplate,
    has_slip,
)
from kubelint.tree.node import Mapping, Node, Scalar

_REFUSED = "the runner refuses the pipeline"
_THEN = {
    "secret": "steps that use it get nothing",
    "signature": "the server takes the file for unsigned",
    "template": "the server finds nothing to load",
}


class MissingField(Rule[DroneDocument]):
    """A document lacks a field without which the server or the runner cannot use it.

    ## Why
    A secret needs its `data` or the place in an external store, a signature its hash, a template its name. A pipeline
    of type `ssh`, `digitalocean` or `vm` needs to know where it runs. Without, the build fails before the first step,
    or the secret is empty.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: ssh
    name: deploy

    server:
      host: web.example.com
      user: deploy

    steps:
    - name: restart
      commands:
      - sudo systemctl restart web
    ```

    ## Stays silent when
    - a key beside it is a slip of the field: `drone/unknown-field` says so
    - the mapping that should hold it is a placeholder that is only known later

    ## Source
    Drone documentation, "Secrets", "Signatures", "Templates", "SSH Pipeline", "DigitalOcean Pipeline", "VM Pipeline";
    the linters of the runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that is needed and not there."""
        del graph
        if not isinstance(subject.root, Mapping):
            return
        if isinstance(subject, DroneSecret):
            yield from self._secret(subject)
        elif isinstance(subject, DroneSignature):
            what = "a signature without `hmac` protects nothing"
            yield from self._needed(subject, subject.root, ("hmac",), what, "run `drone sign --save`")
        elif isinstance(subject, DroneTemplate):
            what = "a template without `load` names no template"
            yield from self._needed(subject, subject.root, ("load",), what, "add `load:` with the template's file name")
        elif isinstance(subject, DronePipeline):
            yield from self._runner(subject)

    def _secret(self, subject: DroneSecret) -> Iterator[Finding]:
        get = subject.root.at("get")
        if isinstance(get, Mapping):
            what = "the place of an external secret has no `path`"
            yield from self._needed(subject, get, ("path",), what, "add `path:`")
        elif (get is None or not _opaque(get)) and not any(
            error.fault is Fault.UNKNOWN_FIELD and len(error.path) == 1 for error in subject.errors
        ):
            what = "a secret has neither `data` nor `get`, so it is empty"
            yield from self._needed(
                subject, subject.root, ("data", "get"), what, "add `data:` as `drone encrypt` prints it, or `get:`"
            )
        name = "a secret without `name` can be used by none"
        yield from self._needed(subject, subject.root, ("name",), name, "add `name:`")

    def _runner(self, subject: DronePipeline) -> Iterator[Finding]:
        root = subject.root
        if subject.runner == "ssh":
            server = root.at("server")
            if server is None or (isinstance(server, Scalar) and server.is_null):
                what = "an ssh pipeline has no `server`"
                yield from self._needed(
                    subject, root, ("server",), what, "add `server:` with `host`, `user` and `ssh_key`"
                )
            elif isinstance(server, Mapping):
                for fields in (("host",), ("user",), ("password", "ssh_key")):
                    names = " nor ".join(f"`{field}`" for field in fields)
                    what = f"`server` has {'neither ' if len(fields) > 1 else 'no '}{names}"
                    help_text = f"add `{fields[-1]}:`"
                    yield from self._needed(subject, server, fields, what, help_text, key=root.key("server"))
        elif subject.runner == "digitalocean":
            what = "a digitalocean pipeline has no `token`"
            yield from self._needed(subject, root, ("token",), what, "add `token:` with a `from_secret`")
        elif subject.runner == "vm":
            what = "a vm pipeline names no pool"
            help_text = "add `pool:` with `use:` and the name of a pool of the runner"
            pool = root.at("pool")
            if isinstance(pool, Mapping):
                yield from self._needed(subject, pool, ("use",), what, help_text, key=root.key("pool"))
            else:
                yield from self._needed(subject, root, ("pool",), what, help_text)

    def _needed(
        self,
        subject: DroneDocument,
        node: Node,
        fields: tuple[str, ...],
        headline: str,
        help_text: str,
        key: Node | None = None,
    ) -> Iterator[Finding]:
        """Yield a finding where a mapping has none of some fields."""
        for field in fields:
            value = node.at(field)
            if (value is not None and not (isinstance(value, Scalar) and value.is_null)) or has_slip(node, field):
                return
        entries = node.entries if isinstance(node, Mapping) else []
        if any(name.opaque for name, _ in entries):
            return
        written = next((found for field in fields if (found := node.key(field)) is not None), None)
        place = written or key or subject.name_node or subject.kind_node or node
        label = _REFUSED if isinstance(subject, DronePipeline) else _THEN.get(subject.kind, "")
        yield self.finding(headline, place, label, help=help_text, subject=subject)


def _opaque(node: Node) -> bool:
    return isinstance(node, Scalar) and node.opaque
