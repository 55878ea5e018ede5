"""Draws the pictures of the sample data set "surface inspection": metal parts with and without a defect.

A picture is made the way a photo is: a part with a material and a height profile, a defect worked into it, a lamp that
shades it, and a camera with its vignette, blur and noise. Lengths are in units of the picture's short side, with the
origin in the middle, unless a name ends in `_px`; heights are in pixels; colours are RGB from 0 to 1.

All randomness comes from the generator that is passed in. The material and its colour follow the picture's index
alone, so that each class shows all of them equally often and colour does not tell the class.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

FloatArray = npt.NDArray[np.float32]
Color = tuple[float, float, float]

CLASS_NAMES = ("dent", "ok", "scratch", "stain")

_SIZES_PX = ((320, 240), (360, 270), (400, 300), (480, 360), (400, 320), (240, 320), (300, 400), (270, 360))
_DEFECT_REACH = 0.24  # a defect's middle stays this close to the picture's, so that a square centre crop still shows it


@dataclass(frozen=True, kw_only=True)
class _View:
    """What the camera sees: x right and y down in the picture, u and v along the part; `light` points to the lamp."""

    x: FloatArray
    y: FloatArray
    u: FloatArray
    v: FloatArray
    light: tuple[float, float, float]

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.x.shape
        return height, width

    @property
    def short_side_px(self) -> int:
        return min(self.shape)


@dataclass(kw_only=True)
class _Surface:
    """The part before it is lit; drawing a feature or a defect changes it."""

    albedo: FloatArray  # height, width, 3
    height_px: FloatArray  # height, width
    gloss: FloatArray  # height, width
    sharpness: float  # exponent of the highlight: the higher, the smaller and brighter
    depth: FloatArray  # height, width: distance to the part's border or next hole, negative outside


@dataclass(frozen=True, kw_only=True)
class _Material:
    palette: tuple[Color, ...]
    texture: Callable[[np.random.Generator, _View], tuple[FloatArray, FloatArray]]  # shade (about 1), height
    gloss: float
    sharpness: float
    bare: float  # grey value of what a deep scratch lays open


# --- noise ---


def _noise(rng: np.random.Generator, shape: tuple[int, int], cell_px: float, octaves: int = 1) -> FloatArray:
    """Smooth noise with about zero mean and unit deviation; `cell_px` is the size of its largest blobs."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cell = max(cell_px / 2**octave, 1.0)
        rows, columns = (math.ceil(side / cell) + 3 for side in shape)
        grid = Image.fromarray(rng.standard_normal((rows, columns), dtype=np.float32))
        box = (1.0, 1.0, 1.0 + shape[1] / cell, 1.0 + shape[0] / cell)
        total += np.asarray(grid.resize((shape[1], shape[0]), Image.Resampling.BICUBIC, box=box)) * 0.6**octave
    return total / np.float32(total.std() + 1e-6)


def _stretched_noise(rng: np.random.Generator, along: FloatArray, across: FloatArray) -> FloatArray:
    """Noise over warped coordinates, one grid cell a unit: streaks where `across` runs faster than `along`."""
    size = 256
    grid = rng.standard_normal((size, size), dtype=np.float32)
    column, row = np.floor(along), np.floor(across)
    dx, dy = along - column, across - row
    left, top = column.astype(np.int32) % size, row.astype(np.int32) % size
    right, bottom = (left + 1) % size, (top + 1) % size
    upper = grid[top, left] * (1 - dx) + grid[top, right] * dx
    lower = grid[bottom, left] * (1 - dx) + grid[bottom, right] * dx
    return np.asarray(upper * (1 - dy) + lower * dy, np.float32)


def _smoothstep(values: npt.NDArray[np.floating], low: float, high: float) -> FloatArray:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _from_8_bits(image: Image.Image) -> FloatArray:
    return np.asarray(image, np.float32) * np.float32(1 / 255)


def _blur(values: FloatArray, radius_px: float) -> FloatArray:
    """Gaussian blur of values from 0 to 1, at 8 bits."""
    image = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
    return _from_8_bits(image.filter(ImageFilter.GaussianBlur(radius_px)))


# --- materials ---


def _brushed(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    coarse = _stretched_noise(rng, view.u * 2.5, view.v * 90)
    fine = _stretched_noise(rng, view.u * 7, view.v * 260)
    # The lamp, mirrored in the grain.
    band = np.exp(-(((view.u - rng.uniform(-0.4, 0.4)) / rng.uniform(0.2, 0.5)) ** 2))
    return 1 + 0.045 * coarse + 0.05 * fine + rng.uniform(0.1, 0.35) * band, 0.05 * fine


def _turned(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    """Rings around the lathe's axis, with the two bright fans that such rings show."""
    du, dv = view.u - rng.uniform(-0.7, 0.7), view.v - rng.uniform(-0.7, 0.7)
    radius, angle = np.hypot(du, dv), np.arctan2(dv, du)
    rings = _stretched_noise(rng, 1.5 * np.cos(angle), radius * 110)
    groove = np.sin(radius * rng.uniform(180, 330))
    fan = np.abs(np.cos(angle - rng.uniform(0, math.pi))) ** rng.uniform(4, 14)
    return 0.92 + 0.05 * rings + 0.03 * groove + rng.uniform(0.15, 0.5) * fan, 0.06 * rings


def _milled(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    """The overlapping arcs an end mill leaves, one lane beside the other."""
    lane_width = rng.uniform(0.45, 0.8)
    lane = np.floor(view.v / lane_width)
    v = view.v - (lane + 0.5) * lane_width
    arc = view.u + np.sqrt(np.maximum((0.6 * lane_width) ** 2 - v * v, 0))
    pitch = rng.uniform(70, 140)
    marks = _stretched_noise(rng, v * 2 + lane * 17, arc * pitch * 1.3)
    feed = np.sin(arc * pitch * 2)
    lane_shade = 0.05 * np.sin(lane * 2.4 + rng.uniform(0, 6))
    return 1 + 0.035 * marks + 0.025 * feed + lane_shade, np.asarray(0.07 * marks + 0.03 * feed, np.float32)


def _cast(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    grain = view.short_side_px / rng.uniform(45, 80)
    bumps = _noise(rng, view.shape, grain, 3)
    patches = _noise(rng, view.shape, view.short_side_px * 0.3, 3)
    pits = _smoothstep(_noise(rng, view.shape, grain * 0.8), 1.6, 2.4)
    return 1 + 0.04 * bumps + 0.04 * patches - 0.15 * pits, 0.26 * bumps - 0.4 * pits


def _painted(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    peel = _noise(rng, view.shape, view.short_side_px / rng.uniform(28, 45), 2)
    uneven = _noise(rng, view.shape, view.short_side_px * 0.4, 2)
    return 1 + 0.025 * uneven + 0.01 * peel, rng.uniform(0.06, 0.18) * peel


def _anodised(rng: np.random.Generator, view: _View) -> tuple[FloatArray, FloatArray]:
    blasted = _noise(rng, view.shape, 2.2, 2)
    grain = _stretched_noise(rng, view.u * 3, view.v * 120)
    return 1 + 0.04 * blasted + 0.02 * grain, 0.08 * blasted


_STEEL: tuple[Color, ...] = (
    (0.58, 0.58, 0.58),
    (0.52, 0.55, 0.60),
    (0.62, 0.59, 0.54),
    (0.46, 0.47, 0.48),
    (0.66, 0.67, 0.69),
)
_MATERIALS = (
    _Material(palette=_STEEL, texture=_brushed, gloss=0.30, sharpness=14, bare=1.0),
    _Material(
        palette=((0.16, 0.32, 0.52), (0.62, 0.60, 0.52), (0.68, 0.30, 0.10), (0.16, 0.38, 0.26), (0.42, 0.44, 0.46)),
        texture=_painted,
        gloss=0.38,
        sharpness=45,
        bare=0.78,
    ),
    _Material(palette=_STEEL[::-1], texture=_turned, gloss=0.28, sharpness=18, bare=1.0),
    _Material(
        palette=((0.30, 0.30, 0.31), (0.38, 0.36, 0.33), (0.25, 0.26, 0.29), (0.45, 0.44, 0.42), (0.33, 0.29, 0.26)),
        texture=_cast,
        gloss=0.12,
        sharpness=8,
        bare=0.74,
    ),
    _Material(
        palette=((0.14, 0.14, 0.16), (0.55, 0.13, 0.12), (0.13, 0.22, 0.50), (0.62, 0.48, 0.20), (0.36, 0.24, 0.46)),
        texture=_anodised,
        gloss=0.28,
        sharpness=12,
        bare=0.8,
    ),
    _Material(
        palette=((0.60, 0.60, 0.61), (0.66, 0.54, 0.30), (0.52, 0.54, 0.58), (0.60, 0.42, 0.31), (0.64, 0.62, 0.56)),
        texture=_milled,
        gloss=0.28,
        sharpness=16,
        bare=1.0,
    ),
)


# --- the part ---


def _random_view(rng: np.random.Generator) -> _View:
    width, height = _SIZES_PX[rng.integers(len(_SIZES_PX))]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    short = min(width, height)
    x, y = (columns - width / 2) / short, (rows - height / 2) / short
    turn, zoom = rng.uniform(0, 2 * math.pi), rng.uniform(0.75, 1.3)
    u = zoom * (x * math.cos(turn) + y * math.sin(turn)) + rng.uniform(-0.2, 0.2)
    v = zoom * (y * math.cos(turn) - x * math.sin(turn)) + rng.uniform(-0.2, 0.2)
    azimuth, elevation = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(35, 60))
    flat = math.cos(elevation)
    light = (flat * math.cos(azimuth), flat * math.sin(azimuth), math.sin(elevation))
    return _View(x=x, y=y, u=u, v=v, light=light)


def _part_depth(rng: np.random.Generator, view: _View) -> FloatArray:
    """Distance to the part's outline, positive inside: it fills the frame, or shows an edge, a corner or a disc."""
    turn = rng.uniform(0, 2 * math.pi)
    across = view.x * math.cos(turn) + view.y * math.sin(turn)
    along = view.y * math.cos(turn) - view.x * math.sin(turn)
    outline = rng.choice(["full", "edge", "corner", "disc"], p=[0.6, 0.18, 0.11, 0.11])
    if outline == "full":
        return np.full(view.shape, 2.0, np.float32)
    if outline == "edge":
        return np.asarray(rng.uniform(0.25, 0.5) - across, np.float32)
    if outline == "corner":
        radius = rng.uniform(0.03, 0.2)
        a, b = across - rng.uniform(0.28, 0.5) + radius, along - rng.uniform(0.28, 0.5) + radius
        outside = np.hypot(np.maximum(a, 0), np.maximum(b, 0)) + np.minimum(np.maximum(a, b), 0)
        return np.asarray(radius - outside, np.float32)
    from_middle = np.hypot(view.x - rng.uniform(-0.25, 0.25), view.y - rng.uniform(-0.25, 0.25))
    return np.asarray(rng.uniform(0.5, 0.8) - from_middle, np.float32)


def _drill_holes(rng: np.random.Generator, view: _View, depth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Up to three bolt holes in a row near the frame's border; returns the depth with and the distance into them."""
    holes = np.full(view.shape, -2.0, np.float32)
    if rng.random() < 0.3:
        radius, turn = rng.uniform(0.04, 0.09), rng.uniform(0, 2 * math.pi)
        reach, spacing = rng.uniform(0.36, 0.46), rng.uniform(0.3, 0.5)
        for step in range(-1, int(rng.integers(0, 3))):
            x = reach * math.cos(turn) - step * spacing * math.sin(turn)
            y = reach * math.sin(turn) + step * spacing * math.cos(turn)
            holes = np.maximum(holes, radius - np.hypot(view.x - x, view.y - y))
    holes = np.minimum(holes, depth)  # no hole where there is no part
    return np.minimum(depth, -holes), holes


def _make_part(rng: np.random.Generator, view: _View, material: _Material, color: Color, depth: FloatArray) -> _Surface:
    shade, height_px = material.texture(rng, view)
    tint = np.asarray(color, np.float32) * np.float32(rng.uniform(0.88, 1.12))
    bevel_px = rng.uniform(2, 5)
    slope = np.clip(1 - depth * view.short_side_px / bevel_px, 0, 1)
    return _Surface(
        albedo=np.asarray(tint * shade[..., None], np.float32),
        height_px=np.asarray(height_px - 0.5 * bevel_px * slope**2, np.float32),
        gloss=np.asarray(material.gloss * rng.uniform(0.6, 1.2) * shade, np.float32),
        sharpness=material.sharpness,
        depth=depth,
    )


# --- what every class shows ---


def _add_dust(rng: np.random.Generator, view: _View, surface: _Surface) -> None:
    """Bright and dark specks and now and then a lint fibre, smaller and softer than a scratch."""
    specks = Image.new("L", (view.shape[1], view.shape[0]), 0)
    pen = ImageDraw.Draw(specks)
    for _ in range(int(rng.integers(2, 22))):
        x, y, radius = rng.uniform(0, view.shape[1]), rng.uniform(0, view.shape[0]), rng.uniform(0.3, 1.3)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(rng.integers(60, 220)))
    if rng.random() < 0.25:
        x, y, size = rng.uniform(0, view.shape[1]), rng.uniform(0, view.shape[0]), rng.uniform(12, 30)
        start = rng.uniform(0, 360)
        pen.arc((x, y, x + size, y + 0.7 * size), start, start + rng.uniform(60, 160), fill=150)
    mask = _blur(_from_8_bits(specks), 0.6)[..., None]
    value = np.float32(0.85 if rng.random() < 0.6 else 0.1)
    surface.albedo += mask * (value - surface.albedo) * np.float32(0.7)


def _add_tool_marks(rng: np.random.Generator, view: _View, surface: _Surface) -> None:
    """Faint parallel lines across the whole part, as a tool leaves them."""
    if rng.random() < 0.4:
        lines = np.sin(view.v * rng.uniform(25, 60) + rng.uniform(0, 6)) ** 2
        marks = _smoothstep(lines, 0.985, 1.0) * np.float32(rng.uniform(0.02, 0.06))
        surface.albedo *= (1 + rng.choice([-1, 1]) * marks)[..., None].astype(np.float32)


def _add_smudges(rng: np.random.Generator, view: _View, surface: _Surface) -> None:
    """Faint wide patches of handling and wear, too soft and too even in colour to be a stain."""
    if rng.random() < 0.6:
        patches = _smoothstep(_noise(rng, view.shape, view.short_side_px * rng.uniform(0.2, 0.5), 2), 0.3, 1.8)
        surface.albedo *= (1 + rng.uniform(-0.16, 0.14) * patches)[..., None]
        surface.gloss *= 1 - rng.uniform(0, 0.4) * patches


# --- defects ---


def _defect_spot(rng: np.random.Generator, view: _View, surface: _Surface) -> tuple[float, float]:
    """A point near the middle and well inside the part."""
    reach = _DEFECT_REACH
    tries = [(rng.uniform(-reach, reach), rng.uniform(-reach, reach)) for _ in range(12)]
    short, (height, width) = view.short_side_px, view.shape
    depths = [surface.depth[int(y * short + height / 2), int(x * short + width / 2)] for x, y in tries]
    for spot, depth in zip(tries, depths, strict=True):
        if depth > 0.12:
            return spot
    return tries[int(np.argmax(depths))]


def _scratch_path(rng: np.random.Generator, spot: tuple[float, float], heading: float) -> list[tuple[float, float]]:
    """A curve through `spot` whose bend changes a little on its way, as a slipping tool draws it."""
    length, steps = rng.uniform(0.5, 0.95), 40
    bend = rng.normal(0, 1.2) if rng.random() < 0.6 else 0.0
    turns = heading + bend * np.linspace(-0.5, 0.5, steps) + np.cumsum(rng.normal(0, 0.02, steps))
    x, y = np.cumsum(np.cos(turns)), np.cumsum(np.sin(turns))
    middle = steps // 2
    scale = length / steps
    return [
        (float(a), float(b))
        for a, b in zip(spot[0] + scale * (x - x[middle]), spot[1] + scale * (y - y[middle]), strict=True)
    ]


def _draw_scratch(rng: np.random.Generator, view: _View, path: list[tuple[float, float]]) -> FloatArray:
    """How deep the scratch is at each pixel, 0 to 1: tapered at its ends, with gaps where the tool jumped."""
    oversample, (height, width) = 3, view.shape
    canvas = Image.new("L", (width * oversample, height * oversample), 0)
    pen = ImageDraw.Draw(canvas)
    widest = rng.uniform(2.6, 4.0) * oversample * view.short_side_px / 300
    pressure = np.sin(np.linspace(0.15, math.pi - 0.1, len(path))) ** 0.6 * rng.uniform(0.75, 1.0, len(path))
    points = [
        ((x * view.short_side_px + width / 2) * oversample, (y * view.short_side_px + height / 2) * oversample)
        for x, y in path
    ]
    for start, end, press in zip(points[:-1], points[1:], pressure, strict=False):
        pen.line((start, end), fill=int(255 * press), width=max(1, round(widest * press)))
    line = _from_8_bits(canvas.reduce(oversample))
    return np.asarray(line * np.clip(0.85 + 0.35 * _noise(rng, view.shape, 14), 0.1, 1), np.float32)


def _add_scratches(rng: np.random.Generator, view: _View, surface: _Surface, bare: float) -> None:
    """One scratch, or several that mostly run the same way."""
    heading = rng.uniform(0, 2 * math.pi)
    spot = _defect_spot(rng, view, surface)
    visible_bright = float(surface.albedo.mean()) < 0.47
    bright = visible_bright and rng.random() < 0.7
    strength = rng.uniform(0.85, 1.0)
    groove = np.zeros(view.shape, np.float32)
    for _ in range(int(rng.choice([1, 2, 3, 5], p=[0.25, 0.3, 0.25, 0.2]))):
        path = _scratch_path(rng, spot, heading + rng.normal(0, 0.3))
        groove = np.maximum(groove, _draw_scratch(rng, view, path) * rng.uniform(0.7, 1.0))
        spot = (spot[0] + rng.normal(0, 0.09), spot[1] + rng.normal(0, 0.09))
    value = np.float32(bare if bright else 0.08)
    if bright:  # the burr on the side of the lamp throws a shadow, which shows the scratch on bright metal too
        away = tuple(-2 if toward > 0 else 2 for toward in (view.light[1], view.light[0]))
        shadow = np.roll(groove, away, axis=(0, 1)) * (1 - groove)
        surface.albedo *= (1 - np.float32(0.7) * shadow)[..., None]
    surface.albedo += strength * groove[..., None] * (value - surface.albedo)
    surface.height_px -= np.float32(rng.uniform(0.6, 1.6)) * groove


def _add_dents(rng: np.random.Generator, view: _View, surface: _Surface) -> None:
    """One to three shallow bowls with a soft raised rim; the lamp shades them later on."""
    x, y = _defect_spot(rng, view, surface)
    for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))):
        radius, squeeze, turn = rng.uniform(0.11, 0.22), rng.uniform(0.65, 1.0), rng.uniform(0, math.pi)
        dx, dy = view.x - x, view.y - y
        a = dx * math.cos(turn) + dy * math.sin(turn)
        b = (dy * math.cos(turn) - dx * math.sin(turn)) / squeeze
        wobble = 1 + 0.10 * _noise(rng, view.shape, view.short_side_px * radius)
        distance = np.hypot(a, b) / radius * wobble
        bowl = np.clip(1 - distance**2, 0, None) ** 2
        rim = np.exp(-(((distance - 1.05) / 0.22) ** 2))
        depth_px = rng.uniform(0.22, 0.42) * radius * view.short_side_px
        surface.height_px -= np.asarray(depth_px * (bowl - 0.12 * rim), np.float32)
        side = 1 if rng.random() < 0.5 else -1
        x, y = x + side * rng.uniform(0.16, 0.3), y + rng.uniform(-0.2, 0.2)


_STAIN_TINTS: tuple[Color, ...] = (
    (0.42, 0.30, 0.18),  # old oil
    (0.50, 0.24, 0.10),  # rust
    (0.10, 0.10, 0.11),  # grease
    (0.74, 0.75, 0.74),  # dried water
    (0.34, 0.40, 0.46),  # coolant
    (0.66, 0.58, 0.40),  # flux
)
_STAIN_CONTRAST = 0.25


def _blotch(rng: np.random.Generator, view: _View, spot: tuple[float, float], radius: float) -> FloatArray:
    """Positive inside an irregular patch, falling outwards; about 1 in its middle."""
    squeeze, turn = rng.uniform(0.6, 1.0), rng.uniform(0, math.pi)
    dx, dy = view.x - spot[0], view.y - spot[1]
    a = dx * math.cos(turn) + dy * math.sin(turn)
    b = (dy * math.cos(turn) - dx * math.sin(turn)) / squeeze
    field = 1 - np.hypot(a, b) / radius + 0.22 * _noise(rng, view.shape, view.short_side_px * radius, 4)
    return np.asarray(field, np.float32)


def _run_down(rng: np.random.Generator, view: _View, spot: tuple[float, float], radius: float) -> FloatArray:
    """A drop that ran down: positive inside a wavy streak that ends in a bead."""
    length, width = rng.uniform(0.15, 0.35), 0.35 * radius
    wave = 0.25 * width * _noise(rng, view.shape, view.short_side_px * 0.12)
    along = np.clip(view.y - spot[1], 0, length)
    swell = width * (0.55 + 0.45 * (along / length) ** 3)
    field = 1 - np.hypot(view.x - spot[0] + wave, view.y - spot[1] - along) / swell
    return np.asarray(field, np.float32)


def _stain_cover(rng: np.random.Generator, view: _View, spot: tuple[float, float]) -> FloatArray:
    """How much of the stain lies on each pixel, 0 to 1: a blotch, a dried ring, splashes or drips."""
    kind = rng.choice(["blotch", "ring", "splash", "drip"], p=[0.4, 0.2, 0.2, 0.2])
    radius = rng.uniform(0.16, 0.32)
    field = _blotch(rng, view, spot, radius)
    for _ in range({"splash": int(rng.integers(3, 7)), "drip": int(rng.integers(1, 4))}.get(str(kind), 0)):
        near = (spot[0] + rng.normal(0, 1.1 * radius), spot[1] + rng.normal(0, 1.1 * radius))
        if kind == "splash":
            field = np.maximum(field, _blotch(rng, view, near, radius * rng.uniform(0.15, 0.5)))
        else:
            field = np.maximum(field, _run_down(rng, view, (near[0], spot[1]), radius))
    cover = _smoothstep(field, 0.0, rng.uniform(0.15, 0.5))
    edge = np.exp(-(((field - 0.14) / 0.11) ** 2))  # where the last of it dried, it is thickest
    inside = 0.2 if kind == "ring" else rng.uniform(0.55, 0.9)
    mottled = 1 + 0.2 * _noise(rng, view.shape, view.short_side_px * 0.15, 4)
    return np.asarray(np.clip((inside * cover + (1 - inside) * edge) * mottled, 0, 1), np.float32)


def _stain_tint(rng: np.random.Generator, surface: _Surface) -> FloatArray:
    """The tint of some stain that can be told from the surface."""
    clean = surface.albedo.mean(axis=(0, 1))
    tints = np.asarray(_STAIN_TINTS, np.float32)
    visible = tints[np.abs(tints - clean).max(axis=1) > _STAIN_CONTRAST]
    return np.asarray(rng.choice(visible), np.float32)


def _add_stain(rng: np.random.Generator, view: _View, surface: _Surface) -> None:
    """A film that lets some of the surface through and changes its gloss."""
    cover = _stain_cover(rng, view, _defect_spot(rng, view, surface))
    tint = _stain_tint(rng, surface)
    opacity = np.float32(rng.uniform(0.55, 0.9))
    grain = surface.albedo / np.maximum(surface.albedo.mean(axis=(0, 1)), 0.05)
    surface.albedo += opacity * cover[..., None] * (tint * np.sqrt(grain) - surface.albedo)
    surface.gloss *= 1 + (rng.uniform(-0.7, 0.5) * cover).astype(np.float32)


def _add_defect(rng: np.random.Generator, view: _View, surface: _Surface, class_name: str, material: _Material) -> None:
    match class_name:
        case "dent":
            _add_dents(rng, view, surface)
        case "scratch":
            _add_scratches(rng, view, surface, material.bare)
        case "stain":
            _add_stain(rng, view, surface)
        case "ok":
            pass
        case _:
            raise ValueError(f"no drawing for class {class_name!r}")


# --- lamp and camera ---


def _shade(rng: np.random.Generator, view: _View, surface: _Surface) -> FloatArray:
    """Lambert light and a Blinn highlight from a lamp close enough to light one side of the part more."""
    down, right = np.gradient(surface.height_px)
    norm = 1 / np.sqrt(right**2 + down**2 + 1)
    lx, ly, lz = view.light
    diffuse = np.clip((lz - lx * right - ly * down) * norm, 0, None) / lz
    reach = rng.uniform(0.15, 0.5)
    falloff = 1 + reach * (lx * view.x + ly * view.y)
    # The half vector between lamp and camera, which tilts over the picture: where it is upright lies the highlight.
    tilt = rng.uniform(0.5, 1.0)
    hx, hy, hz = lx * 0.5 - tilt * view.x, ly * 0.5 - tilt * view.y, 0.5 * (1 + lz)
    facing = (hz - hx * right - hy * down) * norm / np.sqrt(hx**2 + hy**2 + hz**2)
    highlight = surface.gloss * np.clip(facing, 0, 1) ** surface.sharpness
    lit = surface.albedo * (0.32 + 0.68 * diffuse * falloff)[..., None]
    tint = 0.4 * surface.albedo / np.maximum(surface.albedo.max(axis=2, keepdims=True), 0.05) + 0.6
    return np.asarray(lit + highlight[..., None] * tint, np.float32)


def _cast_shadows(rng: np.random.Generator, view: _View, picture: FloatArray) -> FloatArray:
    """A soft shadow of something outside the frame, and a window's or tube's reflection, each in some pictures."""
    for low, high in ((-0.35, -0.15), (0.08, 0.25)):
        if rng.random() < 0.35:
            turn, soft = rng.uniform(0, 2 * math.pi), rng.uniform(0.05, 0.25)
            across = view.x * math.cos(turn) + view.y * math.sin(turn) - rng.uniform(-0.1, 0.45)
            width = rng.uniform(0.06, 0.5)
            band = _smoothstep(width - np.abs(across - width), -soft / 2, soft / 2)
            picture = picture * (1 + rng.uniform(low, high) * band)[..., None]
    return picture


_BACKGROUNDS: tuple[Color, ...] = ((0.07, 0.07, 0.08), (0.16, 0.17, 0.18), (0.12, 0.20, 0.17), (0.30, 0.27, 0.23))


def _background(rng: np.random.Generator, view: _View, depth: FloatArray, holes: FloatArray) -> FloatArray:
    """The bench, out of focus and with the part's shadow on it, and the dark inside of holes."""
    base = np.asarray(_BACKGROUNDS[rng.integers(len(_BACKGROUNDS))], np.float32)
    rough = 1 + 0.15 * _noise(rng, view.shape, view.short_side_px * 0.2, 3)
    lx, ly, _ = view.light
    shadow = 0.35 + 0.65 * _smoothstep(-depth + 0.03 * (lx * view.x + ly * view.y), 0.0, 0.12)
    bench = base * (rough * shadow)[..., None]
    # Light falls on the wall of a hole that faces the lamp.
    wall = np.clip(0.5 - 1.2 * (lx * view.x + ly * view.y), 0.1, 1) * np.exp(-np.maximum(holes, 0) * 60)
    inside = (0.03 + 0.18 * wall)[..., None]
    return np.asarray(np.where((holes > -0.01)[..., None], inside, bench), np.float32)


def _photograph(rng: np.random.Generator, view: _View, picture: FloatArray) -> Image.Image:
    """Exposure, white balance, vignette, film curve, blur and sensor noise."""
    radius2 = view.x**2 + view.y**2
    vignette = 1 - rng.uniform(0.2, 0.5) * radius2
    balance = np.asarray([rng.normal(1, 0.035), 1.0, rng.normal(1, 0.035)], np.float32)
    exposed = picture * vignette[..., None] * (balance * rng.uniform(0.95, 1.3))
    toned = 1 - np.exp(-1.75 * np.clip(exposed, 0, None) ** 1.15)
    image = Image.fromarray((np.clip(toned, 0, 1) * 255).astype(np.uint8))
    sharp = _from_8_bits(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.0))))
    height, width = view.shape
    grain = rng.standard_normal((height, width, 1), dtype=np.float32)
    speckle = rng.standard_normal((height, width, 3), dtype=np.float32)
    noise = rng.uniform(0.008, 0.024) * np.sqrt(0.25 + sharp) * (0.8 * grain + 0.5 * speckle)
    return Image.fromarray((np.clip(sharp + noise, 0, 1) * 255 + 0.5).astype(np.uint8))


def draw_surface(rng: np.random.Generator, class_name: str, index: int) -> Image.Image:
    """Draw one picture.

    Args:
        rng: Source of all randomness but material and colour.
        class_name: One of `CLASS_NAMES`.
        index: Number of the picture within its class; picks material and colour.

    Raises:
        ValueError: There is no such class.
    """
    material = _MATERIALS[index % len(_MATERIALS)]
    color = material.palette[index // len(_MATERIALS) % len(material.palette)]
    view = _random_view(rng)
    outline = _part_depth(rng, view)
    depth, holes = _drill_holes(rng, view, outline)
    surface = _make_part(rng, view, material, color, depth)
    for add in (_add_smudges, _add_tool_marks):
        add(rng, view, surface)
    # A stream of its own: pictures of one seed and index differ between the classes by the defect alone.
    _add_defect(rng.spawn(1)[0], view, surface, class_name, material)
    _add_dust(rng, view, surface)
    lit = _cast_shadows(rng, view, _shade(rng, view, surface))
    mask = np.clip(depth * view.short_side_px + 0.5, 0, 1)[..., None]
    picture = mask * lit + (1 - mask) * _background(rng, view, outline, holes)
    return _photograph(rng, view, picture)
