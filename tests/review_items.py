"""Review items for the tests of `review`: a few plain ones, and a hypothesis strategy."""

from hypothesis import strategies as st

from cchc_ml.review.categories import categories
from cchc_ml.review.items import RANDOM, UNCERTAIN, ReviewItem

CATEGORIES = categories()
SLUGS = [c.slug for c in CATEGORIES]

# Characters that every format can hold: Excel has no control characters, and XML has one kind of line break.
_LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n")
_FIELD = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), max_size=12).map(str.strip)
_PROBABILITY = st.integers(0, 10_000).map(lambda n: n / 10_000)


@st.composite
def review_items(draw):
    """Draw an item as a person hands it in: with or without a suggestion, looked at in full, in part or not at all."""
    text = draw(st.text(_LETTERS, min_size=1, max_size=60).filter(str.strip))
    fields = {}
    if draw(st.booleans()):
        suggested = draw(st.lists(st.sampled_from(SLUGS), unique=True))
        ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2).map(lambda pair: tuple(sorted(pair)))
        fields = {
            "suggestion": {slug: draw(_PROBABILITY) for slug in SLUGS},
            "suggested": tuple(suggested),
            "evidence_spans": {slug: draw(ends) for slug in suggested},
        }
    decisions = draw(st.dictionaries(st.sampled_from(SLUGS), st.booleans()))
    return ReviewItem(
        id=draw(_FIELD.filter(bool)),
        text=text,
        decisions=decisions,
        annotator=draw(_FIELD.filter(bool)) if decisions else "",
        notes=draw(_FIELD),
        time=draw(st.datetimes().map(str)),
        sampling=draw(st.sampled_from(["", RANDOM, UNCERTAIN])),
        **{name: draw(_FIELD) for name in ("document", "headline", "date", "outlet", "link")},
        **fields,
    )


def item(identity="t1", text="Xã trả hồ sơ trước hạn.", *, yes=None, **fields):
    """Return an item; `yes` lists the categories decided with yes, and all others are then decided with no."""
    if yes is not None:
        fields["decisions"] = {slug: slug in yes for slug in SLUGS}
    return ReviewItem(identity, text, **fields)


def suggestion(**chances):
    """Return the fields of a suggestion: these probabilities, 0.01 for the others, tagged from 0.5 on."""
    return {
        "suggestion": {slug: float(chances.get(slug, 0.01)) for slug in SLUGS},
        "suggested": tuple(slug for slug in SLUGS if chances.get(slug, 0) >= 0.5),
    }
