"""What the steps of a pipeline build, send to other machines and run there.

Followed are the ``commands`` of steps and the plugins ``plugins/docker`` and its relatives, ``appleboy/drone-scp`` and
``appleboy/drone-ssh``. Source: the documentation of these plugins.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.containers import Container, ImageBuild, ImageUse, PlacedFile, PortUse, is_known
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.systems.drone.deploy_commands import DeployTarget, deploy_targets, named_paths
from kubelint.systems.drone.docker_commands import Build, Run, build_of, removed_by, run_of
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.shell import Command, commands

COPYING = frozenset({"drone-scp"})
REMOTE = frozenset({"drone-ssh"})
BUILDING = frozenset({"plugins/docker", "plugins/ecr", "plugins/gcr", "plugins/gar", "plugins/acr", "plugins/heroku"})
WORKSPACE = "/drone/src"
#: Commands that make no file which somebody copies afterwards.
_IDLE = frozenset(
    {
        *("[", "cd", "docker", "docker-compose", "echo", "env", "export", "kubectl", "ls", "printf", "pwd", "set"),
        *("sleep", "test", "true"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class SentFiles:
    """What a step copies to another machine.

    ``produced`` tells that steps before it run commands, which may have made what it copies; ``moved`` that the paths
    are not kept (``strip_components``).
    """

    step: DroneStep
    target: Scalar | None
    sources: tuple[Scalar, ...]
    produced: bool
    moved: bool


@dataclass(frozen=True, slots=True, eq=False)
class PathUse:
    """A path that a command reads in ``folder`` of the workspace; ``produced`` as in :class:`SentFiles`."""

    node: Scalar
    folder: str
    command: str
    produced: bool


@dataclass(slots=True, eq=False)
class Script:
    """The commands of one step and where they run.

    ``remote`` tells that it is another machine. ``entered`` are the folders that it changes to; ``built``, ``runs`` and
    ``removed`` what it does with images and containers.
    """

    step: DroneStep
    remote: bool
    entered: list[Scalar] = field(default_factory=list)
    built: list[Scalar] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    removed: list[Scalar] = field(default_factory=list)
    builds: list[ImageBuild] = field(default_factory=list)
    sent: tuple[SentFiles, ...] = ()
    paths: list[PathUse] = field(default_factory=list)
    targets: list[DeployTarget] = field(default_factory=list)


def add_facts(graph: Graph, pipeline: DronePipeline) -> None:
    """Add what a pipeline builds, sends, runs and publishes, step by step."""
    _Follower(graph, pipeline).follow()


def plugin(step: DroneStep) -> str:
    """Return the image of a step without registry and tag: ``appleboy/drone-scp``; empty where it is not known."""
    image = step.image
    if image is None or not is_known(image.text):
        return ""
    name = image.text.partition("@")[0]
    if name.rfind(":") > name.rfind("/"):
        name = name.rpartition(":")[0]
    return "/".join(name.split("/")[-2:])


def texts(node: Node | None) -> tuple[Scalar, ...]:
    """Return the texts of a setting: a list, or one text that the plugin cuts at commas."""
    if isinstance(node, Sequence):
        return tuple(item for item in node.items() if isinstance(item, Scalar) and not item.is_null)
    if not isinstance(node, Scalar) or node.is_null:
        return ()
    found = []
    start = 0
    for piece in node.text.split(","):
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped)
            span = node.part(first, first + len(stripped))
            found.append(Scalar(node.source, span.start, span.end, stripped, ""))
        start += len(piece) + 1
    return tuple(found)


class _Follower:
    def __init__(self, graph: Graph, pipeline: DronePipeline) -> None:
        self.graph = graph
        self.pipeline = pipeline
        self.produced = False
        self.sent: list[SentFiles] = []
        self.builds: list[ImageBuild] = []

    def follow(self) -> None:
        """Go through the steps in their order."""
        for step in self.pipeline.containers:
            if step.image is not None and is_known(step.image.text):
                self.graph.add_subject(ImageUse(self.pipeline, step.image, str(step)))
        for step in self.pipeline.steps:
            name = plugin(step)
            if name.rpartition("/")[2] in COPYING:
                self._send(step)
            elif name.rpartition("/")[2] in REMOTE:
                self._script(step, texts_as_lines(step.node.at("settings", "script")), remote=True)
            elif name in BUILDING:
                self._plugin(step)
            elif step.commands:
                self._script(step, step.commands, remote=False)
            elif step.node.at("settings") is not None:
                self.produced = True  # a plugin may write into the workspace
        for sent in self.sent:
            self._sent_dockerfile(sent)

    def _sent_dockerfile(self, sent: SentFiles) -> None:
        """Take a Dockerfile that is sent for one that is built there, though no step of the pipeline does so."""
        for node in sent.sources:
            if (
                sent.moved
                or node.text.rpartition("/")[2] != "Dockerfile"
                or any(each.sent is not None for each in self.builds)
            ):
                continue
            path = join("", node.text)
            if self.graph.repository.is_file(path):
                context = path.rpartition("/")[0]
                place = f"whoever uses what {sent.step} sends"
                build = ImageBuild(self.pipeline, node, place, None, context, path, sent=sent.sources, produced=True)
                self._add_build(build)

    def _send(self, step: DroneStep) -> None:
        settings = step.node.at("settings")
        if settings is None:
            return
        target = settings.at("target")
        node = target.items()[0] if isinstance(target, Sequence) and target.items() else target
        moved = settings.scalar("strip_components") is not None
        found = SentFiles(
            step, node if isinstance(node, Scalar) else None, texts(settings.at("source")), self.produced, moved
        )
        self.sent.append(found)
        self.graph.add_subject(found)

    def _plugin(self, step: DroneStep) -> None:
        settings = step.node.at("settings")
        if not isinstance(settings, Mapping):
            return
        context, dockerfile = settings.scalar("context"), settings.scalar("dockerfile")
        path = "." if context is None else context.text
        file = "Dockerfile" if dockerfile is None else dockerfile.text
        if not is_known(path) or not is_known(file):
            return
        node = dockerfile or context or step.head
        arguments = tuple(
            (_piece(item, 0, len(item.text.partition("=")[0])), None) for item in texts(settings.at("build_args"))
        )
        # The plugin gives both to `docker build` in the workspace: the Dockerfile is not relative to the context.
        self._add_build(
            ImageBuild(
                self.pipeline,
                node,
                str(step),
                settings.scalar("repo"),
                join("", path),
                join("", file),
                settings.scalar("target"),
                arguments,
                produced=self.produced,
            )
        )

    def _add_build(self, build: ImageBuild) -> None:
        if build.context.startswith(("..", "/")) or build.dockerfile.startswith(("..", "/")):
            return
        self.builds.append(build)
        self.graph.add_subject(build)

    def _script(self, step: DroneStep, lines: list[Scalar], *, remote: bool) -> None:
        script = Script(step, remote, sent=tuple(self.sent))
        folder: str | None = None if remote else "."
        for line in lines:
            for command in commands(line):
                folder = self._command(script, command, folder)
        self.graph.add_subject(script)

    def _command(self, script: Script, command: Command, folder: str | None) -> str | None:
        """Note what one command does and return the folder behind it; None where that is not known."""
        if command.name == "cd":
            if len(command.words) != 2:
                return None
            node = command.words[1]
            script.entered.append(node)
            if not script.remote and node.text.startswith(WORKSPACE):
                return posixpath.normpath("." + node.text.removeprefix(WORKSPACE))
            if node.text.startswith("/"):
                return posixpath.normpath(node.text)
            return None if folder is None else posixpath.normpath(posixpath.join(folder, node.text))
        build, run = build_of(command), run_of(command)
        if build is not None:
            self._build(script, build, folder)
        elif run is not None:
            self._run(script, run)
        else:
            script.removed += removed_by(command)
            script.targets += deploy_targets(command)
            if folder is not None and not script.remote:
                script.paths += [PathUse(node, folder, said, self.produced) for node, said in named_paths(command)]
            if command.name not in _IDLE and not script.remote:
                self.produced = True
        return folder

    def _build(self, script: Script, build: Build, folder: str | None) -> None:
        names = build.options.all("-t", "--tag")
        script.built += names
        context, file = build.context, build.options.last("-f", "--file")
        if context is None or folder is None or not is_known(context.text) or (file and not is_known(file.text)):
            return
        place = posixpath.normpath(posixpath.join(folder, context.text))
        dockerfile = posixpath.normpath(
            posixpath.join(folder, file.text) if file else posixpath.join(place, "Dockerfile")
        )
        sent: tuple[Scalar, ...] | None = None
        if script.remote:
            found = self._sent_to(place)
            if found is None:
                return
            base, sources = found
            sent = sources
            place, dockerfile = posixpath.relpath(place, base), posixpath.relpath(dockerfile, base)
        arguments = tuple(
            (_piece(each, 0, len(each.text.partition("=")[0])), None) for each in build.options.all("--build-arg")
        )
        made = ImageBuild(
            self.pipeline,
            file or context,
            str(script.step),
            names[0] if names else None,
            join("", place),
            join("", dockerfile),
            build.options.last("--target"),
            arguments,
            sent,
            self.produced,
        )
        script.builds.append(made)
        self._add_build(made)

    def _sent_to(self, place: str) -> tuple[str, tuple[Scalar, ...]] | None:
        """Return the folder that copies have filled and a build is in, and all that was sent there."""
        sources: list[Scalar] = []
        base = None
        for each in self.sent:
            target = None if each.target is None else posixpath.normpath(each.target.text)
            if target is not None and (place == target or place.startswith(f"{target}/")):
                if each.moved:
                    return None
                base = target
                sources += each.sources
        return None if base is None else (base, tuple(sources))

    def _run(self, script: Script, run: Run) -> None:
        script.runs.append(run)
        build = next(
            (
                each
                for each in reversed(self.builds)
                if each.image is not None and same_image(each.image.text, run.image.text)
            ),
            None,
        )
        options = run.options
        if options.last("--network", "--net") is not None and options.last("--network", "--net").text == "host":  # type: ignore[union-attr]
            return
        mounts = tuple(
            PlacedFile(each, None, each.text.split(":")[1])
            for each in options.all("-v", "--volume")
            if ":" in each.text
        )
        hints = [each.text for each in options.all("-e", "--env")]
        if options.all("--env-file", "--mount", "--entrypoint"):
            hints.append("$")
        if not is_known(run.image.text):
            return
        place = f"`docker run` of {script.step}"
        container = Container(
            self.pipeline,
            self.pipeline.unit,
            place,
            (),
            None if build is not None else run.image,
            build,
            mounts,
            tuple(hints),
            own_command=run.own_command,
            open=True,
        )
        self.graph.add_subject(container)
        for node, number in run.ports():
            self.graph.add_subject(PortUse(node, number, place, container))


def same_image(one: str, other: str) -> bool:
    """Tell whether two references name the same image, a tag that is not written being ``latest``."""
    return _with_tag(one) == _with_tag(other)


def _with_tag(text: str) -> str:
    text = text.removeprefix("docker.io/").removeprefix("library/")
    return text if text.rfind(":") > text.rfind("/") or "@" in text else f"{text}:latest"


def _piece(node: Scalar, start: int, end: int) -> Scalar:
    span = node.part(start, end)
    return Scalar(node.source, span.start, span.end, node.text[start:end], "")


def texts_as_lines(node: Node | None) -> list[Scalar]:
    """Return the lines of a script: a list, or one text."""
    if isinstance(node, Scalar):
        return [] if node.is_null else [node]
    return [item for item in node.items() if isinstance(item, Scalar)] if node is not None else []


def scripts(graph: Graph) -> Iterator[Script]:
    """Yield the scripts of all pipelines."""
    yield from graph.subjects(Script)
