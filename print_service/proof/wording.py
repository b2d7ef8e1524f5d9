"""The wording that the law wants on a form: there in the form's own version, on the paper, and to be seen."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from print_service.findings import Finding
from print_service.proof.content import Run
from print_service.proof.field_ink import inkless
from print_service.proof.model import ExpectedPage
from print_service.proof.place import Place
from print_service.proof.raster import Raster
from print_service.proof.texts import solid


def check_wording(place: Place, expected: ExpectedPage, runs: Sequence[Run]) -> Iterator[Finding]:
    """Wording of the form's version that the page lacks, and wording of another version that it carries."""
    layout = expected.layout
    if not (layout.wording or layout.other_wording):
        return
    whole = solid("".join(run.text for run in runs))
    others = [(day, text) for day, text in layout.other_wording if text in whole]
    for text in layout.wording:
        if text not in whole:
            if others:
                day, found = others[0]
                yield place.finding("proof.form-version", form=layout.name, expected=text, found=found, other=day)
            else:
                yield place.finding("proof.wording-missing", form=layout.name, expected=text)


def check_wording_seen(
    place: Place, expected: ExpectedPage, runs: Sequence[Run], page: Raster, bare: Raster
) -> Iterator[Finding]:
    """Wording that the strings have and the paper has not: white, covered, beyond its edge. `bare` is the page without letters.

    `runs` may be some of the page's strings; wording that is not among them is not asked for here.
    """
    texts = [solid(run.text) for run in runs]
    ends = list(accumulate(map(len, texts)))
    whole = "".join(texts)
    for text in expected.layout.wording:
        start = whole.find(text)
        bearers = [
            run
            for run, own, end in zip(runs, texts, ends, strict=True)
            if start >= 0 and end - len(own) < start + len(text) and end > start and own
        ]
        if any(_unseen(run, page, bare) for run in bearers):
            yield place.finding("proof.wording-unseen", form=expected.layout.name, expected=text)


def _unseen(run: Run, page: Raster, bare: Raster) -> bool:
    height, width = (side * 25.4 / page.dpi for side in page.pixels.shape)
    ends = (run.place(run.starts[0], 350.0), run.place(run.starts[-1], 350.0))
    on_paper = all(0 <= x <= width and 0 <= y <= height for x, y in ends)
    return not on_paper or bool(inkless(run, range(len(run.codes)), page, bare))
