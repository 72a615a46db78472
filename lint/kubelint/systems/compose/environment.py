"""What Compose knows of the variables of a project.

The shell's environment, which nobody knows here, and the ``.env`` of the project's folder, never a service's
``env_file``. Other environment files beside it are what is copied to ``.env`` or given with ``--env-file``.
Source: "Interpolation" and "Set environment variables" of the documentation of Docker Compose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from kubelint.graph.absent import Mentions
from kubelint.paths import join
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.compose.interpolate import has_variables
from kubelint.tree.dotenv import Dotenv, DotenvEntry, read_dotenv

#: Set by shells, log-ins and Compose itself.
WELL_KNOWN = frozenset(
    {
        *("CI", "COLORTERM", "COMPUTERNAME", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "EUID", "GID", "GROUPS"),
        *("HOME", "HOMEDRIVE", "HOMEPATH", "HOST", "HOSTNAME", "HOSTTYPE", "LANG", "LOGNAME", "MACHTYPE"),
        *("OSTYPE", "PATH", "PPID", "PWD", "SHELL", "SSH_AUTH_SOCK", "TEMP", "TERM", "TMP", "TMPDIR", "TZ"),
        *("UID", "USER", "USERNAME", "USERPROFILE", "WAYLAND_DISPLAY", "XAUTHORITY", "APPDATA", "LOCALAPPDATA"),
        "PROGRAMDATA",
    }
)
_WELL_KNOWN_PREFIXES = (
    "BUILD_",
    "BUILDKITE_",
    "CIRCLE_",
    "CI_",
    "COMPOSE_",
    "DOCKER_",
    "DRONE_",
    "GITHUB_",
    "JENKINS_",
    "LC_",
    "TRAVIS_",
    "XDG_",
)

_ENVIRONMENT_FILE = re.compile(
    r"(?:\.env.*|.*\.env|env[._-](?:default|dist|example|sample|template)|\.?envrc.*)\Z", re.IGNORECASE
)


class Environment:
    """The variables of one project folder.

    ``files`` are those that Compose reads (``.env``, or what ``include`` names), ``documented`` the other environment
    files of the folder. ``outer`` is the environment of the project that includes this one, which goes first.
    """

    def __init__(
        self,
        directory: str,
        files: Iterable[Dotenv],
        documented: Iterable[Dotenv] = (),
        declared: Iterable[str] = (),
        outer: Environment | None = None,
        *,
        complete: bool = True,
    ) -> None:
        self.directory = directory
        self.files = tuple(files)
        self.documented = tuple(documented)
        self.declared = frozenset(declared)
        self.outer = outer
        self._complete = complete

    @cached_property
    def keys(self) -> Mapping[str, DotenvEntry]:
        """The variables that Compose reads from files."""
        found = {} if self.outer is None else dict(self.outer.keys)
        for file in self.files:
            for entry in file.entries:
                if self.outer is None or entry.key.text not in self.outer.keys:
                    found[entry.key.text] = entry
        return found

    @cached_property
    def examples(self) -> Mapping[str, DotenvEntry]:
        """The variables that the other environment files of the folder have."""
        found = {} if self.outer is None else dict(self.outer.examples)
        for file in self.documented:
            for entry in file.entries:
                found.setdefault(entry.key.text, entry)
        return found

    @cached_property
    def known(self) -> Mapping[str, DotenvEntry]:
        """The variables that any of these files has; what Compose reads goes first."""
        return {**self.examples, **self.keys}

    @cached_property
    def complete(self) -> bool:
        """Whether all the files that Compose reads could be read."""
        if self.outer is not None and not self.outer.complete:
            return False
        return self._complete and not any(file.problems or file.templated for file in self.files)

    @property
    def has_file(self) -> bool:
        """Whether the project has a file that Compose reads."""
        return bool(self.files) or (self.outer is not None and self.outer.has_file)

    def lookup(self, name: str) -> tuple[bool, str | None]:
        """Tell whether a variable is set, and its text where that is known."""
        entry = self.keys.get(name)
        if entry is not None:
            value = entry.value
            known = value is not None and (value.style == "'" or not has_variables(value.text))
            return True, value.text if known and value is not None else None
        return (True, None) if self.is_well_known(name) else (False, None)

    def is_set(self, name: str) -> bool:
        """Tell whether a variable is set by a file, by the configuration or by what Compose runs in."""
        return name in self.keys or self.is_well_known(name)

    def is_well_known(self, name: str) -> bool:
        """Tell whether a variable is set outside of all files."""
        return (
            name in self.declared
            or name in WELL_KNOWN
            or name.startswith(_WELL_KNOWN_PREFIXES)
            or (self.outer is not None and self.outer.is_well_known(name))
        )


class Environments:
    """Makes the environments of a repository, each folder's once."""

    def __init__(self, repository: Repository, declared: Iterable[str]) -> None:
        self.repository = repository
        self.declared = tuple(declared)
        self._folders: dict[str, Environment] = {}
        self._read: dict[str, Dotenv | None] = {}
        self._mentions = Mentions(repository)

    def of_folder(self, directory: str) -> Environment:
        """Return the environment of a project in a folder."""
        environment = self._folders.get(directory)
        if environment is None:
            default = self.read(join(directory, ".env"))
            others = [
                found
                for name in sorted(self.repository.names(directory))
                if _ENVIRONMENT_FILE.match(name) and name != ".env"
                if (found := self.read(join(directory, name))) is not None
            ]
            files = [] if default is None else [default]
            environment = self._folders[directory] = Environment(directory, files, others, self.declared)
        return environment

    def of_include(self, directory: str, paths: list[str] | None, outer: Environment) -> Environment:
        """Return the environment of an included project; ``paths`` are its ``env_file``, None where it names none."""
        own = self.of_folder(directory)
        if paths is None:
            files: list[Dotenv | None] = list(own.files)
        else:
            files = [self.read(path) for path in paths]
        known = [file for file in files if file is not None]
        return Environment(directory, known, own.documented, self.declared, outer, complete=len(known) == len(files))

    def read(self, path: str) -> Dotenv | None:
        """Return an environment file; None where it is not there."""
        if path not in self._read:
            source: SourceFile | None = self.repository.source(path)
            self._read[path] = None if source is None else read_dotenv(source)
        return self._read[path]

    def mentioned(self, directory: str, word: str) -> bool:
        """Tell whether a script, a makefile or a text for people, in a folder or at the root, has a word.

        Who is told there to make a file, or sets a variable there, has made no mistake.
        """
        return self._mentions.has(directory, word)
