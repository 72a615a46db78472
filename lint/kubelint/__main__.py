"""Makes ``python -m kubelint`` the same as ``kubelint``."""

import os
import sys

# ``python -m`` looks for modules in the current folder first, which is the repository under check: a ``yaml.py`` in it
# would be run. Only what Python itself starts with has been imported by now, and nothing more may be before this.
if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
    del sys.path[0]

from kubelint.cli import main

if __name__ == "__main__":
    main()
