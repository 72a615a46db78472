"""The hash by which contents are compared (floor 0)."""

from __future__ import annotations

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL first, which takes as long as checking a small file
except ImportError:
    from hashlib import blake2b

__all__ = ["blake2b"]
