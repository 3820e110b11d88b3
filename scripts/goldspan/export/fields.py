"""Every field that Label Studio writes into a task or an annotation, up to version 1.23, and what is not taken of it.

What a result's item holds beside the fields of `reader.Item` is kept with it, whatever it is called.
"""

from collections.abc import Iterator, Mapping

from goldspan.export.reader import Identified, TaskAnnotation
from goldspan.faults import Finding, fault
from goldspan.words import counted

__all__ = ["ALIASES", "KNOWN", "LEFT_OUT", "unkept_notes", "unknown_fields"]

UNKNOWN_FIELD = fault(
    "W206",
    "Tasks or annotations have a field that is not known, and it was left out",
    "Nothing, if you do without it; it stands in the export. docs/convert.md lists the fields that are known.",
)
NOTED = fault(
    "W207",
    "Regions, values or relations have notes or further fields, which a release does not keep",
    "Nothing, if you do without them; they stand in the export, and goldspan convert keeps them in meta.",
)

ALIASES = {"skipped": "was_cancelled", "honeypot": "ground_truth"}  # as versions before 1 called them
LEFT_OUT = {
    "task": (
        # what the server counts and can be counted in the tables
        "total_annotations", "cancelled_annotations", "total_predictions", "annotators", "avg_lead_time",
        "completed_at", "annotations_ids", "annotations_results", "predictions_results", "predictions_score",
        "predictions_model_versions", "draft_exists", "is_labeled",
        # how the server handles the task
        "project", "inner_id", "updated_at", "updated_by", "file_upload", "storage_filename", "allow_skip",
        "overlap", "precomputed_agreement", "state",
        # comments, of which only the number is there
        "comment_count", "unresolved_comment_count", "comment_authors", "last_comment_updated_at",
    ),
    "annotation": (
        # where it came from, in the server
        "task", "project", "unique_id", "import_id", "draft_created_at", "prediction", "parent_prediction",
        "parent_annotation", "was_generated",
        # how the server handles it
        "updated_by", "last_action", "last_created_by", "bulk_created", "state",
        # what can be counted in the tables, or stands in other fields
        "result_count", "created_username", "created_ago",
    ),
}  # fmt: skip
KNOWN = {
    "task": {*Identified.__struct_fields__, "annotations", "completions", "drafts", "predictions", *LEFT_OUT["task"]},
    "annotation": {*TaskAnnotation.__struct_fields__, *ALIASES, *LEFT_OUT["annotation"]},
}


def unknown_fields(counts: Mapping[str, int], **place: str) -> Iterator[Finding]:
    """A finding for each field that was passed over, with how often it was (W206)."""
    for name, count in sorted(counts.items()):
        yield UNKNOWN_FIELD.finding(f"{name}, {counted(count, 'time')}", **place)


def unkept_notes(counts: Mapping[str, int], **place: str) -> Iterator[Finding]:
    """One finding about what stands in the notes of regions, values and relations, if anything does (W207)."""
    if counts:
        yield NOTED.finding(
            "; ".join(f"{name}, {counted(count, 'time')}" for name, count in sorted(counts.items())), **place
        )
