"""How the buttons of drinks are told apart for good. Stands on one's own drinks only.

May import floors 1 to 3.
"""

from .my_drinks import MyDrink


def key_of_product(slug: str) -> str:
    """Return the key of the button for a drink of the machine."""
    return f"brew_{slug}"


def key_of_drink(drink: MyDrink) -> str:
    """Return the key of the button for one's own drink."""
    return f"drink_{drink.subentry_id}"
