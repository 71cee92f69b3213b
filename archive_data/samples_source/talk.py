"""Residents' questions and the city's answers: replies, comments and private messages, all fictional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .city import AREAS, BUILDINGS, PARKS, PHONES, STREETS
from .clock import long_day
from .dice import Dice
from .notices import filled

# A resident's line, the city's answer, and the resident's reply ("" for none). Slots in braces.
EXCHANGES: tuple[tuple[str, str, str], ...] = (
    (
        "The streetlight at {street} and {cross} has been dark for {n} days.",
        "Thanks, we sent pole number and all to the electric co-op. They say {day}.",
        "It works again, thank you!",
    ),
    (
        "Why was my trash not picked up on {street}?",
        "The truck broke down on {cross}. A second truck comes before noon on {day}.",
        "It came. Thanks.",
    ),
    ("Is the water brown on {street} because of the flushing?", "Yes. Run a cold tap for ten minutes; if it stays brown call {water}.", ""),
    (
        "Who do I talk to about a tree limb over {street}?",
        "Street division, {streets}. A crew will look on {day}.",
        "They were quick. Gracias.",
    ),
    (
        "My water bill doubled. Nothing changed here.",
        "Please bring the bill to City Hall or call {water}; we re-read meters for free.",
        "It was a leaking toilet. Sorry for the tone.",
    ),
    (
        "Can we rent the shelter at {park} for a quinceañera?",
        "Yes! $45 for four hours. Dates open up on {day}; the parks desk is {parks}.",
        "¡Mil gracias!",
    ),
    (
        "When does the council vote on the budget?",
        "After the hearing on {day} at 6 p.m. The packet is on our site.",
        "Will there be public comment before the council votes?",
    ),
    (
        "Your plow buried my mailbox on {cross}.",
        "Sorry about that. File a claim with the City Clerk, {clerk}; photos help.",
        "Photos sent.",
    ),
    ("Is it legal to burn leaves this week?", "Not while the burn ban holds. It is reviewed on {day}.", ""),
    (
        "Somebody is racing on {street} every night around {hour}.",
        "We passed this to the police; the speed trailer goes up on {day}.",
        "Saw it. It helps.",
    ),
    (
        "¿Hay alguien que hable español en la oficina del agua?",
        "Sí, de lunes a viernes por la mañana. Llame al {water}.",
        "Muy amable, gracias.",
    ),
    ("What happened to the swings at {park}?", "A chain link was worn. New parts are due on {day}.", ""),
    (
        "How do I get a copy of a crash report?",
        "From the records desk, $3, or ask online. The report is ready five days after the crash.",
        "Found it, thank you.",
    ),
    (
        "The flood took our fence on Old Landing Road. Do we need a permit to rebuild?",
        "No permit for a fence of the same height. Please call before you dig.",
        "",
    ),
    ("Are dogs allowed at the festival?", "On a leash, outside the food court. Water bowls are at {place}.", "Biscuit will be there 🐶"),
    (
        "Why is {street} closed AGAIN?",
        "The first patch settled. The contractor redoes it at no cost to the city by {day}.",
        "OK, but please tell people earlier.",
    ),
    ("Is {place} wheelchair accessible?", "Yes, ramp on the {cross} side, and the door opens by button.", ""),
    (
        "Could the siren be louder in {area}?",
        "A siren for {area} is in next year's budget request; the council decides in June.",
        "Thanks for answering straight.",
    ),
    (
        "I found a dog near {park}, brown, blue collar.",
        "Thank you for stopping! Animal control, {animals}, can scan for a chip.",
        "He is home. His name is Waffles.",
    ),
    (
        "What is the new discount on water rates and who gets it?",
        "$5 a month for households that qualify. Forms are at the front desk or by mail.",
        "",
    ),
    (
        "Can you please trim the hedge at {street} and {cross}? Nobody can see.",
        "You are right, it blocks the stop sign. Crew goes out {day}.",
        "Much safer now.",
    ),
    (
        "Do I have to pay taxes on my food truck if I only sell on Saturdays?",
        "The sales tax applies to every sale; the license clerk will walk you through it.",
        "",
    ),
    (
        "My basement flooded when the sewer backed up on {cross}.",
        "We are sorry. Call {water} now, any hour; a crew checks the main tonight.",
        "They came at midnight. Impressive.",
    ),
    ("Is the boil order over for Depot Street?", "Not yet. We post the moment the second sample is clean.", ""),
    (
        "How many people came to the council meeting on the rezoning?",
        "The clerk counted {n}. The minutes will have all names of speakers.",
        "",
    ),
    ("The new bike lane on {street} is full of gravel.", "Sweeper is on its way {day}.", "Saw the sweeper this morning!"),
)

OWN_COMMENTS: tuple[str, ...] = (
    "Update: the crew finished at {hour}. Thanks for waiting.",
    "We heard you. Answers to the most common questions are on our site under {street} project.",
    "Yes, the same rules apply in {area}.",
    "To be clear: no decision was made, the council only set a hearing for {day}.",
    "Correction to the post above: the detour uses {cross}, not {street}.",
    "Please keep comments on topic; see our comment policy.",
    "Thank you all for {n} replies. Staff will read every one.",
    "Photo credit goes to our own water crew 📷.",
    "We cannot look up accounts here. Call {water} and we will.",
    "Gracias a todos por su ayuda.",
    "The winner has been told. Congratulations again!",
    "Still closed. Next update at {hour}.",
    "Parking is free on {street} during the event.",
    "Sorry for the wrong date. It is {day}.",
    "This item is back before the council on {day}; the budget line is on page {n}.",
    "A crew is on site at {street} and {cross} now.",
)

COUNCIL_MEMBER_POSTS: tuple[str, ...] = (
    "Office hours on {day} at {place}. Bring the hard questions.",
    "I will vote against the {street} rezoning unless the sidewalk is part of it.",
    "Walked {area} with residents tonight: {n} complaints, {n2} good ideas.",
    "My notes from the council meeting: roads, roads, and a long talk about the budget.",
    "Ward 2: the {street} drainage job starts {day}. I pushed for this since I was elected.",
    "Please tell me what you think of the tax levy before {day}. I read everything.",
    "Proud of the neighbors who cleaned {park} this morning.",
    "Staff answered my question on overtime: {n} hours in May, most of it pumps.",
    "A reminder that I cannot answer about pending lawsuits here.",
    "Taxpayers asked me why the pool costs what it costs. Here is the breakdown I got.",
    "Ballot question on {day}: read the language twice.",
    "Hablemos: café con la concejala en {place}, {day}, 9 a.m.",
    "The closed session was about real estate and I cannot say more. The vote becomes public within 72 hours.",
    "I asked that the water rate discount be made permanent. It passed 4-2.",
    "Thank you, crossing guards of {street} 🧡🚸",
    "Storm damage on {cross}? Send me a message with the address.",
    "The council's budget retreat is open to the public: {day}, {place}.",
    "Yes, I saw the video. I have asked the chief for a report by {day}.",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A short conversation: question, answer and reply ("" for none)."""

    question: str
    answer: str
    thanks: str


def exchange(dice: Dice, when: datetime) -> Exchange:
    """Return a conversation at a time."""
    slots = slots_of(dice, when)
    question, answer, thanks = dice.pick(EXCHANGES)
    return Exchange(filled(question, slots), filled(answer, slots), filled(thanks, slots))


def own_comment(dice: Dice, when: datetime) -> str:
    """Return a comment of the city under one of its own posts."""
    return filled(dice.pick(OWN_COMMENTS), slots_of(dice, when))


def member_post(dice: Dice, when: datetime) -> str:
    """Return a post of the council member."""
    first, second = dice.several(COUNCIL_MEMBER_POSTS, 2)
    text = first if dice.chance(0.6) else f"{first} {second}"
    return filled(text, slots_of(dice, when))


def slots_of(dice: Dice, when: datetime) -> dict[str, str]:
    """Return the values for the slots of a line at a time."""
    street, cross = dice.several(STREETS, 2)
    return {
        "street": street,
        "cross": cross,
        "park": dice.pick(PARKS),
        "place": dice.pick(BUILDINGS),
        "area": dice.pick(AREAS),
        "day": long_day(when + timedelta(days=dice.number(1, 8))),
        "hour": dice.pick(("7 a.m.", "noon", "3 p.m.", "6 p.m.", "10 p.m.", "11:30 p.m.")),
        "n": str(dice.number(3, 89)),
        "n2": str(dice.number(2, 9)),
        **{name: PHONES[name] for name in ("water", "streets", "parks", "clerk", "animals")},
    }
