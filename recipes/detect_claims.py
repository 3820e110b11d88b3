"""Detect what is reported: does a sentence put forward a claim of somebody's, with a cue such as "said"?

Nearly every sentence holds a claim, so that whether one is a claim of the article's own or somebody else's is what
there is to tell. Each story group is tested once, by a model that has seen only the others; beside it stands what
always guessing the commoner answer gets. Needs the extra train (make build installs it):

    .venv/bin/python recipes/detect_claims.py
"""

from datasets import load_dataset
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline

sentences = load_dataset("dataset/release", "ner", split="train").to_pandas()
claims = load_dataset("dataset/release", "claims", split="train")
starts = [(row["doc_id"], part["start"]) for row in claims if row["cue"] for part in row["content"]]


def is_reported(sentence):
    """True if the content of a claim that has a cue begins in the sentence."""
    end = sentence.sentence_start + len(sentence.sentence_text)
    return any(doc_id == sentence.doc_id and sentence.sentence_start <= start < end for doc_id, start in starts)


reported = sentences.apply(is_reported, axis=1)
models = {
    "the commoner answer": DummyClassifier(strategy="most_frequent"),
    "words and pairs of words": make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(class_weight="balanced")
    ),
}
print(f"{reported.sum()} of {len(sentences)} sentences report a claim")
for name, model in models.items():
    guessed = cross_val_predict(
        model, sentences.sentence_text, reported, groups=sentences.story_group, cv=LeaveOneGroupOut()
    )
    print(name)
    for group, rows in sentences.groupby("story_group").groups.items():
        print(f"  {group:20} macro F1 {f1_score(reported[rows], guessed[rows], average='macro'):.2f}")
