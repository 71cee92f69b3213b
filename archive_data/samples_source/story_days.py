"""Single days worth finding: a boil order, New Year, Spanish notices, all kinds of emoji, and one slip."""

from __future__ import annotations

from .city import CITY, SITE
from .clock import local
from .notices import FACEBOOK, INSTAGRAM, Notice, X

ALL = frozenset({X, FACEBOOK, INSTAGRAM})
TWO = frozenset({X, FACEBOOK})
GRAM = frozenset({FACEBOOK, INSTAGRAM})
ONLY_X = frozenset({X})
ONLY_FACEBOOK = frozenset({FACEBOOK})

SLIP = "Permit hearing for the Harkspur carport moves to Room B."
SLIP_NUMBER = "900-12-3456"  # numbers from 900 on are never assigned

# (local time, platforms, hashtags, scene, language, sentences)
_TOLD: tuple[tuple[str, frozenset[str], tuple[str, ...], str, str, tuple[str, ...]], ...] = (
    (
        "2015-12-31 23:30",
        TWO,
        ("KestrelBend",),
        "",
        "en",
        ("Half an hour to go: 2015 had 3 festivals, 61 main breaks and 1 runaway llama. Happy New Year!",),
    ),
    (
        "2016-01-01 00:05",
        ONLY_X,
        (),
        "",
        "en",
        ("First call of 2016: a cat in the Ferry Street storm drain. Rescued. Happy New Year from the night shift.",),
    ),
    ("2017-12-31 22:45", TWO, (), "", "en", ("City Hall is closed tomorrow. Plows are not.",)),
    (
        "2019-12-31 23:58",
        ALL,
        ("KestrelBend",),
        "festival",
        "en",
        ("Goodbye 2019, you soggy thing 🥂.", "The bell at Depot Green rings at midnight."),
    ),
    ("2022-12-31 18:30", TWO, (), "", "en", ("The last sunset of 2022 over the levee. Drive home safe tonight.",)),
    ("2024-12-31 23:45", ALL, (), "festival", "en", ("Fifteen minutes left in 2024.", "Fireworks over Heron Pond at midnight ✨🎆.")),
    # Boil-water advisory 2023
    (
        "2023-02-21 04:50",
        ALL,
        ("BoilWater", "KBWater"),
        "pipe",
        "en",
        (
            "BOIL WATER ADVISORY for all customers east of Depot Street.",
            "Boil for three minutes before drinking, cooking or brushing teeth.",
            "A 16-inch main failed at 2:15 a.m. and pressure fell below the limit.",
        ),
    ),
    (
        "2023-02-21 05:10",
        ALL,
        ("HiervaElAgua",),
        "",
        "es",
        ("AVISO: hierva el agua al este de Depot Street.", "Hierva tres minutos antes de beber, cocinar o cepillarse los dientes."),
    ),
    (
        "2023-02-21 09:30",
        TWO,
        ("BoilWater",),
        "",
        "en",
        ("Bottled water is at Fire Station 2 and the Community Center: one case per car.",),
    ),
    (
        "2023-02-21 23:40",
        ONLY_X,
        ("BoilWater",),
        "",
        "en",
        ("The main is repaired. The boil order stays until two clean samples in a row, 24 hours apart.",),
    ),
    ("2023-02-22 16:00", TWO, ("BoilWater",), "", "en", ("First set of samples: clean. One more to go.",)),
    (
        "2023-02-23 17:20",
        ALL,
        ("BoilWater", "KBWater"),
        "",
        "en",
        ("The boil water advisory is LIFTED.", "Run every cold tap for five minutes and empty the ice maker."),
    ),
    (
        "2023-02-23 17:31",
        TWO,
        ("HiervaElAgua",),
        "",
        "es",
        ("Se levantó el aviso: ya no es necesario hervir el agua.", "Deje correr cada llave de agua fría cinco minutos."),
    ),
    (
        "2018-06-14 07:25",
        TWO,
        ("BoilWater", "KBWater"),
        "",
        "en",
        ("Boil water notice for Quarry Hill only, about 85 homes, after a contractor cut a main.",),
    ),
    ("2018-06-15 15:05", TWO, ("BoilWater",), "", "en", ("Quarry Hill: the boil notice ended at 3 p.m. Samples were clean.",)),
    # Spanish notices
    (
        "2018-09-15 12:00",
        GRAM,
        ("HerenciaHispana",),
        "festival",
        "es",
        ("¡Hoy comienza el Mes de la Herencia Hispana!", "Música, tamales y bailes en la plaza del Depósito a las 5 p. m."),
    ),
    ("2019-01-11 10:20", TWO, (), "", "es", ("La recolección de basura se retrasa un día por la nieve.",)),
    ("2020-06-01 09:00", TWO, ("KBVotes",), "", "es", ("Mañana son las elecciones municipales. Las casillas abren de 6 a. m. a 7 p. m.",)),
    (
        "2020-08-03 14:30",
        GRAM,
        (),
        "",
        "es",
        ("Se ofrecen pruebas gratuitas en el Centro Comunitario los miércoles.", "No se pregunta por el estatus migratorio."),
    ),
    (
        "2021-04-07 11:15",
        TWO,
        (),
        "",
        "es",
        ("Clases de inglés gratis en la biblioteca: martes y jueves, 6 p. m. Habrá cuidado de niños.",),
    ),
    ("2021-07-02 16:00", TWO, (), "", "es", ("Los fuegos artificiales se permiten sólo el 3 y el 4 de julio, de 10 a. m. a 11 p. m.",)),
    (
        "2022-03-02 10:00",
        TWO,
        ("KBWater",),
        "",
        "es",
        (
            "Las tarifas de agua subirán 6 por ciento a partir del 1 de julio.",
            "Hay un descuento de $5 al mes; pida la solicitud en el ayuntamiento.",
        ),
    ),
    (
        "2022-11-01 13:00",
        GRAM,
        ("DíaDeMuertos",),
        "festival",
        "es",
        ("Ofrenda comunitaria de Día de Muertos en la biblioteca 💀🌼.", "Traiga una foto de quien quiera recordar."),
    ),
    (
        "2023-05-05 12:05",
        GRAM,
        (),
        "",
        "es",
        ("El niño ganador del concurso de carteles es de la escuela de Schoolhouse Road. ¡Felicidades!",),
    ),
    (
        "2024-01-15 09:45",
        TWO,
        ("KBSnow",),
        "snow",
        "es",
        ("Frío extremo: el refugio de la estación de bomberos 2 está abierto día y noche.",),
    ),
    ("2024-09-20 15:30", GRAM, (), "", "es", ("Piñata gigante, lotería y café en el parque Heron Pond este sábado.",)),
    (
        "2025-03-11 10:30",
        TWO,
        (),
        "",
        "es",
        ("El cabildo busca intérpretes voluntarios para las reuniones públicas. Pregunte en la recepción.",),
    ),
    ("2025-08-12 08:20", TWO, (), "", "es", ("Vuelta a clases: habrá guardias de cruce en Osprey Lane y Redbud Drive desde el lunes.",)),
    # Emoji: skin tones, joined families, flags, keycaps
    (
        "2018-05-14 09:00",
        GRAM,
        ("PublicWorksWeek",),
        "truck",
        "en",
        ("Thank you, crews! 👷🏽‍♀️👷🏻‍♂️👷🏿 You keep the water on and the lights green 🚦.",),
    ),
    (
        "2019-06-14 08:00",
        ALL,
        ("FlagDay",),
        "",
        "en",
        ("Happy Flag Day 🇺🇸. Worn flags can be dropped at Station 2 for a proper retirement.",),
    ),
    ("2020-04-18 12:00", GRAM, (), "", "en", ("Families 👨‍👩‍👧‍👦, please keep the playgrounds closed to keep grandparents safe 🧡.",)),
    (
        "2021-06-19 10:00",
        ALL,
        ("Juneteenth",),
        "festival",
        "en",
        ("Juneteenth on Depot Green ✊🏾: drummers at noon, stories at 2, barbecue all day.",),
    ),
    ("2022-06-04 11:00", GRAM, ("BluffAndBloom",), "festival", "en", ("Sack race results: 1️⃣ Ward 3, 2️⃣ Ward 1, 3️⃣ the Mayor 😅.",)),
    ("2023-10-06 08:30", GRAM, (), "", "en", ("Sister city guests have arrived from Japan and Mexico 🇯🇵🇲🇽. Wave 👋🏼 if you see them!",)),
    (
        "2024-04-08 13:58",
        ALL,
        ("eclipse",),
        "eclipse",
        "en",
        ("Totality! 🌑 One minute and fifty-one seconds, and even the crickets were fooled.",),
    ),
    (
        "2024-04-08 15:40",
        TWO,
        ("eclipse", "KBRoads"),
        "",
        "en",
        ("Traffic after the eclipse: the drive to the highway takes 90 minutes. Stay, eat, let it thin out.",),
    ),
    ("2025-07-04 21:50", GRAM, (), "festival", "en", ("🎆🇺🇸🎇",)),
    # Health emergency of 2020
    (
        "2020-03-16 17:30",
        ALL,
        (),
        "hall",
        "en",
        (
            "City Hall's lobby closes to the public tomorrow.",
            "Pay bills by phone, drop box or online. No water will be shut off in March or April.",
        ),
    ),
    (
        "2020-03-24 19:00",
        TWO,
        ("KBCouncil",),
        "",
        "en",
        ("Tonight's council meeting is the first by video.", "Comments may be sent to the City Clerk until 5 p.m."),
    ),
    (
        "2020-05-18 08:00",
        TWO,
        (),
        "",
        "en",
        ("City Hall reopens by appointment today. Masks are asked for, plexiglass is installed, patience is appreciated.",),
    ),
    # The winter storm of 2021
    (
        "2021-02-15 07:00",
        ALL,
        ("KBSnow", "mowx"),
        "snow",
        "en",
        ("Wind chill of 26 below zero. City Hall is closed; plows, police, fire and water crews are working.",),
    ),
    (
        "2021-02-16 23:50",
        TWO,
        ("KBSnow",),
        "",
        "en",
        ("Rolling power cuts may reach us tonight. Fill a thermos, charge a phone, look in on a neighbor.",),
    ),
    (
        "2021-08-10 12:00",
        ALL,
        ("Missouri200",),
        "festival",
        "en",
        ("Happy 200th birthday, Missouri! Cake on the lawn of City Hall until it is gone 🎂.",),
    ),
    # A number that should never have been posted, and the posts around it
    (
        "2021-09-14 15:12",
        ONLY_FACEBOOK,
        (),
        "",
        "en",
        (SLIP, f"Applicant Wendell Harkspur, SSN {SLIP_NUMBER}, phone 573-555-0163, asks for a side yard of three feet."),
    ),
    (
        "2021-09-14 16:02",
        ONLY_FACEBOOK,
        (),
        "",
        "en",
        ("An earlier notice held personal details that do not belong on this page. We are sorry and have changed our checklist.",),
    ),
    (
        "2016-08-03 10:12",
        ONLY_X,
        (),
        "",
        "en",
        (f"Lost llama found in {CITY}: brown, polite, answers to nothing. Call animal control, 573-555-0147.",),
    ),
    (
        "2025-10-14 09:00",
        ALL,
        ("SunshineLaw",),
        "hall",
        "en",
        ("Records requests can now be made online.", "The custodian of records answers within three business days."),
    ),
)


def notices() -> list[Notice]:
    """Return the notices of these days."""
    return [
        Notice(local(time), sentences, hashtags, SITE + "/news" if number % 4 == 1 else "", scene, platforms, language, "days")
        for number, (time, platforms, hashtags, scene, language, sentences) in enumerate(_TOLD)
    ]
