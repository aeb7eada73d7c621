"""Exports: a reel in the words of editors and players. Each module writes one format, as text."""
