"""Rules on the files themselves, whatever system they belong to, and on kubelint's own directives."""
