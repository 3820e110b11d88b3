// Spans: how they look, in which lane each is drawn, what is linked with what, and how two versions differ.

// The same label has the same colour and dash in every layer, whether small or capital letters write it.
const COLOURS = 9;
const DASHES = ["solid", "dotted", "dashed"];
const looks = new Map();
const styles = new Map();
let fresh = 0;
index.layers.forEach((layer) => {
  const known = layer.labels.map((label) => styles.get(label.toLowerCase())).find(Boolean);
  const dash = known?.dash ?? DASHES[fresh++ % DASHES.length];
  for (const label of layer.labels) {
    const name = label.toLowerCase();
    if (!styles.has(name)) styles.set(name, { colour: styles.size % COLOURS, dash });
    looks.set(`${layer.name}\n${label}`, { ...styles.get(name), tag: label });
  }
});

const keyOf = (layer, label) => `${layer}\n${label}`;
const keysOf = (span) => (span.labels.length ? span.labels : [""]).map((label) => keyOf(span.layer, label));
const looksOf = (span) => keysOf(span).map((key) => looks.get(key) ?? { colour: 6, dash: "dotted", tag: span.layer });
const tagOf = (span) => span.labels.join("/") || span.layer;
const PATTERNS = { solid: [6, 0], dashed: [7, 3], dotted: [2, 3] }; // drawn and left out, in pixels

// The line of a span; one with several labels has the colours of them all in turn.
function line(several) {
  let at = 0;
  const stops = several.flatMap(({ colour, dash }) => {
    const [on, off] = PATTERNS[dash];
    const [from, to] = [at, at + on];
    at = to + off;
    return [`var(--c${colour}) ${from}px ${to}px`, ...(off ? [`transparent ${to}px ${at}px`] : [])];
  });
  return `repeating-linear-gradient(90deg, ${stops.join(", ")})`;
}

// Shorter spans lie nearer to the words; spans that share words never share a lane.
function lanes(spans) {
  const order = [...spans].sort(
    (one, other) => one.end - one.start - (other.end - other.start) || one.start - other.start,
  );
  const taken = [];
  const found = new Map();
  for (const span of order) {
    let lane = 0;
    while (taken[lane]?.some((other) => other.start < span.end && span.start < other.end)) lane += 1;
    (taken[lane] ??= []).push(span);
    found.set(span, lane);
  }
  return found;
}

const groupOf = (version, span) => (span.group ? version.spans.filter((one) => one.group === span.group) : [span]);

// The links of a span; then, within its layer, those by other labels of what it is linked with: of content the cue's
// with its source.
function linksOf(version, span) {
  const ids = new Set(groupOf(version, span).map((one) => one.id));
  const at = (id) => version.linksAt.get(id) ?? [];
  const inside = (link) => [link.from, link.to].every((id) => version.byId.get(id)?.layer === span.layer);
  const direct = [...new Set([...ids].flatMap(at))];
  const further = direct
    .filter(inside)
    .flatMap((link) =>
      [link.from, link.to]
        .filter((id) => !ids.has(id))
        .flatMap(at)
        .filter((other) => inside(other) && other.labels.join("\n") !== link.labels.join("\n")),
    );
  return [...new Set([...direct, ...further])];
}

// How a link leads away from one of its ends.
function arrow(link, from) {
  if (link.direction === "bi") return "↔";
  if (link.direction !== "right") return "–";
  return link.from === from ? "→" : "←";
}

const attributesOf = (span) => JSON.stringify(Object.entries(span.attributes ?? {}).sort());

// Where two versions differ. Released spans have other layers and labels than drawn ones: there the extent alone counts.
function differences(left, right) {
  const loose = left.released || right.released;
  const key = (span) =>
    loose ? `${span.start}-${span.end}` : `${span.layer}\n${span.labels.join("|")}\n${span.start}-${span.end}`;
  const keyed = (version) =>
    Map.groupBy?.(version.spans, key) ??
    version.spans.reduce((map, span) => map.set(key(span), [...(map.get(key(span)) ?? []), span]), new Map());
  const [ours, theirs] = [keyed(left), keyed(right)];
  const found = [];
  for (const [name, spans] of ours) {
    if (!theirs.has(name)) spans.forEach((span) => found.push({ span, side: 0 }));
    else if (!loose && attributesOf(spans[0]) !== attributesOf(theirs.get(name)[0]))
      found.push({ span: spans[0], other: theirs.get(name)[0], side: 2 });
  }
  for (const [name, spans] of theirs) if (!ours.has(name)) spans.forEach((span) => found.push({ span, side: 1 }));
  return found.sort((one, other) => one.span.start - other.span.start || one.span.end - other.span.end);
}
