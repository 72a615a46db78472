"""Makes ``python -m kubelint`` the same as ``kubelint``."""

from kubelint.cli import main

if __name__ == "__main__":
    main()
