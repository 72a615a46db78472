"""What reading a whole repository may cost: counted as it is read, and told where it ends (floor 2)."""

from __future__ import annotations

from kubelint.files import Limits
from kubelint.source import SourceFile, Span
from kubelint.tree.problem import BoundExceeded, Problem


class Budget:
    """Counts the files and characters of one look at a repository; ``problems`` is told where a bound is reached."""

    def __init__(self, limits: Limits, problems: list[Problem]) -> None:
        self._limits = limits
        self._problems = problems
        self._files = 0
        self._size = 0
        self._refused: set[str] = set()

    def spend(self, size: int) -> None:
        """Count a file of the repository and its characters."""
        self._files += 1
        self._size += size

    def is_spent(self, path: str, behind: int) -> bool:
        """Tell whether a file may no longer be read; then it is told, and that so many ``behind`` it are not either."""
        limits = self._limits
        if self._files >= limits.files:
            message, option = f"the repository has more than {limits.files} files", "files"
        elif self._size >= limits.total_size:
            message, option = f"the files of the repository have more than {limits.total_size} characters", "total-size"
        else:
            return False
        self._refuse(path, f"{message}: this file and {behind} more are not read" if behind else message, option)
        return True

    def admits(self, path: str, size: int) -> bool:
        """Count a file of any kind that something refers to; False where it may not be read, and then it is told."""
        limits = self._limits
        if size > limits.file_size:
            self._refuse(path, f"the file is larger than {limits.file_size} bytes and was not read", "file-size")
        elif self._size >= limits.total_size:
            message = f"the files of the repository have more than {limits.total_size} characters"
            self._refuse(path, f"{message}: this file is not read", "total-size")
        else:
            self._size += size
            return True
        return False

    def _refuse(self, path: str, message: str, option: str) -> None:
        if path not in self._refused:
            self._refused.add(path)
            help_text = f"raise `limits.{option}` in the configuration, or exclude what is not needed"
            self._problems.append(BoundExceeded(message, Span(SourceFile(path, ""), 0, 0), None, help_text))
