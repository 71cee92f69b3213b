"""The words of the corpus: 60,000 invented ones, and a few hundred of local government whose ranks are known.

The word of rank r is drawn with a weight of 1 / (r + 2.7), as words of a language are (Zipf, Mandelbrot). So a bench can
choose its queries by how common they are before anything is written.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SIZE = 60_000
SHIFT = 2.7

_EVERYDAY = "the to of and in for on at is will a be are this from with our we your you by".split()

_COMMON = """city council street public water meeting closed county today road park please office monday
work community open budget weather police fire safety house school report update friday downtown""".split()

_LESS_COMMON = """main board hall traffic storm river bridge event library crews notice election flood health free
summer lane tax service repair trash survey project vote mayor clerk ordinance power hearing sewer emergency permit
department closure recycling detour registration construction resident residents plan repairs cancelled warning break
snow ice alert volunteer application committee parade holiday festival swimming pool court records request budgetary
infrastructure highway intersection sidewalk lights outage advisory boil treatment plant drain drainage stormwater
flooding flooded floods floodplain levee tornado siren sirens shelter shelters heat cooling warming center senior
transit bus route schedule fare airport runway terminal bond issue levy assessor assessment valuation appraisal audit
auditor comptroller treasurer collector recorder deeds marriage license licensing liquor business occupancy zoning
rezoning variance planning commission subdivision plat annexation easement eminent domain blight redevelopment
tif abatement incentive grant grants funding federal state legislature senator representative governor statute charter
amendment proposition petition initiative referendum ballot polling precinct turnout candidate candidates filing
residency appointment vacancy resignation retirement hiring firefighter firefighters paramedic ambulance hydrant
hydrants burn ban smoke detector arson investigation detective patrol officer officers sergeant chief sheriff deputy
jail inmate arrest warrant citation citations speeding crash collision pedestrian crosswalk bicycle trail trails
greenway pavilion playground softball baseball soccer tournament camp lifeguard lessons museum archive archives
historical society genealogy exhibit storytime summerreading bookmobile catalog vaccination vaccine clinic influenza
mosquito rabies animal adoption kennel leash nuisance weeds mowing debris brush leaf compost mulch hazardous
electronics landfill tipping utility billing meter meters rate rates increase surcharge payment deadline delinquent
shutoff assistance rebate efficiency solar streetlight pothole potholes asphalt overlay resurfacing striping culvert
retaining engineer engineering surveyor contractor bid bids proposal procurement vendor contract addendum minutes
agenda quorum adjourned ordinances resolution proclamation transparency sunshine redaction exemption custodian
""".split()

WEIGHTY_GAP = 20  # beyond the common ones, every so many ranks one word is a real one
INVENTED_LETTERS = (
    ("b", "br", "c", "ch", "cl", "d", "dr", "f", "g", "gl", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s", "sh", "sk")
    + ("sl", "st", "t", "th", "tr", "v", "w", "y", "z"),
    ("a", "e", "i", "o", "u", "ai", "ea", "ie", "oa", "ou"),
    ("", "", "b", "ck", "d", "g", "l", "ll", "m", "n", "nd", "ng", "nt", "p", "r", "rd", "rk", "rn", "s", "ss", "st", "t", "x"),
)
_ACCENTED = {"a": "á", "e": "é", "i": "í", "o": "ö", "u": "ü", "n": "ñ"}

PHRASES = (
    "city council meeting",
    "boil water advisory",
    "street closed today",
    "public works crews",
    "town hall meeting",
    "water main break",
    "severe storm warning",
    "trash and recycling",
    "planning and zoning commission",
)
"""What stands in posts as it is here, besides words drawn one by one."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by rank (the first is rank 1) and the running sum of their weights."""

    words: tuple[str, ...]
    cumulative: tuple[float, ...]

    def word(self, rank: int) -> str:
        """Return the word of a rank, or the next rarer one that is pure ASCII: all engines fold those alike."""
        return next(word for word in self.words[rank - 1 :] if word.isascii())

    def rank(self, word: str) -> int:
        """Return the rank of a word. Raises ValueError for a word that is not in it."""
        return self.words.index(word) + 1


@lru_cache(maxsize=2)
def vocabulary(size: int = SIZE) -> Vocabulary:
    """Return the vocabulary; always the same one for a size."""
    real = list(dict.fromkeys([*_EVERYDAY, *_COMMON, *_LESS_COMMON]))
    invented = _invented(set(real))
    dense = len(_EVERYDAY) + len(_COMMON)
    rest = iter(real[dense:])
    words = real[:dense]
    while len(words) < size:
        is_real = len(words) % WEIGHTY_GAP == 0
        words.append((next(rest, "") if is_real else "") or next(invented))
    weights = (1 / (rank + SHIFT) for rank in range(1, size + 1))
    return Vocabulary(tuple(words), tuple(itertools.accumulate(weights)))


def _invented(taken: set[str]) -> Iterator[str]:
    """Yield words that no language has, each once; one in fifty has an accent."""
    chance = random.Random(610)
    onsets, vowels, endings = INVENTED_LETTERS
    while True:
        syllables = chance.choices((1, 2, 3), (1, 6, 3))[0]
        word = "".join(chance.choice(onsets) + chance.choice(vowels) for _ in range(syllables)) + chance.choice(endings)
        if chance.random() < 0.02:
            letter = next((letter for letter in word if letter in _ACCENTED), "")
            word = word.replace(letter, _ACCENTED[letter], 1) if letter else word
        if len(word) > 2 and word not in taken:
            taken.add(word)
            yield word
