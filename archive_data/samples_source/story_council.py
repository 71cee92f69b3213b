"""Stories that records requests ask about: the budget fight of 2017, the water rates of 2022, elections and levies."""

from __future__ import annotations

from .city import MANAGER, MAYOR, SITE
from .clock import local
from .notices import FACEBOOK, INSTAGRAM, Notice, X

ALL = frozenset({X, FACEBOOK, INSTAGRAM})
TWO = frozenset({X, FACEBOOK})
ONLY_X = frozenset({X})

# (local time, platforms, hashtags, page, sentences)
_Told = tuple[str, frozenset[str], tuple[str, ...], str, tuple[str, ...]]

_BUDGET_2017: tuple[_Told, ...] = (
    (
        "2017-05-02 10:00",
        TWO,
        ("KBBudget",),
        "/budget/2018",
        ("The draft budget goes to the council tonight.", "It is short by $612,000 unless street work waits or a fee rises."),
    ),
    (
        "2017-05-02 21:40",
        TWO,
        ("KBCouncil",),
        "",
        ("Council and staff differ on the budget: three members want to keep the pool open on Mondays, three want the money for salt.",),
    ),
    ("2017-05-09 18:05", ONLY_X, ("KBBudget",), "", ("Standing room only at the budget hearing. The council will hear every speaker.",)),
    (
        "2017-05-09 23:45",
        TWO,
        ("KBBudget",),
        "",
        ("The budget hearing ended at 11:40 p.m. after 57 speakers.", "No vote tonight. The council takes it up again in a week."),
    ),
    (
        "2017-05-16 20:30",
        TWO,
        ("KBCouncil", "KBBudget"),
        "",
        ("Tie vote, 3-3, on the library's share of the budget.", "The Mayor broke the tie and the cut was restored."),
    ),
    (
        "2017-05-17 09:15",
        ONLY_X,
        ("KBBudget",),
        "/budget/questions",
        ("What does a taxpayer with a $120,000 house pay the city? About $139 a year. The rest of the bill is schools and county.",),
    ),
    (
        "2017-05-23 19:55",
        TWO,
        ("KBBudget",),
        "",
        ("A motion to tax short-term rentals failed 2-4.", "Opponents said taxing visitors would hurt the festival."),
    ),
    (
        "2017-06-06 17:00",
        TWO,
        ("KBBudget",),
        "/budget/2018",
        (f"{MANAGER} presented plan B: a hiring freeze, no travel, and one street sweeper instead of two.",),
    ),
    (
        "2017-06-13 22:10",
        TWO,
        ("KBBudget", "KBCouncil"),
        "",
        ("The council adopted the budget 4-2 at 10:04 p.m.", "Councilmember Pickwhistle asked that her dissent be entered in the minutes."),
    ),
    (
        "2017-06-14 08:40",
        TWO,
        (),
        "/budget/adopted",
        (
            f'{MAYOR}: "Nobody got everything. The streets got most of it."',
            "The adopted budget, line by line, is online.",
        ),
    ),
    (
        "2017-06-28 16:20",
        ONLY_X,
        ("KBBudget",),
        "",
        ("Correction: the figure for travel in the budget summary was $18,400, not $184,000. We regret the extra zero.",),
    ),
)

_RATES_2022: tuple[_Told, ...] = (
    (
        "2022-01-18 09:00",
        TWO,
        ("KBWater",),
        "/water/rates",
        ("A rate study proposes raising water rates 9 percent a year for three years.", "The mains under Old Town date from 1931 to 1957."),
    ),
    (
        "2022-01-25 18:30",
        TWO,
        ("KBCouncil", "KBWater"),
        "",
        ("The council heard the water rate study tonight.", "A typical household would pay $4.35 more a month."),
    ),
    (
        "2022-02-08 12:15",
        ALL,
        ("KBWater",),
        "/water/rates",
        ("Where does your water dollar go?", "41 cents treatment, 33 cents pipes, 17 cents power, 9 cents office."),
    ),
    (
        "2022-02-15 20:45",
        TWO,
        ("KBWater",),
        "",
        ("61 people spoke at the water rate hearing.", "Most asked for a lower first step and help for people on fixed incomes."),
    ),
    (
        "2022-02-16 23:35",
        ONLY_X,
        (),
        "",
        ("For those still up: no vote was taken on water rates tonight. Whoever told you otherwise was not in the room.",),
    ),
    (
        "2022-03-01 21:05",
        ALL,
        ("KBWater", "KBCouncil"),
        "/water/rates",
        (
            "The council approved a water rate increase of 6 percent from July 1, 4-2.",
            "A discount of $5 a month for households that qualify was added.",
            "Next review: January 2024.",
        ),
    ),
    (
        "2022-06-27 08:00",
        TWO,
        ("KBWater",),
        "/water/discount",
        ("New water rates start Friday.", "Apply for the discount by July 15 to get it from the first bill."),
    ),
    (
        "2022-08-04 10:10",
        ONLY_X,
        ("KBWater",),
        "",
        ("1,106 August water bills carried the old rate by mistake. They stand; nobody will be billed for the difference.",),
    ),
    (
        "2024-01-23 19:15",
        TWO,
        ("KBWater", "KBCouncil"),
        "/water/rates",
        (
            "Water rate review: staff recommend no increase in 2024.",
            "Main breaks fell from 61 to 38 a year since the money started to flow.",
        ),
    ),
)

_VOTES: tuple[_Told, ...] = (
    ("2016-04-05 06:00", TWO, ("KBVotes",), "/elections", ("Polls are open until 7 p.m. for mayor and two council seats.",)),
    (
        "2016-04-05 21:30",
        TWO,
        ("KBVotes",),
        "",
        ("Unofficial: Thaddea Quillmore leads for mayor with 1,204 votes to 1,177.", "The county counts provisional ballots by Friday."),
    ),
    ("2018-11-06 05:58", TWO, ("KBVotes",), "/elections", ("Good morning! Polls open at 6. Lines are shortest between 9 and 11.",)),
    ("2019-04-02 21:10", TWO, ("KBVotes",), "", ("Unofficial results: Odalys Fernbrook wins the Ward 2 council seat.",)),
    ("2020-04-06 17:00", TWO, ("KBVotes",), "", ("The April 7 city election is moved to June 2 because of the health emergency.",)),
    (
        "2020-11-03 19:05",
        TWO,
        ("KBVotes",),
        "",
        ("Polls are closed. Turnout here was 71 percent.", "Results come from the county clerk, not from us."),
    ),
    (
        "2022-04-05 20:55",
        TWO,
        ("KBVotes",),
        "",
        ("The park sales tax renewal passed with 68 percent.", "Thank you, voters; the tax pays for mowing, trails and the pool."),
    ),
    (
        "2024-11-05 06:30",
        ALL,
        ("KBVotes",),
        "/elections",
        ("Vote today, 6 a.m. to 7 p.m. 🗳️", "Council chambers are a polling place again."),
    ),
    (
        "2023-09-12 18:45",
        TWO,
        ("KBBudget",),
        "/budget/levy",
        (
            "The tax levy was set at 58 cents, down from 61.",
            "Taxpayers see the change on December bills; the council cut the budget for software to match.",
        ),
    ),
    (
        "2025-05-13 20:20",
        TWO,
        ("KBCouncil", "KBBudget"),
        "",
        ("The council sent the budget back to staff, asking for a plan to repair the pool without new taxes.",),
    ),
    (
        "2025-06-10 21:25",
        TWO,
        ("KBCouncil", "KBBudget"),
        "/budget/2026",
        ("Budget adopted 6-0.", "The council praised staff; the first unanimous budget since 2015."),
    ),
)


def notices() -> list[Notice]:
    """Return the notices of these stories."""
    return [
        Notice(
            local(time),
            sentences,
            hashtags,
            SITE + page if page else "",
            "chart" if INSTAGRAM in platforms else "",
            platforms,
            "en",
            "council",
        )
        for time, platforms, hashtags, page, sentences in (*_BUDGET_2017, *_RATES_2022, *_VOTES)
    ]
