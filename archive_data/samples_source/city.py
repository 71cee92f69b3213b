"""The fictional city: names, streets, people and accounts. No such place or person exists."""

from __future__ import annotations

from dataclasses import dataclass

CITY = "Kestrel Bend"
STATE = "Missouri"
COUNTY = "Tallgrass County"
RIVER = "Little Sable River"
SITE = "https://www.kestrelbend.example"


@dataclass(frozen=True, slots=True)
class XAccount:
    """An X account: its id as X writes it (decimal digits), handle and display name."""

    native_id: str
    handle: str
    name: str


CITY_X = XAccount("3051877204", "KestrelBendMO", "City of Kestrel Bend")
POLICE_X = XAccount("3051921866", "KestrelBendPD", "Kestrel Bend Police")
FIRE_X = XAccount("3052044719", "KestrelBendFD", "Kestrel Bend Fire")
PARKS_X = XAccount("3187440512", "KBendParks", "Kestrel Bend Parks")
LIBRARY_X = XAccount("3190021174", "KBendLibrary", "Kestrel Bend Library")
COUNTY_X = XAccount("2847710093", "TallgrassCoEMA", "Tallgrass County Emergency")
GAUGE_X = XAccount("2911438807", "SableRiverGauge", "Little Sable River Gauge")
NEIGHBORS_X = (POLICE_X, FIRE_X, PARKS_X, LIBRARY_X, COUNTY_X, GAUGE_X)

PAGE_NAME = "City of Kestrel Bend"
PAGE_ID = "100064820175533"
PARKS_PAGE = ("100064931882410", "Kestrel Bend Parks and Recreation")
UTILITY_PAGE = ("100064977104265", "Kestrel Bend Utilities")
INSTAGRAM = "kestrelbendmo"
COUNCIL_MEMBER = "Odalys Fernbrook"
MAYOR = "Mayor Thaddea Quillmore"
MANAGER = "City Administrator Corwin Ashbeck"

# Residents: X id, handle, name. The handles share a prefix that nobody uses.
RESIDENTS: tuple[XAccount, ...] = tuple(
    XAccount(str(700412300000000000 + 7919 * number * 104729), handle, name)
    for number, (handle, name) in enumerate(
        (
            ("kbend_tobin", "Tobin Marrowfield"),
            ("kbend_inez", "Inez Calderstone"),
            ("kbend_wendell", "Wendell Harkspur"),
            ("kbend_lupita", "Lupita Arroyoverde"),
            ("kbend_oskar", "Oskar Pennywhistle"),
            ("kbend_rosalba", "Rosalba Montecielo"),
            ("kbend_hollis", "Hollis Brackenridgeway"),
            ("kbend_neva", "Neva Thornquill"),
            ("kbend_desmond", "Desmond Larkhollow"),
            ("kbend_paz", "Paz Villaclara"),
            ("kbend_elwood", "Elwood Stringfellow-Oak"),
            ("kbend_minh", "Minh-Anh Riverstone"),
            ("kbend_cleta", "Cleta Owlsworth"),
            ("kbend_jarvis", "Jarvis Moonhaven"),
            ("kbend_birdie", "Birdie Saltmarsh-Fenn"),
            ("kbend_amos", "Amos Quarrylight"),
        ),
        start=1,
    )
)

STREETS = (
    "Heron Street",
    "Ferry Street",
    "North Levee Road",
    "Sycamore Avenue",
    "Quarry Hill Road",
    "Depot Street",
    "Osprey Lane",
    "Redbud Drive",
    "Mill Race Road",
    "Lantern Avenue",
    "Prairie Clover Way",
    "Old Landing Road",
    "Cooper Street",
    "Tannery Row",
    "Bluestem Boulevard",
    "Schoolhouse Road",
)
PARKS = ("Landing Park", "Heron Pond Park", "Quarry Hill Park", "Veterans Grove", "Depot Green", "Bluestem Fields")
BUILDINGS = ("City Hall", "the Community Center", "the library meeting room", "Fire Station 2", "the Depot pavilion")
AREAS = ("the East Bottoms", "Quarry Hill", "Old Town", "the Levee District", "Bluestem Heights", "Tannery Row")
COUNCIL = ("Councilmember Fernbrook", "Councilmember Ostrander-Vale", "Councilmember Pickwhistle", "Councilmember Dunmarrow")

# 555-0100 to 555-0199 are reserved for fiction.
PHONES = {
    "city": "573-555-0100",
    "water": "573-555-0112",
    "streets": "573-555-0118",
    "parks": "573-555-0125",
    "police": "573-555-0131",
    "fire": "573-555-0140",
    "animals": "573-555-0147",
    "clerk": "573-555-0155",
}
