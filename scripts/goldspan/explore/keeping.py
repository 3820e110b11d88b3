"""``goldspan figures``: the figures that the card of a corpus asks for, drawn and kept, so that a build copies them."""

from pathlib import Path

from goldspan.build import charts_of, settled_tables
from goldspan.card import asked
from goldspan.drawn import LIST, NO_CHART, drawing_of, drawings_json, kept_names
from goldspan.explore.svg import drawn
from goldspan.faults import stop_on_errors
from goldspan.inputs import read_inputs
from goldspan.pages import pages_of
from goldspan.store import staged

__all__ = ["keep_figures"]


def keep_figures(folder: Path) -> list[Path]:
    """Draw the figures that the card and the pages of a corpus folder ask for; gives the files of the drawings.

    Those that none asks for any more are removed. A killed run leaves what a build refuses, never what is wrong.

    Raises:
        DataError: the corpus has a fault, or no such figure can be drawn of it (E729).
        OSError: a file cannot be written.
    """
    inputs = read_inputs(folder)
    tables = settled_tables(inputs).tables
    charts, names = charts_of(inputs, tables), asked(pages_of(inputs.corpus).values())
    card = str(inputs.corpus.path("card"))
    known = ", ".join(charts)
    stop_on_errors(NO_CHART.finding(f"{name!r}, not one of {known}", file=card) for name in names if name not in charts)
    made = {name: drawn(charts[name].spec, charts[name].says).encode() for name in names}
    place, earlier = inputs.corpus.path("figures"), kept_names(inputs.corpus)
    files = {place / f"{name}.svg": data for name, data in made.items()}
    files[place / LIST] = drawings_json({name: drawing_of(charts[name], data) for name, data in made.items()})
    place.mkdir(parents=True, exist_ok=True)
    with staged(files) as put_in_place:
        put_in_place()
    for name in earlier - set(made):
        (place / f"{name}.svg").unlink(missing_ok=True)
    return [path for path in files if path.name != LIST]
