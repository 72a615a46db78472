"""What is known of systemd's unit files: the letters of its specifiers (systemd.unit(5), "Specifiers")."""

from __future__ import annotations

#: What may follow a percent sign; another one doubles it.
SPECIFIERS = frozenset("aAbBcCdDEfgGhHiIjJlLmMnNopPqsStTuUvVwWyY")
