"""The light models: conditional random fields for spans, logistic regression for classes. Needs the extra ``train``.

The fields have the settings of sklearn-crfsuite's tutorial (c1 and c2 of 0.1, 100 iterations); classes weigh the more
the rarer they are, and how strict a regression is, is told by folds among what it learns from. A folder has a file of
CRFsuite for each layer, ``layer-N.crfsuite``, and ``gazetteer.json``; or ``features.skops``, a file of skops for each
attribute, ``attribute-N.skops``, and ``attributes.json``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pycrfsuite
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from skops import io as skops

from goldspan.train.examples import Item, Labels, Layers, Passage, decode, tags
from goldspan.train.features import item_features, token_features
from goldspan.train.gazetteer import Gazetteer, memorise
from goldspan.train.models import About, Choice, Scored, Setup

__all__ = ["LIBRARIES", "load_classes", "load_spans", "train_classes", "train_spans"]

LIBRARIES = ("python-crfsuite", "scikit-learn", "skops")
STRICT = {"estimator__C": [1.0, 10.0, 100.0]}
INNER = 5  # folds in what is learnt from, to choose among them
PARTS = 10
NUMBERS, ATTRIBUTES = "features.skops", "attributes.json"
FIELD = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
GAZETTEER = "gazetteer.json"


class Fields:
    """A conditional random field for each layer."""

    def __init__(self, fields: Mapping[str, bytes], gazetteer: Gazetteer) -> None:
        """Open the fields, each by its layer."""
        self.fields = dict(fields)
        self.gazetteer = gazetteer
        self.taggers = {layer: opened(data) for layer, data in fields.items()}

    def predict(self, passages: Sequence[Passage]) -> list[list[Scored]]:
        """The spans of each passage; the score is the mean of the marginal probabilities of its tokens' tags."""
        return [sorted(self.of_passage(passage), key=lambda one: (one.start, -one.end)) for passage in passages]

    def of_passage(self, passage: Passage) -> list[Scored]:
        """The spans of a passage."""
        features = token_features(passage, self.gazetteer)
        found = []
        for layer, tagger in self.taggers.items():
            tagged = tagger.tag(features)
            sure = [tagger.marginal(tag, at) for at, tag in enumerate(tagged)]
            for span in decode(passage, layer, tagged):
                inside = [sure[at] for at, (start, end) in enumerate(passage.tokens) if span.covers(start, end)]
                found.append(Scored(span.start, span.end, span.label, min(sum(inside) / len(inside), 1.0)))
        return found

    def save(self, folder: Path) -> None:
        """Write a file for each field, and the gazetteer."""
        for number, data in enumerate(self.fields.values()):
            (folder / f"layer-{number}.crfsuite").write_bytes(data)
        (folder / GAZETTEER).write_bytes(msgspec.json.encode(self.gazetteer))


def opened(data: bytes) -> Any:
    """A tagger from the bytes of its file.

    Raises:
        ValueError: they are no such file.
    """
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(data)
    return tagger


def train_spans(passages: Sequence[Passage], layers: Layers, setup: Setup) -> Fields:
    """Train a field for each layer. What the gazetteer says of a document is learnt from the other documents."""
    features = jackknifed(passages)
    fields = {}
    for number, layer in enumerate(layers):
        setup.show(f"training {layer}", number, len(layers))
        fields[layer] = field(features, [tags(passage, layer) for passage in passages])
    return Fields(fields, memorise(passages))


def jackknifed(passages: Sequence[Passage]) -> list[list[list[str]]]:
    """The features of each passage, with a gazetteer of other documents, as of a text that is new.

    Of many documents it lacks not only the passage's own, but a tenth of all.
    """
    documents = dict.fromkeys(passage.doc_id for passage in passages)
    part = {doc_id: number % PARTS for number, doc_id in enumerate(documents)}
    others = [memorise([one for one in passages if part[one.doc_id] != number]) for number in range(PARTS)]
    return [token_features(passage, others[part[passage.doc_id]]) for passage in passages]


def field(features: Sequence[Sequence[Sequence[str]]], tagged: Sequence[Sequence[str]]) -> bytes:
    """Train a field; the bytes of its file."""
    trainer = pycrfsuite.Trainer(params=FIELD, verbose=False)
    for one, labels in zip(features, tagged, strict=True):
        trainer.append(one, labels)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "field"
        trainer.train(str(path))
        return path.read_bytes()


def load_spans(folder: Path, about: About) -> Fields:
    """Fields from their folder."""
    gazetteer = msgspec.json.decode((folder / GAZETTEER).read_bytes(), type=Gazetteer)
    paths = [folder / f"layer-{number}.crfsuite" for number in range(len(about.layers))]
    fields = Fields({layer: path.read_bytes() for layer, path in zip(about.layers, paths, strict=True)}, gazetteer)
    for layer, tagger in fields.taggers.items():
        if not {tag[2:] for tag in tagger.labels() if tag != "O"} <= set(about.layers[layer]):
            raise ValueError(f"the labels of {layer!r} are others")
    return fields


class Regressions:
    """What makes numbers of features, and a classifier of scikit-learn for each attribute."""

    def __init__(self, numbers: Pipeline, classifiers: Mapping[str, Any]) -> None:
        """Keep the classifiers by attribute."""
        self.numbers = numbers
        self.classifiers = dict(classifiers)

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """The likeliest label of each attribute, with its probability."""
        found: list[dict[str, Choice]] = [{} for _ in items]
        if items:
            numbers = self.numbers.transform([item_features(item) for item in items])
            for name, classifier in self.classifiers.items():
                for one, row in zip(found, classifier.predict_proba(numbers), strict=True):
                    best = int(row.argmax())
                    one[name] = Choice(str(classifier.classes_[best]), float(row[best]))
        return found

    def save(self, folder: Path) -> None:
        """Write what makes numbers, and a file for each attribute."""
        skops.dump(self.numbers, folder / NUMBERS)
        for number, each in enumerate(self.classifiers.values()):
            skops.dump(each, folder / f"attribute-{number}.skops")
        (folder / ATTRIBUTES).write_bytes(msgspec.json.encode(list(self.classifiers)))


def train_classes(items: Sequence[Item], labels: Labels, setup: Setup) -> Regressions:
    """Train a classifier for each attribute on the items that have a value for it; there is none where no item has."""
    numbers = make_pipeline(DictVectorizer(), TfidfTransformer())
    rows = numbers.fit_transform([item_features(item) for item in items])
    classifiers = {}
    for number, name in enumerate(labels):
        setup.show(f"training {name}", number, len(labels))
        at = [place for place, item in enumerate(items) if name in item.labels]
        if not at:
            continue
        chosen, documents = [items[place].labels[name] for place in at], [items[place].doc_ids[0] for place in at]
        classifiers[name] = classifier(rows[at], chosen, documents, setup.seed)
    return Regressions(numbers, classifiers)


def classifier(rows: Any, chosen: Sequence[str], documents: Sequence[str], seed: int) -> Any:
    """A classifier. How strict it is, is told by folds of its own among what it learns from, of whole documents."""
    if len(set(chosen)) < 2:
        return DummyClassifier(strategy="most_frequent").fit(rows, chosen)
    every = OneVsRestClassifier(LogisticRegression(solver="liblinear", class_weight="balanced", random_state=seed))
    splits = list(inner(chosen, documents))
    if not splits:
        return every.fit(rows, chosen)
    return (
        GridSearchCV(every, STRICT, scoring="f1_macro", cv=splits, error_score="raise")
        .fit(rows, chosen)
        .best_estimator_
    )


def inner(chosen: Sequence[str], documents: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """Folds of whole documents, as the places that are learnt from and tested; those in which there is a choice."""
    count = min(len(set(documents)), INNER)
    for learnt, tested in GroupKFold(count).split(chosen, groups=documents) if count > 1 else ():
        if len({chosen[at] for at in learnt}) > 1:
            yield learnt, tested


def load_classes(folder: Path, about: About) -> Regressions:
    """Classifiers from their folder; skops loads no types but those of scikit-learn, NumPy and SciPy that it trusts."""
    names = msgspec.json.decode((folder / ATTRIBUTES).read_bytes(), type=list[str])
    classifiers = {name: skops.load(folder / f"attribute-{number}.skops") for number, name in enumerate(names)}
    check_labels(classifiers, about.labels)
    return Regressions(skops.load(folder / NUMBERS), classifiers)


def check_labels(classifiers: Mapping[str, Any], labels: Labels) -> None:
    """See that classifiers choose among the labels that there are.

    Raises:
        ValueError: one does not.
    """
    for name, each in classifiers.items():
        if not set(map(str, each.classes_)) <= set(labels.get(name, ())):
            raise ValueError(f"the labels of {name!r} are others")
