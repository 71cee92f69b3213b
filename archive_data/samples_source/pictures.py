"""Draws the pictures of the archives: plain colored scenes of 320 x 240 pixels, each slightly different."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from .dice import Dice
from .jpeg import jpeg
from .mp4 import mp4
from .png import png

WIDTH, HEIGHT = 320, 240
Pixel = tuple[int, int, int]

SKY: tuple[Pixel, ...] = ((150, 196, 232), (186, 210, 226), (236, 196, 150), (120, 160, 210), (206, 214, 220))
WHITE, GREY, DARK, BROWN = (240, 240, 236), (140, 140, 144), (52, 54, 60), (120, 86, 56)
RED, ORANGE, YELLOW, GREEN, BLUE = (190, 60, 52), (226, 130, 50), (240, 206, 80), (92, 142, 76), (60, 110, 170)


class Canvas:
    """Rows of pixels on which rectangles and discs are drawn."""

    def __init__(self, color: Pixel) -> None:
        self.rows = [[color] * WIDTH for _ in range(HEIGHT)]

    def box(self, left: int, top: int, right: int, bottom: int, color: Pixel) -> None:
        """Fill a rectangle, clipped to the picture."""
        left, right = max(left, 0), min(right, WIDTH)
        for y in range(max(top, 0), min(bottom, HEIGHT)):
            self.rows[y][left:right] = [color] * max(right - left, 0)

    def disc(self, x: int, y: int, radius: int, color: Pixel) -> None:
        """Fill a disc."""
        for step in range(-radius, radius + 1):
            half = _root(radius * radius - step * step)
            self.box(x - half, y + step, x + half + 1, y + step + 1, color)

    def slope(self, left: int, top: int, right: int, bottom: int, color: Pixel) -> None:
        """Fill a triangle with its top in the middle, such as a roof or hill."""
        for y in range(top, bottom):
            half = (right - left) * (y - top) // (2 * max(bottom - top, 1))
            middle = (left + right) // 2
            self.box(middle - half, y, middle + half + 1, y + 1, color)


VARIANTS = 5


def photo(scene: str, key: str) -> bytes:
    """Return a JPEG of a scene; the key selects its variant. The same key gives the same picture on every platform."""
    return _photo(scene, _variant(key))


def drawing(scene: str, key: str) -> bytes:
    """Return a PNG of a scene; the key selects its variant."""
    return _drawing(scene, _variant(key))


def film(key: str) -> bytes:
    """Return an MP4 of three seconds: a bar moves through the picture."""
    dice = Dice("film " + key)
    ground = (dice.number(40, 110), dice.number(90, 160), dice.number(90, 160))
    bar = (dice.number(150, 220), dice.number(90, 160), dice.number(90, 160))
    return mp4([[[bar if column == frame else ground for column in range(6)] for _ in range(4)] for frame in range(6)])


def _variant(key: str) -> int:
    return Dice("variant " + key).number(1, VARIANTS)


@cache
def _photo(scene: str, variant: int) -> bytes:
    return jpeg(WIDTH, HEIGHT, _drawn(scene, variant).rows)


@cache
def _drawing(scene: str, variant: int) -> bytes:
    return png(WIDTH, HEIGHT, _drawn(scene, variant).rows)


def _drawn(scene: str, variant: int) -> Canvas:
    dice = Dice(f"picture {scene} {variant}")
    canvas = Canvas(dice.pick(SKY))
    _SCENES.get(scene, _hall)(canvas, dice)
    return canvas


def _root(value: int) -> int:
    guess = 0
    while (guess + 1) * (guess + 1) <= value:
        guess += 1
    return guess


def _road(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 110, WIDTH, HEIGHT, GREEN)
    canvas.box(0, 140, WIDTH, 215, DARK)
    for left in range(dice.number(0, 30), WIDTH, 48):
        canvas.box(left, 175, left + 26, 180, YELLOW)
    for number in range(dice.number(2, 6)):
        left = 40 + 44 * number + dice.number(0, 12)
        canvas.slope(left, 118, left + 22, 150, ORANGE)
        canvas.box(left + 5, 134, left + 17, 139, WHITE)


def _snow(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 150, WIDTH, HEIGHT, WHITE)
    left = dice.number(40, 150)
    canvas.box(left, 108, left + 110, 156, ORANGE)
    canvas.box(left + 74, 84, left + 110, 110, ORANGE)
    canvas.box(left + 80, 90, left + 104, 108, BLUE)
    canvas.disc(left + 24, 158, 14, DARK)
    canvas.disc(left + 88, 158, 14, DARK)
    canvas.slope(left + 100, 120, left + 150, 172, GREY)
    for _ in range(60):
        canvas.disc(dice.number(0, WIDTH), dice.number(0, 150), 1, WHITE)


def _truck(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 170, WIDTH, HEIGHT, GREY)
    left = dice.number(20, 120)
    canvas.box(left, 90, left + 120, 165, dice.pick((GREEN, BLUE, RED)))
    canvas.box(left + 122, 112, left + 166, 165, WHITE)
    canvas.box(left + 130, 118, left + 158, 138, BLUE)
    for wheel in (24, 90, 146):
        canvas.disc(left + wheel, 168, 15, DARK)


def _pipe(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 90, WIDTH, HEIGHT, BROWN)
    canvas.box(0, 96, WIDTH, 104, GREEN)
    top = dice.number(135, 165)
    canvas.box(0, top, WIDTH, top + 44, GREY)
    canvas.box(150, top - 8, 172, top + 52, DARK)
    left = dice.number(60, 240)
    for number in range(7):
        canvas.disc(left + 6 * number - 18, top - 6 * (3 - abs(3 - number)), 7, BLUE)


def _chart(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 0, WIDTH, HEIGHT, WHITE)
    canvas.box(30, 20, 33, 210, DARK)
    canvas.box(30, 207, 300, 210, DARK)
    for number in range(8):
        height = dice.number(30, 165)
        canvas.box(46 + 31 * number, 207 - height, 66 + 31 * number, 207, (BLUE, GREEN, ORANGE, RED)[number % 4])


def _park(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 140, WIDTH, HEIGHT, GREEN)
    for _ in range(dice.number(3, 6)):
        x, y = dice.number(20, 300), dice.number(90, 130)
        canvas.box(x - 5, y, x + 5, y + 60, BROWN)
        canvas.disc(x, y - 12, dice.number(20, 34), dice.pick((GREEN, (60, 110, 60), (130, 160, 70), ORANGE)))
    canvas.box(120, 190, 200, 198, BROWN)


def _pool(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 90, WIDTH, HEIGHT, (214, 204, 180))
    canvas.box(30, 120, 290, 215, (90, 180, 210))
    for lane in range(140, 215, 22):
        canvas.box(30, lane, 290, lane + 2, WHITE)
    for _ in range(dice.number(3, 8)):
        canvas.disc(dice.number(45, 275), dice.number(130, 205), 6, dice.pick((RED, YELLOW, BROWN)))


def _festival(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 180, WIDTH, HEIGHT, GREEN)
    for number in range(4):
        left, color = 12 + 78 * number, dice.pick((RED, BLUE, YELLOW, ORANGE))
        canvas.slope(left, 96, left + 66, 136, color)
        canvas.box(left + 6, 136, left + 60, 184, WHITE)
        canvas.box(left + 22, 150, left + 44, 184, color)
    for left in range(0, WIDTH, 20):
        canvas.slope(left, 40, left + 14, 58, dice.pick((RED, YELLOW, GREEN, BLUE)))


def _hall(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 190, WIDTH, HEIGHT, GREEN)
    canvas.box(70, 110, 250, 192, (200, 186, 160))
    canvas.slope(60, 62, 260, 110, dice.pick((BROWN, GREY, RED)))
    for left in range(84, 240, 26):
        canvas.box(left, 118, left + 10, 186, WHITE)
    canvas.box(148, 146, 172, 192, DARK)


def _fire(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 175, WIDTH, HEIGHT, GREY)
    left = dice.number(20, 90)
    canvas.box(left, 105, left + 190, 168, RED)
    canvas.box(left + 140, 112, left + 182, 136, BLUE)
    canvas.box(left + 6, 94, left + 130, 101, WHITE)
    canvas.box(left, 140, left + 190, 146, YELLOW)
    for wheel in (32, 88, 156):
        canvas.disc(left + wheel, 170, 16, DARK)


def _police(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 165, WIDTH, HEIGHT, DARK)
    left = dice.number(40, 120)
    canvas.box(left, 125, left + 160, 165, (40, 60, 110))
    canvas.slope(left + 20, 92, left + 140, 128, (40, 60, 110))
    canvas.box(left + 68, 84, left + 80, 92, RED)
    canvas.box(left + 80, 84, left + 92, 92, BLUE)
    canvas.box(left + 60, 132, left + 100, 152, WHITE)
    canvas.disc(left + 32, 166, 15, GREY)
    canvas.disc(left + 128, 166, 15, GREY)


def _flood(canvas: Canvas, dice: Dice) -> None:
    canvas.slope(190, 92, 300, 130, BROWN)
    canvas.box(200, 130, 290, 190, WHITE)
    canvas.box(232, 144, 254, 166, DARK)
    level = dice.number(150, 172)
    canvas.box(0, level, WIDTH, HEIGHT, (128, 108, 80))
    for y in range(level + 8, HEIGHT, 14):
        canvas.box(dice.number(0, 60), y, dice.number(120, 300), y + 3, (154, 134, 104))
    canvas.box(70, level - 60, 76, level + 20, GREY)
    canvas.box(48, level - 74, 98, level - 44, YELLOW)


def _boat(canvas: Canvas, dice: Dice) -> None:
    _flood(canvas, dice)
    canvas.slope(90, 180, 210, 181, ORANGE)
    canvas.box(100, 180, 200, 198, ORANGE)
    for x in range(116, 196, 26):
        canvas.disc(x, 166, 8, BROWN)
        canvas.box(x - 8, 174, x + 8, 182, RED)


def _eclipse(canvas: Canvas, dice: Dice) -> None:
    canvas.box(0, 0, WIDTH, HEIGHT, (22, 26, 48))
    canvas.box(0, 205, WIDTH, HEIGHT, (210, 120, 60))
    canvas.disc(160, 105, 62, YELLOW)
    canvas.disc(160, 105, 54, (12, 12, 20))
    for _ in range(25):
        canvas.disc(dice.number(0, WIDTH), dice.number(0, 190), 1, WHITE)


_SCENES: dict[str, Callable[[Canvas, Dice], None]] = {
    "road": _road,
    "snow": _snow,
    "truck": _truck,
    "pipe": _pipe,
    "chart": _chart,
    "park": _park,
    "pool": _pool,
    "festival": _festival,
    "hall": _hall,
    "fire": _fire,
    "police": _police,
    "flood": _flood,
    "boat": _boat,
    "eclipse": _eclipse,
}
SCENES = tuple(_SCENES)
