"""E5xx: what a claim must say."""

from collections.abc import Iterator

from goldspan.checks.attributions import linked, spans_of
from goldspan.checks.registry import Hit, Subject, annotation_check, hit


@annotation_check("E501")
def incomplete_claim(subject: Subject) -> Iterator[Hit]:
    """A claim lacks an attribute that the corpus requires.

    Set it in Label Studio on the first content of the claim.
    """
    layer, content_label = subject.corpus.layers.attributions or "", subject.corpus.attributions.content
    continued = linked(subject).continued
    for content in spans_of(subject, content_label):
        if content.region_id not in continued:
            for attribute in subject.config.attributes_of(layer, content_label):
                if attribute.name in subject.corpus.required and attribute.name not in content.attributes:
                    yield hit(content, attribute.name)
