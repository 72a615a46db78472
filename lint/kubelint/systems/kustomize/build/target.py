"""One kustomization after the other: the order of a build (``api/internal/target``).

Resources come first, then what configurations say, then generators, then components on what is there by then, then the
kustomization's own transformers. Only at the root names get the suffixes of contents, and references follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubelint.paths import normalise
from kubelint.source import SourceFile
from kubelint.systems.kustomize.build import generate, plugins
from kubelint.systems.kustomize.build.configuration import (
    EMPTY,
    Configuration,
    default,
    read_configuration,
    read_definitions,
)
from kubelint.systems.kustomize.build.edit import is_null
from kubelint.systems.kustomize.build.error import BuildError, Cause, ExhaustedError
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.loader import Loader, Opaque
from kubelint.systems.kustomize.build.manifests import check, objects
from kubelint.systems.kustomize.build.merge import MergeTypes
from kubelint.systems.kustomize.build.openapi import BUILT_IN_VERSION, built_in, read_schema
from kubelint.systems.kustomize.build.origin import Origin
from kubelint.systems.kustomize.build.patching import Unmatched
from kubelint.systems.kustomize.build.pipeline import Pipeline
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.variables import Variables
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar

MAX_DEPTH = 64
#: Characters that are put into objects as fast as one look is done.
_CHARACTERS_PER_LOOK = 500
#: What is copied is walked again and again by everything that follows.
_LOOKS_PER_COPY = 5
_HELM = ("helmCharts", "helmChartInflationGenerator")


class State:
    """What a build has accumulated so far."""

    def __init__(self) -> None:
        self.items = Collection()
        self.configuration: Configuration = EMPTY
        self.variables = Variables()

    def merge(self, other: State, place: Node) -> None:
        """Add what another kustomization has accumulated."""
        self.items.extend(other.items, place)
        self.configuration = self.configuration.merged(other.configuration, place)
        self.variables.merge(other.variables)


class Target:
    """Builds one root; what several kustomizations of it share is here."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.opaque: list[Opaque] = []
        self.types: MergeTypes = built_in()
        self.tracked = False
        self._schema_set = False
        self._stack: list[Kustomization] = []

    def _step(self, count: int, place: Node) -> None:
        """Count objects and kustomizations as they are put together: a base may be built on again and again."""
        self.loader.steps -= count
        if self.loader.steps < 0:
            raise ExhaustedError("the build takes too many steps: bases are built on again and again", place)

    def accumulate(self, kustomization: Kustomization, state: State, where: str) -> None:
        """Add what a kustomization builds; ``where`` is its folder from that of the root."""
        self._stack.append(kustomization)
        self._step(1, kustomization.node)
        root = kustomization.root
        for field in ("resources", "bases"):
            self._resources(kustomization, root.items_at(field), state, where)
        state.configuration = state.configuration.merged(self._configuration(kustomization))
        state.configuration = state.configuration.merged(self._definitions(kustomization))
        self._generate(kustomization, state, where)
        for node in root.items_at("components"):
            self._component(kustomization, node, state, where)
        self._transform(kustomization, state, where)
        state.variables.add(root.items_at("vars"), state.items)
        self._stack.pop()

    # -- what is listed --------------------------------------------------------------------------------------------

    def _resources(self, owner: Kustomization, nodes: list[Node], state: State, where: str) -> None:
        for node in nodes:
            if not isinstance(node, Scalar) or node.is_null:
                raise BuildError("an empty entry names nothing", node, cause=Cause.PATH)
            path = self.loader.path(owner, node, node.text)
            if path is None:
                self._unknown(f"`{node.text}` lies on another host and is not fetched", node)
            elif self.loader.files.is_file(path):
                stream = self.loader.yaml(owner, node)
                items = list(objects(stream, node))
                for item in items:
                    item.origin = Origin(path=normalise(f"{where}/{node.text}" if where else node.text))
                self._step(len(items), node)
                state.items.extend(items, node)
            elif self.loader.files.is_directory(path):
                inner = State()
                self._enter(node, path, inner, where, component=False)
                self._step(len(inner.items), node)
                state.merge(inner, node)
            else:
                raise self.loader.missing(node, path)

    def _component(self, owner: Kustomization, node: Node, state: State, where: str) -> None:
        if not isinstance(node, Scalar) or node.is_null:
            raise BuildError("an empty entry names nothing", node, cause=Cause.PATH)
        path = self.loader.path(owner, node, node.text)
        if path is None:
            self._unknown(f"the component `{node.text}` lies on another host and is not fetched", node)
        elif self.loader.files.is_directory(path):
            self._enter(node, path, state, where, component=True)
        elif self.loader.files.is_file(path):
            raise BuildError(f"`{node.text}` is a file, a component is a folder", node, cause=Cause.PATH)
        else:
            raise self.loader.missing(node, path)

    def _enter(self, node: Scalar, path: str, state: State, where: str, *, component: bool) -> None:
        folder = self.loader.files.real(path)
        if folder is None:
            raise BuildError(f"`{node.text}` leads out of {self.loader.files.root}", node, cause=Cause.PATH)
        for visited in self._stack:
            if not folder or visited.directory == folder or visited.directory.startswith(f"{folder}/"):
                related = (visited.node.span, "where the circle begins")
                raise BuildError(f"`{node.text}` leads back to `{visited.shown}`", node, related, cause=Cause.CYCLE)
        if len(self._stack) >= MAX_DEPTH:
            raise BuildError(f"kustomizations are nested deeper than {MAX_DEPTH} levels", node, cause=Cause.CYCLE)
        kustomization = self.loader.kustomization(folder, node.span)
        self.set_schema(kustomization)
        if kustomization.component != component:
            wanted, found = ("Component", "Kustomization") if component else ("Kustomization", "Component")
            raise BuildError(f"`{node.text}` is a {found}, a {wanted} is wanted here", node, cause=Cause.PATH)
        self.accumulate(kustomization, state, normalise(f"{where}/{node.text}" if where else node.text))

    def _unknown(self, what: str, node: Node) -> None:
        self.opaque.append(Opaque(what, node.span))

    # -- configurations --------------------------------------------------------------------------------------------

    def set_schema(self, kustomization: Kustomization) -> None:
        """Take the merge keys of ``openapi`` into use, where no kustomization has done so before."""
        node = kustomization.root.get("openapi")
        if node is None or self._schema_set:
            return
        version, path = node.scalar("version"), node.scalar("path")
        if path is not None:
            if version is not None:
                raise BuildError("a built-in version and a schema of one's own exclude each other", version)
            stream = self.loader.yaml(kustomization, path)
            root = next((document.root for document in stream.documents if document.root is not None), None)
            if root is None:
                raise BuildError(f"`{path.text}` holds no schema", path)
            self.types = read_schema(root.data(GO_YAML_V2))
            self._schema_set = True
        elif version is not None:
            if version.text != BUILT_IN_VERSION:
                raise BuildError(f"kustomize has the schema of {BUILT_IN_VERSION} only", version)
            self._schema_set = True

    def _configuration(self, owner: Kustomization) -> Configuration:
        result = default()
        for node, root in self._mappings(owner, "configurations"):
            result = result.merged(read_configuration(root), node)
        return result

    def _definitions(self, owner: Kustomization) -> Configuration:
        result = EMPTY
        for node, root in self._mappings(owner, "crds"):
            others = [value for _, value in root.pairs() if not isinstance(value, Mapping) and not is_null(value)]
            if others:
                related = (others[0].span, "no definition by the name of a type")
                if text(root.get("kind")) == "CustomResourceDefinition":
                    raise BuildError("`crds` takes OpenAPI definitions, no CustomResourceDefinition", node, related)
                raise BuildError("`crds` takes OpenAPI definitions", node, related)
            result = result.merged(read_definitions(root), node)
        return result

    def _mappings(self, owner: Kustomization, field: str) -> Iterator[tuple[Node, Mapping]]:
        for node in owner.root.items_at(field):
            if isinstance(node, Scalar):
                stream = self.loader.yaml(owner, node)
                check(stream, duplicates=False)
                for document in stream.documents[:1]:
                    if isinstance(document.root, Mapping):
                        yield node, document.root
                    elif document.root is not None and not is_null(document.root):
                        raise BuildError(
                            f"a file of `{field}` holds a mapping", document.root, (node.span, "named here")
                        )

    # -- generators ------------------------------------------------------------------------------------------------

    def _generate(self, owner: Kustomization, state: State, where: str) -> None:
        root = owner.root
        common = root.get("generatorOptions")

        def load(node: Scalar, name: str) -> tuple[SourceFile, bytes | None]:
            source = self.loader.source(owner, node, name)
            # A line of a few bytes puts a file of megabytes into an object, which is then hashed.
            self._look(len(source.text) // _CHARACTERS_PER_LOOK)
            return source, self.loader.files.binary(source.path)

        for field, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for entry in root.items_at(field):
                options = [node for node in (entry.get("options"), common) if node is not None]
                made = generate.generate(kind, entry, options, load)
                made.origin = self._by_plugin(owner, where, f"{kind}Generator")
                self._absorb(made, state)
        for field in _HELM:
            for entry in root.items_at(field):
                self._unknown("a Helm chart, which is not inflated", entry)
        for item in self._plugins(owner, "generators", where):
            if not plugins.is_built_in(item):
                self._unknown(f"the generator `{item.gvk.kind}` is a program and is not run", item.place)
                continue
            for made in plugins.generated(item, load):
                made.origin = _configured(item)
                self._absorb(made, state)

    def _absorb(self, made: Rendered, state: State) -> None:
        if not state.items.absorb(made) and not self.opaque:
            message = f"there is no {made.identity} to {made.behavior} this into"
            raise BuildError(message, made.place, cause=Cause.MERGE)

    def _plugins(self, owner: Kustomization, field: str, where: str) -> list[Rendered]:
        """Return the objects that configure plugins: those that are written out first, then those of files."""
        state = State()
        paths: list[Node] = []
        for node in owner.root.items_at(field):
            if not isinstance(node, Scalar):
                continue
            inline = _inline(node)
            if inline is None:
                paths.append(node)
                continue
            for item in inline:
                item.origin = Origin(path=normalise(f"{where}/{owner.source.name}" if where else owner.source.name))
            state.items.extend(inline, node)
        self._resources(owner, paths, state, where)
        return state.items.items

    # -- transformers ----------------------------------------------------------------------------------------------

    def _transform(self, owner: Kustomization, state: State, where: str) -> None:
        pipeline = Pipeline(self.loader, owner, state.configuration)
        affixes = sum(len(text(owner.root.get(name))) for name in ("namePrefix", "nameSuffix"))
        self._look(10 * affixes * len(state.items.items) // _CHARACTERS_PER_LOOK)
        for step in pipeline.steps():
            self._run(step.apply, state)
            self._note(state, self._by_plugin(owner, where, step.kind))
        for item in self._plugins(owner, "transformers", where):
            if not plugins.is_built_in(item):
                self._unknown(f"the transformer `{item.gvk.kind}` is a program and is not run", item.place)
                continue
            for step in pipeline.plugin(item):
                self._run(step.apply, state)
            self._note(state, _configured(item))

    def _look(self, count: int) -> None:
        """Count looks at objects, or as much work; raises ExhaustedError where there are too many."""
        self.loader.looks -= count
        if self.loader.looks < 0:
            message = "the build takes too many steps: many transformers look at many objects each"
            raise ExhaustedError(message, self._stack[-1].node)

    def _run(self, apply: Callable[[Collection, MergeTypes], object], state: State) -> None:
        watch = self.loader.watch
        self._look(len(state.items.items))
        if watch is not None:
            watch.open = bool(self.opaque)
        copied = sum(item.copied for item in state.items)
        try:
            apply(state.items, self.types)
        except ExhaustedError:
            raise
        except Unmatched as error:
            if watch is not None and error.idle is not None:
                watch.note(error.idle)
            elif not self.opaque:
                if watch is None:
                    raise error.error from None
                watch.refuse(error.error)
        except BuildError as error:
            if watch is None:
                raise
            if not watch.open:  # what is not known may have brought what is missing
                watch.refuse(error)
        self._look(_LOOKS_PER_COPY * max(0, sum(item.copied for item in state.items) - copied))
        state.items.items = [item for item in state.items if len(item.root)]

    def _note(self, state: State, origin: Origin) -> None:
        if self.tracked:
            for item in state.items:
                if item.origin is None:
                    item.origin = origin
                else:
                    item.transformations.append(origin)

    @staticmethod
    def _by_plugin(owner: Kustomization, where: str, kind: str) -> Origin:
        name = owner.source.name
        return Origin(configured_in=normalise(f"{where}/{name}" if where else name), api_version="builtin", kind=kind)


def _configured(item: Rendered) -> Origin:
    """Return the origin of what a plugin makes: the object that configures it."""
    path = "" if item.origin is None else item.origin.path
    return Origin("", path, item.gvk.api_version, item.gvk.kind, item.name, item.namespace)


def _inline(node: Scalar) -> list[Rendered] | None:
    """Return the objects that an entry writes out; None where it is a path."""
    if ":" not in node.text and "{" not in node.text:
        return None
    try:
        return list(objects(Loader.embedded(node), node))
    except BuildError:
        return None
