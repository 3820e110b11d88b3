"""Load the corpus and look at it: what a span's offsets mean, who is named most, who says what.

Run from the clone's folder, after make build:  .venv/bin/python recipes/load_and_look.py
"""

from collections import Counter

from datasets import load_dataset

RELEASE = "dataset/release"  # or its name on the Hub
documents = load_dataset(RELEASE, "documents", split="train")
entities = load_dataset(RELEASE, "entities", split="train")
claims = load_dataset(RELEASE, "claims", split="train")

texts = {row["doc_id"]: row["text"] for row in documents}
exact = sum(texts[row["doc_id"]][row["start"] : row["end"]] == row["text"] for row in entities)
print(f"Offsets are code points into the article, half-open: {exact} of {len(entities)} mentions are exact")

print("Named most:")
for name, count in Counter(row["entity_id"] for row in entities if row["entity_id"]).most_common(5):
    print(f"  {count:3} {name}")

print("Says most, and of what kind:")
said = Counter((source, row["claim_type"]) for row in claims for source in row["source_entity_ids"])
for (source, kind), count in said.most_common(5):
    print(f"  {count:3} {source}: {kind}")

print("A claim, as it stands and as a sentence of its own:")
claim = next(row for row in claims if row["source"] and row["cue"])
print(f"  {claim['source'][0]['text']} | {claim['cue'][0]['text']} | {claim['content'][0]['text']}")
print(f"  {claim['normalized_claim']}")
