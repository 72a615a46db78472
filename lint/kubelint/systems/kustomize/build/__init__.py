"""The build of kustomize 5.5 inside the process, with every value traced to its source.

:func:`kubelint.systems.kustomize.build.door.build` is the door. Objects are trees of :mod:`kubelint.tree.node` that
share with the files everything that nothing has changed; what a transformer makes is a
:class:`~kubelint.tree.made.MadeScalar`. Nothing is fetched and no plugin is run: what only they could tell is opaque.
"""
