// The panel about what is chosen in an article: attributes, links, related claims.

const cut = (text, most = 90) => (text.length > most ? `${text.slice(0, most)}…` : text);

function choose(panel, doc, view, span, around) {
  const name = span.labels.join(", ") || span.layer;
  const quote = groupOf(view.version, span)
    .map((one) => doc.slice(one.start, one.end))
    .join(" … ");
  say(`${name}: ${quote}`);
  const links = linksOf(view.version, span);
  const others = around.filter((one) => one !== span && (!one.group || one.group !== span.group));
  const button = (one, before = "") =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "plain", on: { click: () => view.pick(one) } },
        before ? el("small", {}, words(before), " ") : "",
        el("b", {}, words(one.labels.join(", ") || one.layer)),
        " ",
        words(cut(doc.slice(one.start, one.end))),
      ),
    );
  const ours = new Set(groupOf(view.version, span).map((one) => one.id));
  const near = new Set(links.filter(({ from, to }) => ours.has(from) || ours.has(to)).flatMap(({ from, to }) => [from, to]));
  const linked = links.map((link) => {
    const here = [link.from, link.to].find((id) => ours.has(id)) ?? [link.from, link.to].find((id) => near.has(id));
    const there = view.byId.get(link.from === here ? link.to : link.from);
    return there ? [button(there, `${arrow(link, here)} ${link.labels.join(", ") || "no label"}`)] : [];
  });
  const place = claimOf().has(span.group ?? span.id) ? "claim" : "mention";
  panel.replaceChildren(
    el("h2", {}, words(name), " ", el("small", {}, words(span.layer))),
    el("blockquote", { class: "quote" }, words(quote)),
    el(
      "dl",
      {},
      Object.entries(span.attributes ?? {}).map(([key, value]) => [
        el("dt", {}, words(key)),
        el("dd", {}, linkedValue(key, value, view)),
      ]),
    ),
    linked.flat().length ? el("section", {}, el("h3", {}, "Linked"), el("ul", {}, linked)) : "",
    relatedClaims(span.group ?? span.id),
    others.length
      ? el(
          "section",
          {},
          el("h3", {}, "Also here"),
          el(
            "ul",
            {},
            others.slice(0, 30).map((one) => button(one)),
          ),
        )
      : "",
    el(
      "p",
      { class: "meta" },
      el("a", { href: address(place, span.id) }, "Link to this"),
      ` · ${span.start}–${span.end} · `,
      el("code", {}, words(span.id)),
    ),
  );
}

function linkedValue(key, value, view) {
  if (key === "cluster_id") return el("a", { href: address("cluster", value) }, words(value));
  const values = Array.isArray(value) ? value : [value];
  if (values.some((one) => view.byId.has(one)))
    return values.map((one, at) => [at ? ", " : "", el("a", { href: address("mention", one) }, words(one))]);
  return words(shownValue(value));
}

function relatedClaims(id) {
  const rows = worstFirst(relationsOf().get(id) ?? []);
  if (!rows.length) return "";
  return el(
    "section",
    {},
    el("h3", {}, "Related claims"),
    el(
      "ul",
      { class: "related" },
      rows.slice(0, 20).map((row) => {
        const other = claimOf().get(row.other);
        return el(
          "li",
          {},
          badge(row.relation),
          " ",
          el(
            "a",
            { href: address("claim", row.other) },
            words(other ? `${other.doc}: ${cut(other.content_text)}` : row.other),
          ),
        );
      }),
    ),
    rows.length > 20
      ? el("p", {}, el("a", { href: address("cluster", rows[0].cluster_id) }, `all ${rows.length} in the cluster`))
      : "",
  );
}
