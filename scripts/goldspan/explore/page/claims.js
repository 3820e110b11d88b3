// The claims of a release, and the spans of anything, as tables.

function claimsPage(query) {
  const rows = claims();
  const { facets, sentences } = sorts(rows);
  const short = facets.filter((facet) => !sentences.includes(facet.name));
  return filteredTable("#/claims", query, {
    title: "Claims",
    rows,
    facets: [{ name: "article", of: (row) => [row.doc] }, ...short],
    textOf: (row) =>
      [row.content_text, row.cue_text, row.source_text, ...Object.values(row.attributes).map(shownValue)].join("\n"),
    columns: [
      {
        name: "claim",
        cell: (row) => [
          el("a", { href: address("claim", row.id) }, words(row.content_text || row.id)),
          sentences.map(
            (name) => row.attributes[name] && el("small", { class: "second" }, words(row.attributes[name])),
          ),
        ],
      },
      { name: "article", cell: (row) => el("a", { href: address("article", row.doc) }, words(row.doc)) },
      { name: "who says it", cell: (row) => words(row.source_text || "—") },
      ...short
        .filter((facet) => facet.size <= 15)
        .slice(0, 6)
        .map((facet) => ({ name: facet.name, cell: (row) => words(facet.of(row).join(", ") || "—") })),
      {
        name: "cluster",
        cell: (row) =>
          row.attributes.cluster_id
            ? el("a", { href: address("cluster", row.attributes.cluster_id) }, words(row.attributes.cluster_id))
            : "—",
      },
    ],
  });
}

const everySpan = lazy(() =>
  index.documents.flatMap((one, number) => {
    const doc = opening(number);
    return doc.versions.flatMap((version) =>
      version.spans.map((span) => ({
        ...span,
        doc: one.id,
        text: doc.slice(span.start, span.end),
        version: version.name,
      })),
    );
  }),
);

function spansPage(query) {
  const rows = everySpan();
  const { facets, sentences } = sorts(rows);
  const short = facets.filter((facet) => !sentences.includes(facet.name));
  const first = [
    { name: "layer", of: (row) => [row.layer] },
    { name: "label", of: (row) => row.labels },
    ...fewFacets(rows, { article: (row) => [row.doc], version: (row) => [row.version] }),
  ];
  return filteredTable("#/spans", query, {
    title: "Spans",
    rows,
    facets: [...first, ...short],
    textOf: (row) =>
      `${row.text}\n${row.labels.join(" ")}\n${Object.values(row.attributes ?? {})
        .map(shownValue)
        .join("\n")}`,
    columns: [
      {
        name: "words",
        cell: (row) => el("a", { href: address("mention", row.id) }, words(cut(row.text, 200) || row.id)),
      },
      { name: "label", cell: (row) => words(row.labels.join(", ") || "—") },
      { name: "layer", cell: (row) => words(row.layer) },
      { name: "article", cell: (row) => el("a", { href: address("article", row.doc) }, words(row.doc)) },
      { name: "version", cell: (row) => words(row.version) },
      {
        name: "attributes",
        cell: (row) =>
          words(
            cut(
              Object.entries(row.attributes ?? {})
                .map(([name, value]) => `${name}: ${shownValue(value)}`)
                .join(" · "),
              200,
            ),
          ),
      },
    ],
  });
}
