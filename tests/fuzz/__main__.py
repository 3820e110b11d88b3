"""Fuzz the reader of exports, led by what of it is reached: python -m tests.fuzz SECONDS. Needs the extra ``fuzz``."""

import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["goldspan.export", "goldspan.convert.sift"]):
    from tests.fuzz.reader import check
from tests.exports import annotation, lines, region, relation, task, value

MARKED = annotation(region("1", "Ann", "A"), value("1", "tone", "choices", ["calm"]), relation("1", "1", "by"))
TASKS = [task(MARKED, text="Ann 👩‍👧"), task(number=2, text="x")]
STORED = {**MARKED, "task": {"id": 1, "data": {"body": "Ann"}}}
SEEDS = [json.dumps(TASKS).encode(), json.dumps(TASKS, indent=1).encode(), lines(TASKS), json.dumps(STORED).encode()]
FOUND = Path(__file__).parent / "found"
WORDS = '{ } [ ] , : null true 1e9 "id": "data":{"body":"x"} "annotations":[{"result":[ "value":{"start":0,"end":1 "labels":["A"] '
WORDS += '"from_name":"who" "to_name":"t" "type":"labels" "type":"relation" "from_id":"1" \\ \\" \n \ufeff'


def hexadecimal(word: str) -> str:
    """A word as a dictionary of the fuzzer spells it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def main(seconds: int) -> None:
    """Fuzz for a while; the input that breaks something is kept in the folder of what was found."""
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, data in enumerate([*SEEDS, *(path.read_bytes() for path in sorted(FOUND.iterdir()))]):
            (seeds / str(number)).write_bytes(data)
        words = Path(folder) / "words"
        words.write_text("".join(f'"{hexadecimal(word)}"\n' for word in WORDS.split(" ")))
        export = Path(folder) / "export.json"
        arguments = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-dict={words}",
            "-max_len=3000",
            "-print_final_stats=1",
            "-timeout=20",
        ]
        atheris.Setup([*arguments, f"-artifact_prefix={FOUND}/", str(seeds)], lambda data: check(data, export))
        atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]))
