"""Both services on loopback, and a folder of uploads that are remembered."""

from tests.emulator.fixtures import emulator, tiny_clip

__all__ = ["emulator", "tiny_clip"]
