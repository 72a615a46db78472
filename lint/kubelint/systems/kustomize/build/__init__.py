"""The build of kustomize 5.5 inside the process, with every value traced to its source.

Objects are trees of :mod:`kubelint.tree.node` that share everything that nothing has changed. See :func:`build`.
"""
