"""The tags of Label Studio: which controls can be read, which cannot and why, and which write no result at all."""

__all__ = ["READ", "VISUAL", "why_unread"]

READ = {
    "labels": "Labels",
    "choices": "Choices",
    "textarea": "TextArea",
    "number": "Number",
    "rating": "Rating",
    "taxonomy": "Taxonomy",
    "datetime": "DateTime",
    "pairwise": "Pairwise",
}
VISUAL = {
    "choice",
    "collapse",
    "dialog",
    "filter",
    "header",
    "label",
    "markdown",
    "pagedview",
    "panel",
    "relation",
    "relations",
    "shortcut",
    "style",
    "view",
}
UNREAD = {
    "repeater": "its controls are made for each item of a task's data, and the config does not name them",
    "ranker": "it puts items in an order, which no column holds",
}
NO_TEXT = {
    "hypertext": "regions of HTML are counted in its tags, not in a text",
    "paragraphs": "regions of a dialogue are counted in each utterance, not in one text",
}


def why_unread(kind: str, objects: list[str]) -> str:
    """Why the results of a control of some kind cannot be read: what it does, or the kinds of objects it draws on."""
    reasons = [NO_TEXT.get(each, f"regions of {each} are no stretches of a text") for each in objects if each != "text"]
    return UNREAD.get(kind) or "; ".join(reasons) or "no control of this kind is known here"
