"""The language server: the graph in the editor (floor 10).

:mod:`session` holds a repository with its unsaved buffers and what a check of it found; :mod:`lookup` says what stands
at a position; :mod:`answers` and :mod:`rename` answer requests as plain values; :mod:`convert` and :mod:`app` are the
only ones that know the protocol.
"""
