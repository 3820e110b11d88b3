// The sentence in which a claim stands, with its words marked.

function around(doc, fragments) {
  const [first, last] = [Math.min(...fragments.map(([start]) => start)), Math.max(...fragments.map(([, end]) => end))];
  const touching = doc.sentences.filter(([start, end]) => start < last && first < end);
  if (touching.length) return [Math.min(first, touching[0][0]), Math.max(last, touching.at(-1)[1])];
  const before = doc.slice(0, first);
  const from = first - [...before.slice(before.lastIndexOf("\n") + 1)].length;
  const after = doc.slice(last, doc.length).split("\n")[0];
  return [Math.max(from, first - 300), Math.min(last + [...after].length, last + 300)];
}

function quoted(claim) {
  const doc = documentOf(claim.doc);
  const shown = el("blockquote", { class: "quote", "data-claim": claim.id });
  if (!doc || doc.text === null || !claim.content.length) {
    shown.append(words(claim.content_text || claim.id));
    return shown;
  }
  const [from, to] = around(doc, claim.content);
  const kinds = [
    ["content", "mark"],
    ["cue", "em"],
    ["source", "b"],
  ];
  const parts = kinds.flatMap(([kind, name]) => claim[kind].map(([start, end]) => ({ start, end, name, kind })));
  const edges = [...new Set([from, to, ...parts.flatMap(({ start, end }) => [start, end])])]
    .filter((at) => at >= from && at <= to)
    .sort((one, other) => one - other);
  for (let at = 0; at + 1 < edges.length; at += 1) {
    const part = parts.find(({ start, end }) => start <= edges[at] && edges[at + 1] <= end);
    const text = doc.slice(edges[at], edges[at + 1]);
    shown.append(part ? el(part.name, { class: part.kind }, text) : text);
  }
  return shown;
}

function cited(id) {
  const claim = claimOf().get(id);
  if (!claim) return el("p", {}, words(id));
  const speaker = claim.source_text || (claim.cue_text ? "source not named" : "the article itself");
  return el(
    "div",
    { class: "cited" },
    el(
      "p",
      { class: "who" },
      el("a", { href: address("article", claim.doc) }, words(claim.doc)),
      " · ",
      words(speaker),
    ),
    quoted(claim),
    el(
      "p",
      {},
      el(
        "a",
        { class: "go", href: address("claim", id), "aria-label": `In the article: ${claim.content_text}` },
        "In the article",
      ),
    ),
  );
}

function kindOf(relation) {
  if (exclusive.has(relation)) return "conflict";
  return equal.has(relation) ? "same" : "other";
}

const badge = (relation) => el("span", { class: `badge ${kindOf(relation)}` }, relation);

function pair(row) {
  const head = el(
    "h3",
    {},
    badge(row.relation),
    " ",
    el("small", {}, words([row.basis, row.scope].filter(Boolean).join(" · "))),
  );
  return el("article", { class: "pair" }, head, el("div", { class: "sides" }, cited(row.claim_a), cited(row.claim_b)));
}

const worstFirst = (rows) =>
  [...rows].sort((one, other) => exclusive.has(other.relation) - exclusive.has(one.relation));
