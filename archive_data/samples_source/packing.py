"""Packs the demo archives reproducibly: the same ZIP each time."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from . import facebook_page, facebook_person, instagram, x_archive

Members = dict[str, bytes]
DEFLATE_LEVEL = 9

ARCHIVES: dict[str, tuple[Callable[[], Members], tuple[int, int, int, int, int, int]]] = {
    "x-kestrelbendmo-2021-08-16.zip": (x_archive.city_archive_earlier, (2021, 8, 16, 14, 3, 10)),
    "x-kestrelbendmo-2025-11-03.zip": (x_archive.city_archive, (2025, 11, 3, 9, 12, 44)),
    "x-kestrelbendpd-2022-03-31.zip": (x_archive.police_archive, (2022, 3, 31, 16, 20, 4)),
    "facebook-page-cityofkestrelbend-2025-11-04.zip": (facebook_page.archive, (2025, 11, 4, 8, 40, 0)),
    "facebook-odalysfernbrook-2025-11-04.zip": (facebook_person.archive, (2025, 11, 4, 10, 5, 0)),
    "instagram-kestrelbendmo-2025-11-04.zip": (instagram.archive, (2025, 11, 4, 9, 5, 0)),
}


def pack(name: str, target: Path) -> Path:
    """Write an archive into the folder `target` and return its path; members are sorted and dated at the download."""
    make, time = ARCHIVES[name]
    target.mkdir(parents=True, exist_ok=True)
    path = target / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in sorted(make().items()):
            info = zipfile.ZipInfo(member, time)
            info.create_system = 3  # the same byte on every machine
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, DEFLATE_LEVEL)
    return path
