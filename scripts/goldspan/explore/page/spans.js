// Spans: how they look, in which lane each is drawn, what is linked with what, and how two versions differ.

// The same label has the same colour and dash in every layer, whether small or capital letters write it.
const COLOURS = 9;
const DASHES = ["solid", "dotted", "dashed"];
const looks = new Map();
const styles = new Map();
index.layers.forEach((layer, number) => {
  const known = layer.labels.map((label) => styles.get(label.toLowerCase())).find(Boolean);
  const dash = known?.dash ?? DASHES[new Set([...styles.values()].map((style) => style.dash)).size % DASHES.length];
  for (const label of layer.labels) {
    const name = label.toLowerCase();
    if (!styles.has(name)) styles.set(name, { colour: styles.size % COLOURS, dash });
    looks.set(`${layer.name}\n${label}`, { ...styles.get(name), tag: label });
  }
});

const lookOf = (span) =>
  looks.get(`${span.layer}\n${span.labels[0]}`) ?? { colour: 6, dash: "dotted", tag: span.layer };
const keyOf = (span) => `${span.layer}\n${span.labels[0] ?? ""}`;

function line({ colour, dash }) {
  const ink = `var(--c${colour})`;
  if (dash === "solid") return `linear-gradient(${ink}, ${ink})`;
  const [on, off] = dash === "dashed" ? [7, 10] : [2, 5];
  return `repeating-linear-gradient(90deg, ${ink} 0 ${on}px, transparent ${on}px ${off}px)`;
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

// What a span is linked with, and what that is linked with by another kind of link: of content the cue and its source.
function linksOf(version, span) {
  const ids = new Set(groupOf(version, span).map((one) => one.id));
  const touching = (id) => version.links.filter(([from, to]) => from === id || to === id);
  const found = new Map();
  const add = (link) => found.set(link.join("\n"), link);
  for (const id of ids) {
    for (const link of touching(id)) {
      add(link);
      const next = link[0] === id ? link[1] : link[0];
      touching(next)
        .filter((other) => other[2] !== link[2])
        .forEach(add);
    }
  }
  return [...found.values()];
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
