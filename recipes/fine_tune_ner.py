"""Fine-tune an encoder to find entities, and test it on the story group that it has not seen.

Needs the extra transformers. The encoder is a path, or an id on the Hub, and so many epochs:

    .venv/bin/python recipes/fine_tune_ner.py distilbert/distilbert-base-cased 15
"""

import sys

from datasets import load_dataset
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
)

from goldspan.tokens import decode_bio

BASE, EPOCHS = (*sys.argv[1:], "15")[:2]
HELD_OUT = "talks-next-week"

ner = load_dataset("dataset/release", "ner", split="train")
feature = ner.features["ner_tags"].feature
tokenizer = AutoTokenizer.from_pretrained(BASE, add_prefix_space=True)


def encode(rows):
    """Sub-words; the first of each word has the word's tag, the others none."""
    encoded = tokenizer(rows["tokens"], is_split_into_words=True, truncation=True)
    encoded["labels"] = []
    for number, tags in enumerate(rows["ner_tags"]):
        words = encoded.word_ids(number)
        firsts = [word is not None and word != before for before, word in zip([None, *words], words, strict=False)]
        encoded["labels"].append([tags[word] if first else -100 for word, first in zip(words, firsts, strict=True)])
    return encoded


def spans(row, tags):
    """The spans that a sentence's tags stand for."""
    places = [(start, start + len(token)) for start, token in zip(row["token_starts"], row["tokens"], strict=True)]
    return {(row["doc_id"], *span) for span in decode_bio(places, [feature.int2str(int(tag)) for tag in tags])}


seen = ner.filter(lambda row: row["story_group"] != HELD_OUT)
unseen = ner.filter(lambda row: row["story_group"] == HELD_OUT)
trainer = Trainer(
    AutoModelForTokenClassification.from_pretrained(
        BASE, num_labels=feature.num_classes, id2label=dict(enumerate(feature.names))
    ),
    TrainingArguments(
        "build/ner", num_train_epochs=int(EPOCHS), learning_rate=2e-4, save_strategy="no", report_to="none"
    ),
    train_dataset=seen.map(encode, batched=True, remove_columns=ner.column_names),
    data_collator=DataCollatorForTokenClassification(tokenizer),
)
trainer.train()
trainer.save_model("build/ner")
tokenizer.save_pretrained("build/ner")

logits, labels, _ = trainer.predict(unseen.map(encode, batched=True, remove_columns=ner.column_names))
guessed, annotated = set(), set()
for row, scores, known in zip(unseen, logits, labels, strict=True):
    guessed |= spans(row, scores.argmax(-1)[known != -100])
    annotated |= spans(row, row["ner_tags"])
right = len(guessed & annotated)
print(f"{len(guessed)} entities found in {HELD_OUT}, {right} of them right, of {len(annotated)}")
print(f"F1 {2 * right / (len(guessed) + len(annotated)):.2f}; pipeline('token-classification', 'build/ner') takes it")
