"""Compile the nginx pack from the table of directives that crossplane carries (Apache-2.0).

::

    pip download --no-deps crossplane && unzip crossplane-*.whl -d DIR
    python schemas/compile/nginx.py DIR

It rewrites ``kubelint_schemas/nginx/directives.json``: for each directive the masks of nginx's own source
(``NGX_CONF_*`` for arguments, ``NGX_*_CONF`` for contexts), one directive a line.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

#: Directives that are newer than the table: flags (0x200) of `http` and `server` (nginx 1.25).
NEWER = {name: [0x200 | 0x02000000 | 0x04000000] for name in ("http2", "http3", "quic_retry")}
TARGET = Path(__file__).resolve().parent.parent / "kubelint_schemas" / "nginx" / "directives.json"


def main(folder: Path) -> None:
    """Rewrite the pack from an unpacked crossplane."""
    sys.path.insert(0, str(folder))
    table = NEWER | import_module("crossplane.analyzer").DIRECTIVES
    lines = [f"{json.dumps(name)}:{json.dumps(table[name], separators=(',', ':'))}" for name in sorted(table)]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii", newline="\n")
    sys.stdout.write(f"{len(lines)} directives\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
