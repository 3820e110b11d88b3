"""Find contradictions across articles: pairs of claims that cannot both hold, with who says each and where.

Run from the clone's folder, after make build:  .venv/bin/python recipes/find_contradictions.py
"""

from datasets import load_dataset

RELEASE = "dataset/release"  # or its name on the Hub
claims = {row["claim_id"]: row for row in load_dataset(RELEASE, "claims", split="train")}
relations = load_dataset(RELEASE, "claim_relations", split="train")

across = [row for row in relations if row["relation"] == "CONTRADICTS" and row["scope"] == "CROSS_DOC"]
print(f"{len(across)} contradictions across articles")
for row in across:
    print(f"\n{row['cluster_id']}, over {row['basis']}")
    for side in "ab":
        claim = claims[row[f"claim_{side}"]]
        source = claim["source"][0]["text"] if claim["source"] else "the article itself"
        print(f"  {row[f'text_{side}']}")
        print(f"    {source}, in {row[f'doc_{side}']}: {claim['content'][0]['text']}")
