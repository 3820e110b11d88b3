"""How the rows of a release are known: the key of each config, and the columns that name rows of others."""

__all__ = ["FOREIGN_KEYS", "KEYS"]

KEYS = {
    "documents": "doc_id",
    "entities": "mention_id",
    "claims": "claim_id",
    "claim_relations": "relation_id",
    "ner": "id",
    "annotations": "annotation_id",
}
FOREIGN_KEYS = [
    ("entities", "doc_id", "documents"),
    ("entities", "parent_mention_id", "entities"),
    ("claims", "doc_id", "documents"),
    ("claims", "quantity_mention_ids", "entities"),
    ("claim_relations", "claim_a", "claims"),
    ("claim_relations", "claim_b", "claims"),
    ("claim_relations", "doc_a", "documents"),
    ("claim_relations", "doc_b", "documents"),
    ("ner", "doc_id", "documents"),
    ("annotations", "doc_id", "documents"),
]
