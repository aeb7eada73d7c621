"""Mp4 files of our own: segments read, and a reel of them written, without a demuxer and a muxer in between.

Joining copies pictures that are encoded already. ffmpeg's concat demuxer opens every segment to find out
what we know, and its muxer writes a reel twice to have the index first: three times as long for 60 segments
as reading and writing the bytes. Source of the layout: ISO/IEC 14496-12, -14 and -15.
"""
