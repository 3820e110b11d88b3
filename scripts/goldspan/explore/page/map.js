// What the articles say against each other: clusters, a matrix of articles, and each cluster with its chart and pairs.

const MOST_ARTICLES = 30;

function mapPage(query) {
  const [a, b] = [query.get("a"), query.get("b")];
  const between = (row) => !a || (a === row.doc_a && b === row.doc_b) || (a === row.doc_b && b === row.doc_a);
  const shown = clusters().filter((one) => one.rows.some(between));
  const list = el("ul", { class: "cards" });
  const more = grows(shown, clusterCard, list, 60);
  const conflicts = index.relations.filter((row) => exclusive.has(row.relation)).length;
  const rows = a ? worstFirst(index.relations.filter(between)) : [];
  const pairs = el("div");
  const rest = a ? grows(rows, pair, pairs, 20) : "";
  return el(
    "div",
    {},
    el("h1", {}, "Contradictions"),
    el(
      "p",
      {},
      exclusive.size
        ? `${plural(conflicts, "pair")} of claims cannot both hold, of ${plural(index.relations.length, "pair")} in ${plural(clusters().length, "cluster")}.`
        : "The release does not say which relations exclude each other: clusters are in the order of their size.",
    ),
    matrix(a, b),
    a ? "" : chartsSection(shown),
    el("h2", {}, a ? `Clusters between ${a} and ${b}` : "Clusters of claims"),
    a ? el("p", {}, el("a", { href: "#/map" }, "All clusters")) : "",
    list,
    more,
    a ? [el("h2", {}, a === b ? `Pairs within ${a}` : `Pairs of ${a} and ${b}`), pairs, rest] : "",
  );
}

function chartsSection(shown) {
  const known = new Map(shown.map((one) => [`cluster/${one.id}`, one]));
  const found = [...figureNodes().keys()].filter((name) => known.has(name)).map((name) => known.get(name));
  if (!found.length) return "";
  const charts = el("div", { class: "charts" });
  const more = grows(
    found,
    (one) => {
      const chart = chartOf(`cluster/${one.id}`);
      chart.querySelector("figcaption").prepend(el("a", { href: address("cluster", one.id) }, words(one.id)), " · ");
      return chart;
    },
    charts,
    8,
  );
  return el(
    "section",
    {},
    el("h2", {}, "How many, and on which day"),
    el(
      "p",
      { class: "key" },
      "▲ at least, ▼ at most, ● exactly, ◆ about; a dashed line shows where a figure is open, a bar the days that a date may mean. Each mark leads to its sentence.",
    ),
    charts,
    more,
  );
}

function clusterCard(one) {
  const kinds = new Map();
  for (const row of one.rows) kinds.set(row.relation, (kinds.get(row.relation) ?? 0) + 1);
  const order = [...kinds].sort(([x], [y]) => exclusive.has(y) - exclusive.has(x) || (x < y ? -1 : 1));
  return el(
    "li",
    { class: one.conflicts ? "card conflicting" : "card" },
    el("a", { class: "title", href: address("cluster", one.id) }, words(one.id)),
    el("p", {}, `${plural(one.claims.size, "claim")}, ${plural(one.documents.size, "article")}`),
    el(
      "p",
      {},
      order.map(([relation, count]) => [
        el("span", { class: `badge ${kindOf(relation)}` }, words(`${count} ${relation}`)),
        " ",
      ]),
    ),
  );
}

function matrix(a, b) {
  const cells = new Map();
  const sizes = new Map();
  for (const row of index.relations) {
    const key = [row.doc_a, row.doc_b].sort().join("\n");
    const cell = cells.get(key) ?? { conflict: 0, same: 0, other: 0 };
    cell[kindOf(row.relation)] += 1;
    cells.set(key, cell);
    for (const id of new Set([row.doc_a, row.doc_b])) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  }
  const ids = [...sizes]
    .sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1))
    .slice(0, MOST_ARTICLES)
    .map(([id]) => id)
    .sort();
  const cell = (row, column) => {
    const found = cells.get([row, column].sort().join("\n"));
    if (!found) return el("td", {}, el("span", { class: "none" }, "–"));
    const text = `${row} and ${column}: ${found.conflict} conflicting, ${found.same} agreeing, ${found.other} others`;
    const chosen = (a === row && b === column) || (a === column && b === row);
    return el(
      "td",
      { class: found.conflict ? "clash" : "" },
      el(
        "a",
        {
          href: withQuery("#/map", { a: row, b: column }),
          "aria-label": text,
          title: text,
          "aria-current": chosen && "true",
        },
        counted("conflict", "×", found.conflict),
        counted("same", "=", found.same),
        counted("other", "~", found.other),
      ),
    );
  };
  return el(
    "section",
    {},
    el("h2", {}, "Article by article"),
    el(
      "p",
      { class: "key" },
      el("span", { class: "n conflict" }, "×"),
      " cannot both hold  ",
      el("span", { class: "n same" }, "="),
      " say the same  ",
      el("span", { class: "n other" }, "~"),
      " other relations",
    ),
    el(
      "div",
      { class: "wide", role: "region", "aria-label": "Matrix of articles", tabindex: "0" },
      el(
        "table",
        { class: "matrix" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("td"),
            ids.map((id) => el("th", { scope: "col" }, el("span", {}, words(id)))),
          ),
        ),
        el(
          "tbody",
          {},
          ids.map((row, at) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, el("a", { href: address("article", row) }, words(row))),
              ids.map((column, other) => (other <= at ? cell(row, column) : el("td", { class: "blank" }))),
            ),
          ),
        ),
      ),
    ),
    sizes.size > ids.length
      ? el("p", {}, `The ${MOST_ARTICLES} articles with the most relations, of ${sizes.size}.`)
      : "",
  );
}

const counted = (kind, sign, count) =>
  el("span", { class: `n ${count ? kind : "other"}` }, count ? `${sign}${count}` : "·");

function clusterPage(id) {
  const one = clusters().find((each) => each.id === id);
  if (!one) return missing(`There is no cluster ${id}.`);
  const pairs = el("div");
  const more = grows(worstFirst(one.rows), pair, pairs, 20);
  const byDocument = [...one.documents].sort().map((name) =>
    el(
      "li",
      {},
      el("b", {}, words(name)),
      el(
        "ul",
        {},
        [...one.claims]
          .filter((claim) => claimOf().get(claim)?.doc === name)
          .map((claim) =>
            el("li", {}, el("a", { href: address("claim", claim) }, words(claimOf().get(claim).content_text))),
          ),
      ),
    ),
  );
  return el(
    "div",
    {},
    el("p", { class: "meta" }, el("a", { href: "#/map" }, "Contradictions")),
    el("h1", {}, words(id)),
    el(
      "p",
      {},
      `${plural(one.claims.size, "claim")} in ${plural(one.documents.size, "article")}, ${plural(one.conflicts, "pair")} that cannot both hold.`,
    ),
    chartOf(`cluster/${id}`) ?? "",
    el("h2", {}, "Pairs"),
    pairs,
    more,
    el("h2", {}, "Claims by article"),
    el("ul", {}, byDocument),
  );
}
