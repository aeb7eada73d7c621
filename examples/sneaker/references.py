"""Draws refs/front.png, refs/side.png and refs/three-quarter.png, the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from drawing import last
from drawing.shoe import patches
from drawing.studio import Camera, Light, Studio
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1280, 960)
REFS = Path(__file__).parent / "refs"
FROM_LEFT = Light(key=(-0.5, 0.8, 0.7), rim=(0.7, 0.6, -0.55))
FROM_RIGHT = Light(key=(0.45, 0.75, 0.75), rim=(-0.7, 0.6, -0.55))
VIEWS = {
    "side": (Camera(90, 5, (14.6, 0, 7.0), 35.0, (640, 490)), FROM_LEFT),
    "front": (Camera(0, 13, (22.0, 0, 7.4), 39.0, (640, 490)), FROM_LEFT),
    "three-quarter": (Camera(42, 20, (14.6, 0, 6.6), 38.0, (640, 505)), FROM_RIGHT),
}


def backdrop(camera: Camera) -> Image.Image:
    """A white sweep with the shoe's shadow and a breath of pink on the floor."""
    shade = Image.new("L", SIZE, 255)
    for spread, blur, depth in ((1.14, 46, 26), (1.0, 20, 40), (0.84, 9, 66)):
        layer = Image.new("L", SIZE, 0)
        ring = [last.outline(i / 180)[0] for i in range(180)]
        ground = [camera.project((13.5 + (x - 13.5) * spread, y * spread, 0.0))[:2] for x, y in ring]
        ImageDraw.Draw(layer).polygon(ground, fill=depth)
        layer = layer.filter(ImageFilter.GaussianBlur(blur))
        shade = ImageChops.multiply(shade, ImageChops.invert(layer))
    tinted = [shade.point(lambda v, f=f: round(255 - (255 - v) * f)) for f in (0.72, 1.0, 0.92)]
    return Image.merge("RGB", tinted)


def reduced(picture: Image.Image) -> Image.Image:
    """The picture in 256 dithered colours: half the bytes and no visible steps.

    Pillow looks colours up in steps of four, so its brightest is 252: tones are scaled to that and back.
    """
    scaled = picture.point(lambda v: round(v * 252 / 255))
    palette = scaled.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=3)
    white = palette.tobytes()[0]  # the corner shows the bare ground
    colours = palette.getpalette() or []
    colours[3 * white : 3 * white + 3] = [252, 252, 252]
    palette.putpalette(colours)
    small = scaled.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    small.putpalette([min(255, round(c * 255 / 252)) for c in colours])
    return small


def main() -> None:
    """Draw every view."""
    REFS.mkdir(exist_ok=True)
    studio = Studio(patches())
    for name, (camera, light) in VIEWS.items():
        picture = studio.photograph(backdrop(camera), camera, light)
        reduced(picture).save(REFS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
