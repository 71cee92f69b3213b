"""Parts of the city's everyday notices: openings, details and closings by subject, with slots in braces."""

from __future__ import annotations

from dataclasses import dataclass

ALL_YEAR = tuple(range(1, 13))


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of notices; `months` are those in which it occurs, `scene` names a suitable picture."""

    name: str
    phone: str
    path: str
    scene: str
    hashtags: tuple[str, ...]
    openings: tuple[str, ...]
    details: tuple[str, ...]
    closings: tuple[str, ...]
    weight: int = 4
    months: tuple[int, ...] = ALL_YEAR


WORKS = (
    Topic(
        "road work",
        "streets",
        "/streets/work",
        "road",
        ("KBRoads", "roadwork"),
        (
            "Road work: {street} is down to one lane between {cross} and {cross2} starting {day}.",
            "{street} closes at {cross} from {hour} on {day} for pavement repair.",
            "Crews begin resurfacing {street} on {day}.",
            "Detour alert: {street} at {cross} is closed until {day}.",
            "Utility cut repair on {street} moves into its second week.",
            "Striping crews are on {street} tonight; expect slow traffic near {cross}.",
            "The culvert under {street} gets replaced beginning {day}.",
            "{street} is OPEN again, two days ahead of schedule.",
        ),
        (
            "Follow the signed detour by way of {cross2}.",
            "Residents of the block keep access at all times.",
            "Flaggers will be on site from {hour}.",
            "School buses use {cross} until the work is done.",
            "Weather may push the work back to {day2}.",
            "The contractor's price is ${thousands},000, paid from the transportation sales tax.",
            "Please move parked cars before {hour}.",
            "About {n} households are affected.",
            "Sidewalks stay open on the north side.",
        ),
        ("Questions? Call the street division at {phone}.", "Thank you for slowing down in work zones.", "Map: {link}"),
        weight=9,
    ),
    Topic(
        "potholes",
        "streets",
        "/streets/potholes",
        "road",
        ("KBRoads", "potholes"),
        (
            "Our patch crews filled {n} potholes this week.",
            "See a pothole? Report it and we will look within two working days.",
            "Freeze, thaw, repeat: pothole season is here.",
            "Patch list for {day}: {street}, {cross} and {cross2}.",
            "The patch truck is on {street} this morning.",
        ),
        (
            "Name the nearest house number, not just the street.",
            "Hot mix is back in stock, so repairs will last longer.",
            "{cross} is first on the list because of the bus route.",
            "Cold patch is a stopgap until the plants open in spring.",
        ),
        ("Report one: {link}", "Or call {phone} on weekdays.", "Thanks for your patience."),
        weight=5,
        months=(1, 2, 3, 4, 11, 12),
    ),
    Topic(
        "snow",
        "streets",
        "/streets/snow",
        "snow",
        ("KBSnow", "mowx"),
        (
            "Plows went out at {hour} and priority routes are passable.",
            "Snow route parking ban begins at {hour} {day}.",
            "Freezing drizzle is glazing bridges. Please stay home if you can.",
            "Brine trucks are treating {street}, {cross} and the hill on {cross2}.",
            "Side streets are next: crews move into {area} after {hour}.",
            "City offices open at 10 a.m. on {day} because of ice.",
        ),
        (
            "Cars left on snow routes will be towed.",
            "We have {n} tons of salt in the dome.",
            "Give plows at least 70 feet.",
            "Clear the hydrant nearest to you if you are able.",
            "Trash collection slides one day.",
            "Warming center: {place}, open all night.",
        ),
        ("Plow map: {link}", "Need help clearing a ramp? Call {phone}.", "Check on your neighbors tonight."),
        weight=7,
        months=(1, 2, 12),
    ),
    Topic(
        "trash and recycling",
        "city",
        "/trash",
        "truck",
        ("recycle",),
        (
            "Holiday week: trash and recycling run one day late.",
            "Bulky item pickup for {area} is on {day}.",
            "New recycling calendars are in your mailbox this week.",
            "Carts at the curb by 6 a.m., please; routes were reversed on {day}.",
            "Electronics drop-off at {place} on {day}, 8 a.m. to noon.",
            "Leaf vacuum trucks reach {area} on {day}.",
        ),
        (
            "Paint, tires and batteries cannot go in the cart.",
            "Glass goes to the drop-off bins on {street}.",
            "One cart jam stopped a whole route last week: garden hose.",
            "Last quarter we kept {n} tons out of the landfill.",
            "Limbs longer than four feet need a bundle and twine.",
        ),
        ("Look up your day: {link}", "Missed? Call {phone} before noon."),
        weight=5,
    ),
)

WATER = (
    Topic(
        "water main",
        "water",
        "/water/outages",
        "pipe",
        ("KBWater",),
        (
            "Water main break on {street} near {cross}; crews are digging now.",
            "Water is off on {street} from {hour} on {day} for a valve replacement.",
            "Repair done: water is back on {street}.",
            "Low pressure in {area} this morning comes from a break at {cross}.",
            "Hydrant flushing reaches {area} on {day}.",
            "The {street} main from 1957 failed again overnight.",
            "Crews replace {n} lead-era service lines on {street} this month.",
        ),
        (
            "Expect brown water for an hour; run a cold tap until it clears.",
            "About {n} customers are affected.",
            "We hope to be done by {hour}.",
            "Bottled water is at {place}.",
            "Avoid washing whites until the water runs clear.",
            "The break is in an eight-inch cast iron pipe.",
            "Traffic is one lane at {cross}.",
        ),
        ("After-hours line: {phone}.", "Outage map: {link}", "We appreciate your patience."),
        weight=9,
    ),
    Topic(
        "water bills",
        "water",
        "/water/billing",
        "chart",
        ("KBWater",),
        (
            "Paperless billing saves a stamp and about ${n} in printing a day.",
            "Autopay moved to a new processor; please enter your card again by {day}.",
            "Budget billing spreads a summer bill over twelve months.",
            "A running toilet can waste 200 gallons a day.",
            "Meter readers are in {area} this week with new badges.",
        ),
        (
            "Free leak dye tablets are at the front desk of City Hall.",
            "Nobody from the city will ask for a card number by phone.",
            "The sewer average is set by your winter use.",
            "Late fees are waived through {day2}.",
            "Questions about a high bill get a free meter re-read.",
        ),
        ("Billing desk: {phone}.", "Sign up: {link}"),
        weight=4,
    ),
)

PARKS_TOPICS = (
    Topic(
        "parks",
        "parks",
        "/parks",
        "park",
        ("KBParks",),
        (
            "{park} is closed {day} for tree work.",
            "The restrooms at {park} reopen on {day}.",
            "Park closure: the lower trail at {park} is under water.",
            "New playground surface at {park}: closed through {day}, worth the wait.",
            "{park} hours change to sunrise-to-10 p.m. on {day}.",
            "Prescribed burn at Bluestem Fields on {day} if the wind allows.",
            "Volunteers planted {n} native trees at {park}.",
            "Ball fields at {park} are closed today: too wet to play.",
            "The shelter at {park} is open for booking.",
        ),
        (
            "Use the {street} entrance while the gate is repaired.",
            "Dogs on a leash, please; fawns are bedded near the trail.",
            "Crews removed {n} ash trees hurt by borers.",
            "Parking is free all day.",
            "The upper loop stays open for walkers.",
            "The parks tax pays for this work.",
            "Monarchs love the new milkweed beds.",
        ),
        ("Closures list: {link}", "Parks desk: {phone}.", "See you outside!"),
        weight=9,
    ),
    Topic(
        "pool and summer",
        "parks",
        "/parks/pool",
        "pool",
        ("KBParks", "summer"),
        (
            "Heron Pool opens for the season on {day}.",
            "The pool closes at {hour} today for lightning.",
            "Swim lesson sign-up begins {day} at {hour}.",
            "Concert on the Green: a brass band, lawn chairs and lemonade on {day}.",
            "Movie in the park on {day}, rain date {day2}.",
            "Cooling center open at {place} during the heat advisory.",
        ),
        (
            "Season passes are ${n} for a family of four.",
            "Lifeguards needed: 15 and up, training paid.",
            "Bring a water bottle and sunscreen.",
            "Food trucks line up on {street}.",
            "Free swim for children under five.",
        ),
        ("Schedule: {link}", "Call {phone} for closures."),
        weight=7,
        months=(5, 6, 7, 8),
    ),
    Topic(
        "events",
        "city",
        "/events",
        "festival",
        ("BluffAndBloom", "KestrelBend"),
        (
            "Farmers market this Saturday on Depot Green, 8 a.m. to noon.",
            "Bluff and Bloom Festival countdown: {n} days.",
            "Parade lineup for the Bluff and Bloom Festival starts on {street} at {hour}.",
            "First Friday art walk on Tannery Row: {n} artists, one trolley.",
            "The holiday tree at Depot Green is lit on {day} at {hour}.",
            "Touch-a-Truck at {park} on {day}: yes, the street sweeper too.",
            "Storytime with a firefighter at {place} on {day}.",
            "Citywide yard sale: {day}. Maps at City Hall.",
        ),
        (
            "{street} is closed to cars from {hour}.",
            "Shuttles run from Bluestem Fields every 15 minutes.",
            "Vendors from {n} counties have signed up.",
            "The quilt show is in {place}.",
            "Bring cash for the pie table.",
            "Accessible parking is on {cross}.",
            "Sign language interpreters will be at the main stage.",
        ),
        ("Full schedule: {link}", "Volunteer line: {phone}.", "Bring a neighbor."),
        weight=9,
    ),
)
