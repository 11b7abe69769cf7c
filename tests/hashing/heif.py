"""HEIC pictures as phones write them: a grid of tiles of 512 x 512, each coded by itself."""

import struct
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

TILE = 512


def turned(quarters: int) -> bytes:
    """Give the property of a picture that is shown turned to the left."""
    return _box(b"irot", bytes([quarters]))


def mirrored(axis: int) -> bytes:
    """Give the property of a picture that is shown upside down (0), or left side right (1)."""
    return _box(b"imir", bytes([axis]))


def cut(width: int, height: int) -> bytes:
    """Give the property of a picture of which only the middle is shown."""
    return _box(b"clap", struct.pack(">8I", width, 1, height, 1, 0, 1, 0, 1))


def save_as_grid(picture: Image.Image, file: Path, *, quality: int = 80, shown: Sequence[bytes] = ()) -> None:
    """Write `picture` as a grid; the last tiles of a row or column are filled up, as a phone does.

    `shown` holds the properties that say how it is shown, in their order.
    """
    columns, rows = -(-picture.width // TILE), -(-picture.height // TILE)
    corners = [(column * TILE, row * TILE) for row in range(rows) for column in range(columns)]
    coded = [_coded(picture.crop((x, y, x + TILE, y + TILE)), quality) for x, y in corners]
    head = [_box(b"ftyp", b"heic", bytes(4), b"mif1heic")]
    shape = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, picture.width, picture.height)
    size = len(head[0]) + len(_meta(coded, shape, picture.size, shown, 0))
    tiles = [_found(each, b"mdat") for each in coded]
    file.write_bytes(b"".join([*head, _meta(coded, shape, picture.size, shown, size + 8), _box(b"mdat", *tiles)]))


def _coded(tile: Image.Image, quality: int) -> bytes:
    tile.info = {}  # an Exif item would lie in the same box as the coded tile
    content = BytesIO()
    tile.save(content, "heif", quality=quality)
    return content.getvalue()


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def _full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(name, struct.pack(">I", version << 24 | flags), *parts)


def _found(file: bytes, name: bytes) -> bytes:
    """What is in the only box of that name; boxes are looked for by name alone, which such a small file allows."""
    at = file.index(name)
    (size,) = struct.unpack(">I", file[at - 4 : at])
    return file[at + 4 : at - 4 + size]


def _meta(coded: list[bytes], shape: bytes, size: tuple[int, int], shown: Sequence[bytes], start: int) -> bytes:
    """The description: item 1 is the grid, and the tiles, hidden, are the items from 2 on."""
    items = range(2, len(coded) + 2)
    tiles = [_found(each, b"mdat") for each in coded]
    entries = [_full(b"infe", 2, 0, struct.pack(">HH4sB", 1, 0, b"grid", 0))]
    entries += [_full(b"infe", 2, 1, struct.pack(">HH4sB", item, 0, b"hvc1", 0)) for item in items]
    references = _box(b"dimg", struct.pack(">HH", 1, len(coded)), *(struct.pack(">H", item) for item in items))
    properties = [
        _box(b"hvcC", _found(coded[0], b"hvcC")),
        _full(b"ispe", 0, 0, struct.pack(">II", TILE, TILE)),
        _full(b"ispe", 0, 0, struct.pack(">II", *size)),
        _box(b"colr", _found(coded[0], b"colr")),
        *shown,
    ]
    whole = [3, 4, *(0x80 | number for number in range(5, len(properties) + 1))]
    owned = [
        struct.pack(">HB", 1, len(whole)) + bytes(whole),
        *(struct.pack(">HBBBB", item, 3, 0x81, 2, 4) for item in items),
    ]
    places = [struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(shape))]
    for item, tile in zip(items, tiles, strict=True):
        places.append(struct.pack(">HHHHII", item, 0, 0, 1, start, len(tile)))
        start += len(tile)
    return _full(
        b"meta",
        0,
        0,
        _full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
        _full(b"pitm", 0, 0, struct.pack(">H", 1)),
        _full(b"iinf", 0, 0, struct.pack(">H", len(entries)), *entries),
        _full(b"iref", 0, 0, references),
        _box(b"iprp", _box(b"ipco", *properties), _full(b"ipma", 0, 0, struct.pack(">I", len(owned)), *owned)),
        _full(b"iloc", 1, 0, b"\x44\x00", struct.pack(">H", len(places)), *places),
        _box(b"idat", shape),
    )
