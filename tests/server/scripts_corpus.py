"""A corpus of texts in which spans are easily missed, with the labels of this corpus."""

import csv
import shutil
from hashlib import sha256
from pathlib import Path

from tests.conftest import ROOT

# Each text with the words that are drawn in it. Every text is of one line or paragraph that the zone rules take whole.
TEXTS = {
    "emoji": ("😀👩‍👧 Ann Lee said Bob Ray left Rome before the rockets fell.", "rockets"),
    "combining": ("In the cafe\u0301 of Jose\u0301 they spoke of fuse\u0301es and of drones.", "fuse\u0301es"),
    "khmer": ("ទាហាន\u200bបាន\u200bប្រើ គ្រាប់មីន នៅ\u200bព្រំដែន។", "គ្រាប់មីន"),
    "thai": ("ทหารใช้ ทุ่นระเบิด ที่ชายแดน", "ทุ่นระเบิด"),
    "crlf": ("A first line.\r\n\r\nThen the rockets fell.\r\nAnd drones came.\r\n", "drones"),
    "tabs": ("Used:\trockets\tand\t\tdrones\tthere.", "drones"),
    "spaces": ("They  used   rockets  and    drones  there.", "drones"),
}

SETTINGS = """
name = "scripts"
version = "1.0.0"
exports = ["articles-*"]
default_zone = "BODY"
required = ["entity_id", "claim_type", "modality", "polarity", "distanced", "normalized_claim"]

[layers]
zones = "zone"
entities = "entity"
attributions = "attribution"
"""


def write_scripts_corpus(folder: Path) -> Path:
    """Write the corpus into a new folder."""
    for part in ("dataset/raw", "annotations/exports"):
        (folder / part).mkdir(parents=True)
    with (folder / "dataset/raw/sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["doc_id", "file", "sha256"])
        for name, (text, _) in TEXTS.items():
            (folder / f"dataset/raw/{name}.txt").write_bytes(text.encode())
            writer.writerow([name, f"{name}.txt", sha256(text.encode()).hexdigest()])
    (folder / "corpus.toml").write_text(SETTINGS)
    shutil.copy2(ROOT / "annotations/labeling_config.xml", folder / "annotations")
    (folder / "annotations/guidelines.md").write_text(
        "# Guidelines\n\nMark **weapons**.\n\n| a | b |\n| --- | --- |\n| c | <b>d</b> |\n"
    )
    (folder / "dataset_card.md").write_text("---\nlicense: mit\n---\n# Scripts\n")
    return folder
