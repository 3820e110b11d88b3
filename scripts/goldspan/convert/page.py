"""The README.md of a converted folder: what ``load_dataset`` needs, and what was converted."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from goldspan.arrow import features
from goldspan.convert.shards import Counts, Options
from goldspan.front_matter import render_front_matter
from goldspan.markdown import markdown_table
from goldspan.tokens import tag_names

__all__ = ["render_page"]


def render_page(rows: dict[str, int], counts: dict[str, Counts], options: Options, folder: Path) -> str:
    """The page; tables without rows are left out of its ``configs``, since datasets cannot load them."""
    loadable = [name for name, count in rows.items() if count]
    sizes = {name: sum(path.stat().st_size for path in (folder / name).iterdir()) for name in loadable}
    classes = {"ner_tags": tag_names(options.config.layers[options.bio].labels)} if options.bio else {}
    settings: dict[str, Any] = {
        "configs": [
            {"config_name": name, "data_files": [{"split": "train", "path": f"{name}/train-*.parquet"}]}
            for name in loadable
        ],
        "dataset_info": [
            {
                "config_name": name,
                "features": features(pq.read_schema(next(iter(sorted((folder / name).iterdir())))), classes),
                "splits": [{"name": "train", "num_bytes": sizes[name], "num_examples": rows[name]}],
                "dataset_size": sizes[name],
            }
            for name in loadable
        ],
    }
    if loadable:
        settings["configs"][0]["default"] = True
    kinds = [(name, one.read, one.written, one.merged, one.rejected) for name, one in counts.items()]
    table = markdown_table(["", "read", "written", "merged", "left out"], kinds)
    empty = "".join(
        f"\nThe table `{name}` has no rows, so `load_dataset` knows no config of its name.\n"
        for name in rows
        if name not in loadable
    )
    return f"{render_front_matter(settings)}# Converted from Label Studio\n\n{table}\n{empty}{PROSE}"


PROSE = """
Offsets are Unicode code points into `documents.text`, half-open: `text[start:end]` is the text of a span. An item is a
region, the value of a control, or a relation. What was left out, and why, stands in `rejects.jsonl`.
"""
