"""A small studio that draws the sneaker: curves, a shoe, its materials, a camera and its light."""
