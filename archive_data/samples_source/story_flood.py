"""The flood of 2019 in the city's own notices: warnings, closures, sandbags, the crest, the cleanup."""

from __future__ import annotations

from .city import RIVER, SITE
from .clock import local
from .notices import FACEBOOK, INSTAGRAM, Notice, X

ALL = frozenset({X, FACEBOOK, INSTAGRAM})
TWO = frozenset({X, FACEBOOK})
ONLY_X = frozenset({X})
_PAGE = SITE + "/flood"

# (local time, platforms, hashtags, scene, language, sentences)
_TOLD: tuple[tuple[str, frozenset[str], tuple[str, ...], str, str, tuple[str, ...]], ...] = (
    (
        "2019-05-20 16:05",
        TWO,
        ("flood",),
        "",
        "en",
        (
            f"The {RIVER} is forecast to reach 27 feet by Friday. Flood stage is 24.",
            "We are checking pumps and gates along the levee tonight.",
        ),
    ),
    (
        "2019-05-21 08:30",
        ALL,
        ("flood", "KestrelBend"),
        "flood",
        "en",
        (
            "Landing Park and the boat ramp are closed until further notice.",
            "Water is already over the lower lot. Please do not walk around the barricades.",
        ),
    ),
    (
        "2019-05-21 13:12",
        TWO,
        ("flood",),
        "",
        "en",
        ("Sandbags: 8 a.m. to 8 p.m. at the street barn on Tannery Row.", "Limit 40 per address. Bring a shovel and a friend."),
    ),
    (
        "2019-05-21 13:20",
        TWO,
        ("inundación",),
        "",
        "es",
        ("Sacos de arena gratis en el depósito de Tannery Row, de 8 a. m. a 8 p. m.", "Máximo 40 por domicilio."),
    ),
    (
        "2019-05-22 06:45",
        ONLY_X,
        ("flood",),
        "",
        "en",
        ("River at 25.6 feet and rising two inches an hour. Old Landing Road is closed at the tracks.",),
    ),
    (
        "2019-05-22 15:40",
        TWO,
        ("flood", "KBRoads"),
        "road",
        "en",
        ("Ferry Street bridge closes tonight at 8 p.m.", "Detour: Bluestem Boulevard. Ambulances have a separate route."),
    ),
    (
        "2019-05-22 23:31",
        ONLY_X,
        ("flood",),
        "",
        "en",
        ("Pump 3 on the Levee District side has failed. A rented pump is on the way; crews stay through the night.",),
    ),
    (
        "2019-05-23 07:10",
        TWO,
        ("flood",),
        "",
        "en",
        ("The rented pump is running. Basements on Cooper Street are draining.", "Thank you to the farmers who lent us two tractors."),
    ),
    (
        "2019-05-23 12:02",
        ALL,
        ("flood",),
        "flood",
        "en",
        (
            "Voluntary evacuation is advised for the East Bottoms south of Mill Race Road.",
            "A shelter opens at 4 p.m. in the Community Center; pets are welcome.",
            "Take medicines, papers and chargers with you.",
        ),
    ),
    (
        "2019-05-23 12:08",
        TWO,
        ("inundación",),
        "",
        "es",
        (
            "Se aconseja evacuar East Bottoms al sur de Mill Race Road.",
            "Habrá un refugio en el Centro Comunitario desde las 4 p. m.; se aceptan mascotas.",
        ),
    ),
    ("2019-05-23 18:55", ONLY_X, ("flood",), "", "en", ("Shelter count tonight: 43 people, 11 dogs, 4 cats and one very calm goat 🐐.",)),
    (
        "2019-05-24 09:15",
        TWO,
        ("flood",),
        "",
        "en",
        (
            "The Mayor has signed a declaration of emergency.",
            "It lets the city buy pumps and stone without the usual bids; the council ratifies on Tuesday.",
        ),
    ),
    (
        "2019-05-24 23:30",
        TWO,
        ("flood",),
        "",
        "en",
        ("Crest update at 11:30 p.m. Friday: 29.4 feet.", "The levee is holding. Walkers check it every thirty minutes."),
    ),
    (
        "2019-05-25 05:50",
        ONLY_X,
        ("flood",),
        "",
        "en",
        ("Seepage at the foot of the levee near North Levee Road is clear water, which is what engineers want to see.",),
    ),
    (
        "2019-05-25 10:20",
        ALL,
        ("flood",),
        "boat",
        "en",
        ("Firefighters brought two families out of Old Landing Road by boat.", "Everyone is safe. Please never drive into moving water."),
    ),
    (
        "2019-05-25 17:05",
        TWO,
        ("flood", "volunteer"),
        "",
        "en",
        ("Volunteers filled 18,000 sandbags today.", "Shifts for Sunday start at 7 a.m.; wear boots and gloves 🧤."),
    ),
    (
        "2019-05-26 08:00",
        ALL,
        ("flood",),
        "chart",
        "en",
        (f"The {RIVER} crested at 30.1 feet at 3 a.m., the second highest on record.", "It will stay above flood stage for about a week."),
    ),
    (
        "2019-05-26 14:30",
        TWO,
        ("flood", "KBWater"),
        "",
        "en",
        ("City water is safe to drink; the plant sits 40 feet above the river.", "Private wells in the bottoms should be tested."),
    ),
    (
        "2019-05-27 11:00",
        ONLY_X,
        ("flood",),
        "",
        "en",
        ("Memorial Day service moves from Veterans Grove to the Community Center because of the flood.",),
    ),
    (
        "2019-05-28 19:50",
        TWO,
        ("flood", "KBCouncil"),
        "",
        "en",
        (
            "The council ratified the emergency declaration 6-0 and moved $240,000 from reserves for flood costs.",
            "The money comes out of the street budget until reimbursement.",
        ),
    ),
    (
        "2019-05-30 09:40",
        TWO,
        ("flood",),
        "",
        "en",
        ("Flood damage? Photograph everything before you clean.", "Report it to the city so that the county can ask for assistance."),
    ),
    (
        "2019-05-30 09:52",
        TWO,
        ("inundación",),
        "",
        "es",
        ("¿Daños por la inundación? Tome fotos antes de limpiar.", "Avise al ayuntamiento para que el condado pueda pedir ayuda."),
    ),
    (
        "2019-06-01 08:15",
        ALL,
        ("flood",),
        "road",
        "en",
        ("Ferry Street bridge reopened after inspection.", "Please mind crews hauling debris with wide loads."),
    ),
    (
        "2019-06-03 10:00",
        TWO,
        ("flood",),
        "truck",
        "en",
        ("Curbside flood debris pickup begins today in the East Bottoms.", "Sort it in piles: appliances, wood, everything else."),
    ),
    (
        "2019-06-04 15:25",
        ONLY_X,
        ("flood",),
        "",
        "en",
        ("Mold kits and bleach are free at Fire Station 2 while they last. Tetanus shots at the Community Center until 6 p.m.",),
    ),
    (
        "2019-06-07 16:45",
        TWO,
        ("flood",),
        "",
        "en",
        ("The shelter closed this afternoon: the last family went home.", "Thank you to 312 volunteers."),
    ),
    (
        "2019-06-11 12:00",
        TWO,
        ("flood",),
        "",
        "en",
        ("Assistance center for flooded homes and shops: the library, June 12 to 15.", "Bring an ID and proof of address."),
    ),
    (
        "2019-06-18 20:15",
        TWO,
        ("flood", "KBCouncil"),
        "",
        "en",
        (
            "A levee engineer told the council that raising the floodwall two feet would cost $3.1 million.",
            "Members asked where in the budget it could come from.",
        ),
    ),
    (
        "2019-07-09 09:30",
        ALL,
        ("flood", "KBParks"),
        "park",
        "en",
        ("Landing Park is open again after 49 days 🎉.", "The playground was washed twice and passed inspection."),
    ),
    (
        "2019-08-13 14:10",
        TWO,
        ("flood",),
        "",
        "en",
        ("Federal reimbursement for the May flood has been approved: $411,000 for pumps, overtime and debris.",),
    ),
    (
        "2020-05-24 09:00",
        ALL,
        ("flood", "KestrelBend"),
        "flood",
        "en",
        ("One year ago the river stood at 29 feet.", "What we learned: buy pumps early, count people twice, feed the goat."),
    ),
)


def notices() -> list[Notice]:
    """Return the notices of the flood, oldest first."""
    return [
        Notice(local(time), sentences, hashtags, _PAGE if number % 3 == 0 else "", scene, platforms, language, "flood")
        for number, (time, platforms, hashtags, scene, language, sentences) in enumerate(_TOLD)
    ]
