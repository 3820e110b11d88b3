// The relations between spans of anything, as a table.

const everyLink = lazy(() =>
  index.documents.flatMap((one, number) => {
    const doc = opening(number);
    return doc.versions.flatMap((version) =>
      version.links.map((link) => ({
        ...link,
        doc: one.id,
        version: version.name,
        ends: [link.from, link.to].map((id) => {
          const span = version.byId.get(id);
          return { id, layer: span?.layer ?? "", text: span ? doc.slice(span.start, span.end) : id };
        }),
      })),
    );
  }),
);

function linksPage(query) {
  const rows = everyLink();
  const end = (at) => (row) => [
    el("a", { href: address("mention", row.ends[at].id) }, words(cut(row.ends[at].text, 120) || row.ends[at].id)),
    el("small", { class: "second" }, words(row.ends[at].layer)),
  ];
  return filteredTable("#/relations", query, {
    title: "Relations between spans",
    rows,
    facets: [
      { name: "label", of: (row) => (row.labels.length ? row.labels : ["no label"]) },
      { name: "from layer", of: (row) => [row.ends[0].layer] },
      { name: "to layer", of: (row) => [row.ends[1].layer] },
      ...fewFacets(rows, { article: (row) => [row.doc], version: (row) => [row.version] }),
    ],
    textOf: (row) => `${row.ends[0].text}\n${row.labels.join(" ")}\n${row.ends[1].text}`,
    columns: [
      { name: "from", cell: end(0) },
      { name: "relation", cell: (row) => words(`${arrow(row, row.from)} ${row.labels.join(", ") || "no label"}`) },
      { name: "to", cell: end(1) },
      { name: "article", cell: (row) => el("a", { href: address("article", row.doc) }, words(row.doc)) },
      { name: "version", cell: (row) => words(row.version) },
    ],
  });
}
