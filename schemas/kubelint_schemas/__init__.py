"""Schemas and other facts of the supported systems, as data with a small loader."""
