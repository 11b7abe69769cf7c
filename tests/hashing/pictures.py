"""Harmless pictures made by whole-number arithmetic, so that Python and the browser tests draw the very same pixels."""

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


def draw(width: int, height: int, seed: int) -> Pixels:
    """`height` x `width` x 3 pixels: overlapping waves and blocks, different for each `seed`. See `pictures.js`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    return np.stack([_channel(x, y, width, height, seed * 3 + channel) for channel in range(3)], axis=-1)


def _channel(
    x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], width: int, height: int, seed: int
) -> npt.NDArray[np.uint8]:
    u, v = x * 1024 // width, y * 1024 // height
    wave = _triangle(u * (1 + seed % 5) + v * (2 + seed % 3)) + _triangle(
        u * (3 + seed % 7) - v * (1 + seed % 4) + 4096
    )
    block = ((u * (5 + seed % 6) // 1024 + v * (4 + seed % 5) // 1024 * 7 + seed) * 40503 >> 4) % 256
    grain = ((x * 374761393 + y * 668265263 + seed * 974634777) >> 7) % 24
    channel: Pixels = ((wave * 2 + block + grain * 4) // 6 % 256).astype(np.uint8)
    return channel


def _triangle(value: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0 to 255 and back in every 1024 steps."""
    height: npt.NDArray[np.int64] = np.abs(value % 1024 - 512) * 255 // 512
    return height
