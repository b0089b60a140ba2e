"""Ways of sharing, and what each has room for."""

from typing import NamedTuple


class Channel(NamedTuple):
    """How many characters fit, once they are filled in; ``longest_subject`` where there is one.

    ``speaks`` where the person does, in their own name; ``public`` where anybody reads it, who takes it for an advert
    only if it begins with that (UWG § 5a(4)).
    """

    longest: int
    longest_subject: int = 0
    speaks: bool = True
    public: bool = False


CHANNELS = {
    "whatsapp": Channel(700),
    # Two of 153 characters: a third would cost whoever sends it again.
    "sms": Channel(306),
    "mail": Channel(1_500, longest_subject=120),
    "letter": Channel(1_800),
    "social": Channel(280, public=True),
    "plain": Channel(700),
    # What stands large on posters and cards; the reward is told below it, in words of ours.
    "print": Channel(160, longest_subject=60, speaks=False),
}
# All that words can name.
FIELDS = ("company", "name", "reward", "friend_reward", "link", "code")
# As typed, with its fields, which may be longer than what they become.
LONGEST_TYPED = 2_500
