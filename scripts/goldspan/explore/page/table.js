// A table that is filtered by the values of its rows and by words; what is filtered stands in the address.

function filteredTable(place, query, { title, rows, columns, facets, textOf }) {
  const state = Object.fromEntries(query);
  const body = el("tbody");
  const count = el("p", { role: "status", class: "count" });
  const rest = el("div");
  const counted = new Map();
  const chosen = () => facets.filter((facet) => state[facet.name]);
  const draw = () => {
    const sought = (state.q ?? "").toLowerCase();
    const found = rows.filter(
      (row) =>
        chosen().every((facet) => facet.of(row).includes(state[facet.name])) &&
        (!sought || textOf(row).toLowerCase().includes(sought)),
    );
    body.replaceChildren();
    count.textContent = `${found.length.toLocaleString("en")} of ${plural(rows.length, "row")}`;
    rest.replaceChildren(
      grows(
        found,
        (row) =>
          el(
            "tr",
            {},
            columns.map((column, at) =>
              el(at ? "td" : "th", { "data-name": column.name, scope: at ? null : "row" }, column.cell(row)),
            ),
          ),
        body,
        50,
      ),
    );
  };
  const set = (name, value) => {
    state[name] = value;
    history.replaceState(null, "", withQuery(place, state));
    draw();
  };
  let waiting;
  const controls = facets.map((facet) => {
    if (!counted.has(facet))
      counted.set(
        facet,
        rows.reduce((map, row) => {
          facet.of(row).forEach((value) => map.set(value, (map.get(value) ?? 0) + 1));
          return map;
        }, new Map()),
      );
    const values = [...counted.get(facet)].sort(([one], [other]) => (one < other ? -1 : 1));
    return values.length > 1
      ? select(
          facet.name,
          [["", "all"], ...values.map(([value, times]) => [value, `${value} (${times})`])],
          state[facet.name] ?? "",
          (value) => set(facet.name, value),
        )
      : null;
  });
  const search = el(
    "label",
    { class: "field" },
    el("span", {}, "words"),
    el("input", {
      type: "search",
      value: state.q ?? "",
      on: {
        input: (event) => {
          clearTimeout(waiting);
          waiting = setTimeout(() => set("q", event.target.value), 120);
        },
      },
    }),
  );
  draw();
  return el(
    "div",
    {},
    el("h1", {}, title),
    el(
      "form",
      { class: "controls", "aria-label": "Filters", on: { submit: (event) => event.preventDefault() } },
      search,
      controls,
    ),
    count,
    el(
      "div",
      { class: "wide", role: "region", "aria-label": title, tabindex: "0" },
      el(
        "table",
        { class: "rows" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            columns.map((column) => el("th", { scope: "col" }, words(column.name))),
          ),
        ),
        body,
      ),
    ),
    rest,
  );
}

// Facets, without those of so many values that nobody looks through them.
function fewFacets(rows, facets, most = { article: 2000 }) {
  return Object.entries(facets)
    .filter(([name, of]) => new Set(rows.flatMap(of)).size <= (most[name] ?? 60))
    .map(([name, of]) => ({ name, of }));
}

// The attributes by which rows can be filtered, those with few values; and those that are sentences.
function sorts(rows, least = 2, most = 60) {
  const found = new Map();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.attributes ?? {})) {
      if (typeof value === "number" || (typeof value === "object" && !Array.isArray(value))) continue;
      if (!found.has(name)) found.set(name, { values: new Set(), length: 0, rows: 0 });
      const one = found.get(name);
      for (const each of [value].flat(2)) if (one.values.size <= 5000) one.values.add(shownValue(each));
      one.length += shownValue(value).length;
      one.rows += 1;
    }
  }
  const named = [...found];
  return {
    facets: named
      .filter(([name, one]) => one.values.size >= least && one.values.size <= most && one.values.size <= one.rows / 2)
      .map(([name, one]) => ({
        name,
        size: one.values.size,
        of: (row) => [row.attributes?.[name] ?? []].flat(2).map(shownValue),
      })),
    sentences: named
      .filter(([, one]) => one.values.size > one.rows / 2 && one.length / one.rows > 30)
      .map(([name]) => name),
  };
}
