"""The light models: conditional random fields for spans, logistic regression for classes. Needs the extra ``train``.

Their settings are fixed, and were chosen before anything was measured: those of the tutorial of sklearn-crfsuite for
the fields (c1 and c2 of 0.1, 100 iterations), scikit-learn's own for the regression, with classes weighted as they are
rare. A folder has a file of CRFsuite for each layer, ``layer-N.crfsuite``, and ``gazetteer.json``; or one of skops for
each attribute, ``attribute-N.skops``, in the order of ``goldspan.json``.
"""

from collections.abc import Mapping, Sequence
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
STRICT = {"onevsrestclassifier__estimator__C": [1.0, 10.0, 100.0]}
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
    """The features of each passage, with a gazetteer of all documents but its own, as of a text that is new."""
    others = {
        doc_id: memorise([passage for passage in passages if passage.doc_id != doc_id])
        for doc_id in {passage.doc_id for passage in passages}
    }
    return [token_features(passage, others[passage.doc_id]) for passage in passages]


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
    return Fields({layer: path.read_bytes() for layer, path in zip(about.layers, paths, strict=True)}, gazetteer)


class Regressions:
    """A pipeline of scikit-learn for each attribute."""

    def __init__(self, pipelines: Mapping[str, Pipeline]) -> None:
        """Keep the pipelines by attribute."""
        self.pipelines = dict(pipelines)

    def predict(self, items: Sequence[Item]) -> list[dict[str, Choice]]:
        """The likeliest label of each attribute, with its probability."""
        features = [item_features(item) for item in items]
        found: list[dict[str, Choice]] = [{} for _ in items]
        for name, pipeline in self.pipelines.items():
            for one, row in zip(found, pipeline.predict_proba(features) if features else (), strict=True):
                best = int(row.argmax())
                one[name] = Choice(str(pipeline.classes_[best]), float(row[best]))
        return found

    def save(self, folder: Path) -> None:
        """Write a file of skops for each attribute."""
        for number, pipeline in enumerate(self.pipelines.values()):
            skops.dump(pipeline, folder / f"attribute-{number}.skops")


def train_classes(items: Sequence[Item], labels: Labels, setup: Setup) -> Regressions:
    """Train a regression for each attribute on the items that have a value for it."""
    pipelines = {}
    for number, name in enumerate(labels):
        setup.show(f"training {name}", number, len(labels))
        pipelines[name] = trained([item for item in items if name in item.labels], name, setup.seed)
    return Regressions(pipelines)


def trained(items: Sequence[Item], name: str, seed: int) -> Pipeline:
    """A pipeline for an attribute. How strict it is, is told by folds of its own among what is learnt from."""
    features, chosen = [item_features(item) for item in items], [item.labels[name] for item in items]
    documents = [item.doc_ids[0] for item in items]
    if len(set(chosen)) < 2:
        return make_pipeline(DictVectorizer(), DummyClassifier(strategy="most_frequent")).fit(features, chosen)
    last = LogisticRegression(solver="liblinear", class_weight="balanced", random_state=seed)
    pipeline = make_pipeline(DictVectorizer(), TfidfTransformer(), OneVsRestClassifier(last))
    count = min(len(set(documents)), 5)
    if count < 2:
        return pipeline.fit(features, chosen)
    search = GridSearchCV(pipeline, STRICT, scoring="f1_macro", cv=GroupKFold(count), error_score="raise")
    return search.fit(features, chosen, groups=documents).best_estimator_


def load_classes(folder: Path, about: About) -> Regressions:
    """Pipelines from their folder; skops loads nothing but the types of scikit-learn, NumPy and SciPy."""
    paths = [folder / f"attribute-{number}.skops" for number in range(len(about.labels))]
    return Regressions({name: skops.load(path) for name, path in zip(about.labels, paths, strict=True)})
