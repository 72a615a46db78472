"""Which files of the repository the commands of a deployment read.

Source: the references of ``kubectl apply``, ``kustomize build``, ``helm upgrade`` and ``docker compose``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.graph.containers import is_known
from kubelint.tree.node import Scalar
from kubelint.tree.shell import Command

_KINDS = {
    **dict.fromkeys(("deploy", "deployment", "deployments", "deployment.apps"), "Deployment"),
    **dict.fromkeys(("sts", "statefulset", "statefulsets", "statefulset.apps"), "StatefulSet"),
    **dict.fromkeys(("ds", "daemonset", "daemonsets", "daemonset.apps"), "DaemonSet"),
}
_READING_VERBS = frozenset({"apply", "create", "delete", "diff", "replace"})
_FILE_OPTIONS = frozenset({"-f", "--filename", "-k", "--kustomize"})
_VALUES = frozenset({"-f", "--values"})
_COMPOSE_OPTIONS = frozenset({"-f", "--file"})


def named_paths(command: Command) -> Iterator[tuple[Scalar, str]]:
    """Yield the paths that a command reads, each with the command in words; those that are not known left out."""
    words = [word.text for word in command.words]
    found: Iterator[Scalar]
    if command.name == "kubectl" and _READING_VERBS.intersection(words[1:]):
        found, said = _options(command, _FILE_OPTIONS), "kubectl"
    elif command.name == "kustomize" and words[1:2] == ["build"]:
        found, said = (word for word in command.words[2:3] if not word.text.startswith("-")), "kustomize build"
    elif command.name == "helm" and {"install", "upgrade", "template", "lint"}.intersection(words[1:2]):
        found, said = _options(command, _VALUES), "helm"
    elif command.name == "docker-compose" or words[:2] == ["docker", "compose"]:
        found, said = _options(command, _COMPOSE_OPTIONS), "docker compose"
    else:
        return
    for node in found:
        text = node.text
        outside = "://" in text or text.startswith(("/", "~", "-", "git@", "github.com/"))
        if text and is_known(text) and not outside and not any(mark in text for mark in "*?[,<("):
            yield node, said


def _options(command: Command, names: frozenset[str]) -> Iterator[Scalar]:
    words = command.words
    for position, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name not in names:
            continue
        if equals:
            yield _part(word, len(name) + 1, len(name) + 1 + len(value))
        elif position + 1 < len(words):
            yield words[position + 1]


@dataclass(frozen=True, slots=True, eq=False)
class DeployTarget:
    """A workload that ``kubectl set image`` or ``kubectl rollout`` names, and the containers that get images."""

    kind: str
    name: Scalar
    containers: tuple[Scalar, ...] = ()


def deploy_targets(command: Command) -> Iterator[DeployTarget]:
    """Yield the workloads that a command changes or waits for: ``deployment/web`` or ``deployment web``."""
    words = [word for word in command.words if not word.text.startswith("-")]
    verbs = [word.text for word in words]
    sets_image = ["set", "image"] in [verbs[start : start + 2] for start in range(len(verbs))]
    if command.name != "kubectl" or not (sets_image or "rollout" in verbs):
        return
    rest = words[verbs.index("set" if sets_image else "rollout") + 2 :]
    for position, word in enumerate(rest[:2]):
        kind, slash, name = word.text.partition("/")
        if kind.lower() not in _KINDS:
            continue
        if slash:
            node = _part(word, len(kind) + 1, len(word.text))
        elif position + 1 < len(rest):
            node, name = rest[position + 1], rest[position + 1].text
        else:
            return
        if not name or not is_known(name):
            return
        images = [each for each in rest if "=" in each.text] if sets_image else []
        containers = tuple(_part(each, 0, each.text.index("=")) for each in images)
        yield DeployTarget(_KINDS[kind.lower()], node, tuple(each for each in containers if each.text != "*"))
        return


def _part(word: Scalar, start: int, end: int) -> Scalar:
    span = word.part(start, end)
    return Scalar(word.source, span.start, span.end, word.text[start:end], "")
