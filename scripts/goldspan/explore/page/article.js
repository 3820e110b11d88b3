// An article: its text, one version or two side by side, beside a panel.

const hiddenKeys = new Set(
  index.layers
    .filter((layer) => layer.tiles)
    .flatMap((layer) => layer.labels.map((label) => `${layer.name}\n${label}`)),
);
const looking = { tags: false };

function articlePage(id, query, chosen = null) {
  const doc = documentOf(id);
  if (!doc) return missing(`There is no article ${id}.`);
  const about = index.documents[numberOf.get(id)];
  const names = doc.versions.map((version) => version.name);
  const holding = chosen ? doc.versions.find((version) => version.spans.some((span) => span.id === chosen)) : null;
  const left = holding ??
    doc.versions.find((version) => version.name === query.get("left")) ??
    doc.versions[0] ?? { name: "", spans: [], links: [] };
  const right = doc.versions.find((version) => version.name === query.get("right") && version !== left);
  const go = (values) => {
    location.hash = withQuery(address("article", id), { left: left.name, right: right?.name, ...values });
  };
  const panel = el(
    "aside",
    { class: "panel", "aria-label": "What is chosen" },
    el(
      "p",
      { class: "hint" },
      "Choose a span in the text: click it, or move to the text and use the arrow keys left and right.",
    ),
  );
  const page = el("div", { class: "article" });
  const differ = right ? differences(left, right) : [];
  const texts = el("div", { class: right ? "texts two" : "texts" });
  let views = [];
  const draw = () => {
    const differing = new Set(differ.flatMap((one) => [one.span, one.other].filter(Boolean)));
    views = [left, right].filter(Boolean).map(
      (version) =>
        new TextView(doc, version, {
          label: `Text of ${id}, version ${version.name}`,
          hidden: hiddenKeys,
          tags: looking.tags,
          differing: right && differing,
          choose: (view, span, around) => choose(panel, doc, view, span, around),
        }),
    );
    texts.replaceChildren(
      ...views.map((view) =>
        el(
          "section",
          { class: "column", "aria-label": `Version ${view.version.name}` },
          right ? el("h2", {}, words(view.version.name)) : null,
          view.root,
        ),
      ),
    );
  };
  draw();
  const showing =
    names.length > 1
      ? [
          select(
            "Version",
            names.map((name) => [name, name]),
            left.name,
            (name) => go({ left: name }),
          ),
          select(
            "Beside it",
            [["", "nothing"], ...names.filter((name) => name !== left.name).map((name) => [name, name])],
            right?.name ?? "",
            (name) => go({ right: name }),
          ),
        ]
      : [];
  page.append(
    el("h1", {}, words(about.title || id)),
    el(
      "p",
      { class: "meta" },
      words(
        [id, ...Object.entries(about.metadata).map(([name, value]) => `${name}: ${shownValue(value)}`)].join(" · "),
      ),
    ),
    doc.text === null || doc.text === "" ? el("p", { class: "note" }, "The text is not part of this release.") : "",
    el(
      "div",
      { class: "controls" },
      showing,
      el(
        "label",
        { class: "check" },
        el("input", {
          type: "checkbox",
          checked: looking.tags,
          on: {
            change: (event) => {
              looking.tags = event.target.checked;
              draw();
            },
          },
        }),
        " labels in the text",
      ),
    ),
    legend(left, right, draw),
    el("p", { id: "keys", class: "unseen" }, "Arrow keys left and right move from span to span."),
    right ? differencesList(differ, left, right, doc, () => views) : "",
    el("div", { class: "split" }, texts, panel),
  );
  if (chosen) {
    const span = left.spans.find((one) => one.id === chosen);
    hiddenKeys.delete(keyOf(span));
    draw();
    page.ready = () => {
      const view = views[0];
      view.pick(span);
      view.root.focus({ preventScroll: true });
    };
  }
  return page;
}

function legend(left, right, redraw) {
  const counts = new Map();
  for (const version of [left, right].filter(Boolean))
    for (const span of version.spans) counts.set(keyOf(span), (counts.get(keyOf(span)) ?? 0) + 1);
  const groups = index.layers.map((layer) => {
    const labels = layer.labels.map((label) => [label, `${layer.name}\n${label}`]).filter(([, key]) => counts.has(key));
    if (!labels.length) return null;
    return el(
      "fieldset",
      {},
      el("legend", {}, words(layer.name)),
      labels.map(([label, key]) => {
        const box = el("input", {
          type: "checkbox",
          checked: !hiddenKeys.has(key),
          on: {
            change: () => {
              if (box.checked) hiddenKeys.delete(key);
              else hiddenKeys.add(key);
              redraw();
            },
          },
        });
        const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
        swatch.style.backgroundImage = line(looks.get(key));
        return el("label", { class: "check" }, box, " ", swatch, words(label), el("small", {}, ` ${counts.get(key)}`));
      }),
    );
  });
  const shown = groups.filter(Boolean);
  return shown.length
    ? el("details", { class: "legend", open: innerWidth > 700 }, el("summary", {}, "Layers and labels"), shown)
    : "";
}

function differencesList(found, left, right, doc, views) {
  const sides = [`only ${left.name}`, `only ${right.name}`, "attributes differ"];
  const list = el("ol", { class: "differences" });
  const more = grows(
    found,
    (one) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            class: "plain",
            on: {
              click: () => {
                for (const view of views())
                  for (const span of [one.span, one.other])
                    if (span && view.byId.get(span.id) === span) view.pick(span);
              },
            },
          },
          el("span", { class: `badge side${one.side}` }, words(sides[one.side])),
          " ",
          words(`${one.span.labels.join(", ")}: ${cut(doc.slice(one.span.start, one.span.end))}`),
        ),
      ),
    list,
    40,
  );
  const loose = left.released || right.released ? " (beside what is released, only extents are compared)" : "";
  return el(
    "details",
    { class: "legend" },
    el("summary", {}, `${plural(found.length, "difference")}${loose}`),
    list,
    more,
  );
}

const missing = (text) =>
  el(
    "div",
    {},
    el("h1", {}, "Not found"),
    el("p", {}, words(text)),
    el("p", {}, el("a", { href: "#/" }, "All articles")),
  );
