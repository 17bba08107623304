"""Small groups: which figures of which groups may be told so that no person can be worked out.

Owns the pattern of hidden groups in a tree, how each figure is told, blunt figures, how blunt they must be,
and the search for people who can be told apart. Knows nothing of who the people are: counts and opaque member
ids are enough.
"""

from cxstats.anonymity.blunt import (
    BluntShare,
    blunt_count,
    blunt_share,
    is_little_changed,
    people_apart,
    rounded_to,
)
from cxstats.anonymity.levels import UNTOLD, Supposed, levels_of_figures, levels_of_people
from cxstats.anonymity.linked import ToldApart, told_apart
from cxstats.anonymity.pattern import (
    LEAST_MINIMUM,
    MINIMUM,
    Pattern,
    Remainder,
    Telling,
    Why,
    changed_groups,
    pattern_of,
    telling_of,
)
from cxstats.anonymity.room import ROUGHEST_PEOPLE, Known
from cxstats.anonymity.sums import Told, sums_that_tell
from cxstats.anonymity.tree import Group, tree_of

__all__ = [
    "LEAST_MINIMUM",
    "MINIMUM",
    "ROUGHEST_PEOPLE",
    "UNTOLD",
    "BluntShare",
    "Group",
    "Known",
    "Pattern",
    "Remainder",
    "Supposed",
    "Telling",
    "Told",
    "ToldApart",
    "Why",
    "blunt_count",
    "blunt_share",
    "changed_groups",
    "is_little_changed",
    "levels_of_figures",
    "levels_of_people",
    "pattern_of",
    "people_apart",
    "rounded_to",
    "sums_that_tell",
    "telling_of",
    "told_apart",
    "tree_of",
]
