// What versions say of a document as a whole, side by side.

const saidOf = (doc) => [...new Set(doc.versions.flatMap((version) => Object.keys(version.values)))];

function valuesTable(doc) {
  const names = saidOf(doc);
  const versions = doc.versions.filter((version) => Object.keys(version.values).length);
  if (!names.length) return "";
  const row = (name) => {
    const shown = versions.map((version) => (name in version.values ? shownValue(version.values[name]) : "—"));
    const drawn = new Set(shown.filter((_, at) => !versions[at].released));
    return el(
      "tr",
      { class: drawn.size > 1 ? "unlike" : null },
      el("th", { scope: "row" }, words(name), drawn.size > 1 ? el("small", {}, " annotators differ") : ""),
      shown.map((value) => el("td", {}, words(value))),
    );
  };
  return el(
    "details",
    { class: "legend", open: true },
    el("summary", {}, "The whole document"),
    el(
      "div",
      { class: "wide", role: "region", "aria-label": "Values of the whole document", tabindex: "0" },
      el(
        "table",
        { class: "values" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "control"),
            versions.map((version) => el("th", { scope: "col" }, words(version.name))),
          ),
        ),
        el("tbody", {}, names.map(row)),
      ),
    ),
  );
}

const everyValue = lazy(() =>
  index.documents.flatMap((one, number) =>
    opening(number).versions.flatMap((version) =>
      Object.entries(version.values).map(([name, value]) => ({ doc: one.id, version: version.name, name, value })),
    ),
  ),
);

function valuesPage(query) {
  const rows = everyValue();
  const values = (row) => [row.value].flat(2).map(shownValue);
  return filteredTable("#/values", query, {
    title: "Values of whole documents",
    rows,
    facets: [
      { name: "control", of: (row) => [row.name] },
      ...fewFacets(rows, { value: values, article: (row) => [row.doc], version: (row) => [row.version] }),
    ],
    textOf: (row) => `${row.doc}\n${row.name}\n${shownValue(row.value)}`,
    columns: [
      { name: "value", cell: (row) => words(shownValue(row.value)) },
      { name: "control", cell: (row) => words(row.name) },
      { name: "article", cell: (row) => el("a", { href: address("article", row.doc) }, words(row.doc)) },
      { name: "version", cell: (row) => words(row.version) },
    ],
  });
}
