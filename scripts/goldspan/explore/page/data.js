// The data: the index at once, documents and claims when they are first asked for.

const parsed = (id) => JSON.parse(byName(id).textContent);
const index = parsed("index");
const numberOf = new Map(index.documents.map((one, number) => [one.id, number]));
const exclusive = new Set(index.exclusive);
const equal = new Set(index.equal);
const opened = new Map();

function opening(number) {
  if (!opened.has(number)) opened.set(number, prepared(parsed(`document-${number}`)));
  return opened.get(number);
}

const documentOf = (id) => (numberOf.has(id) ? opening(numberOf.get(id)) : null);

// Offsets are code points; strings here count UTF-16 units. Where the two differ, `units` has the place of each.
function prepared(data) {
  const text = data.text ?? "";
  let units = null;
  if (/[\ud800-\udfff]/.test(text)) {
    units = [];
    for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) units.push(at);
    units.push(text.length);
  }
  const length = units ? units.length - 1 : text.length;
  const unit = (at) => {
    const kept = Math.max(0, Math.min(at, length));
    return units ? units[kept] : kept;
  };
  const versions = data.versions.map(indexed);
  return { ...data, versions, length, slice: (start, end) => text.slice(unit(start), unit(end)) };
}

// A version with its spans by their id, and its links by the spans that they join.
function indexed(version) {
  const byId = new Map(version.spans.map((span) => [span.id, span]));
  const linksAt = new Map();
  for (const link of version.links)
    for (const id of new Set([link.from, link.to])) {
      if (!linksAt.has(id)) linksAt.set(id, []);
      linksAt.get(id).push(link);
    }
  return { ...version, byId, linksAt };
}

const lazy = (make) => {
  let made;
  return () => (made ??= make());
};
const claims = lazy(() => parsed("claims"));
const claimOf = lazy(() => new Map(claims().map((one) => [one.id, one])));
const relationsOf = lazy(() => {
  const found = new Map();
  for (const row of index.relations) {
    for (const [one, other] of [
      [row.claim_a, row.claim_b],
      [row.claim_b, row.claim_a],
    ]) {
      if (!found.has(one)) found.set(one, []);
      found.get(one).push({ ...row, other });
    }
  }
  return found;
});

const clusters = lazy(() => {
  const found = new Map();
  for (const row of index.relations) {
    if (!found.has(row.cluster_id))
      found.set(row.cluster_id, {
        id: row.cluster_id,
        rows: [],
        claims: new Set(),
        documents: new Set(),
        conflicts: 0,
      });
    const one = found.get(row.cluster_id);
    one.rows.push(row);
    for (const side of ["a", "b"]) {
      one.claims.add(row[`claim_${side}`]);
      one.documents.add(row[`doc_${side}`]);
    }
    one.conflicts += exclusive.has(row.relation);
  }
  const order = (one, other) =>
    other.conflicts - one.conflicts || other.claims.size - one.claims.size || (one.id < other.id ? -1 : 1);
  return [...found.values()].sort(order);
});

// The document in which a span or claim stands: ids begin with their document's in a release, and may be any elsewhere.
function whereIs(id) {
  const holds = (number) => opening(number).versions.some((version) => version.spans.some((span) => span.id === id));
  const likely = [...numberOf.keys()].filter((name) => id.startsWith(name)).map((name) => numberOf.get(name));
  return likely.find(holds) ?? index.documents.findIndex((_, number) => holds(number));
}

const titled = (one) => (one.title ? `${one.id} ${one.title}` : one.id);
