"""Ports: the narrow interfaces through which flows reach disk, HTTP and ffmpeg.

The flows (`execution`, `reel`) know these; the edges (`store`, `providers`, `media`) fulfil them;
`app` brings the two together. Nothing here has an effect.
"""
