"""What a demonstration shows: the reference portfolio, the story of one synthetic edition, ready questionnaires."""

from collections.abc import Callable
from functools import partial

from cli.access import sign_in
from cli.loading import load_into, load_library
from cli.story import play_story


async def set_the_scene(address: str, say: Callable[[str], None]) -> None:
    """Fill the system at `address`, saying what happens; raises `CommandError` where it cannot go on."""
    say("Loading the reference portfolio ...")
    say(f"Loaded: {await load_into(address)} rows, each with its source.")
    say("Playing the story of one synthetic edition ...")
    await play_story(address, partial(sign_in, address), say)
    # After the story, whose surveys are asked by hand: from now on every edition is asked by templates.
    say(f"Ready questionnaires: {await load_library(address)}, in Kazakh, Russian and English.")
