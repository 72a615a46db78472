"""The language server: the graph in the editor (floor 10).

:mod:`session` holds a repository with its unsaved buffers and what a check of it found; :mod:`lookup` says what stands
at a position; :mod:`answers` and :mod:`rename` answer requests as plain values. :mod:`app` is the server; :mod:`life`,
:mod:`navigation`, :mod:`outline` and :mod:`actions` take its requests, and :mod:`main` brings them together: these and
:mod:`convert` alone know the protocol.
"""
