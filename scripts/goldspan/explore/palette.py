"""The colours of the charts, told apart by colour-blind readers and on light and dark pages."""

__all__ = ["PALETTE", "shades"]

# Okabe and Ito, with grey for their black, which a dark page would hide, and their yellow further back, which is pale
# as a line; and four that are far from these and each other, also as seen with each of the three kinds of colour
# blindness (simulated after Machado et al., 2009).
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7A7A", "#9000F0"]
MORE = ["#904830", "#F0E442", "#A8D890", "#D8A8A8"]


def shades(count: int) -> list[str]:
    """So many colours: the palette, more, then lighter ones of both."""
    colours = [*PALETTE, *MORE]
    return [colours[number % len(colours)] + ("" if number < len(colours) else "99") for number in range(count)]
