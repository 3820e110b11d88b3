// The charts, which were drawn when the page was made.

const figureNodes = lazy(
  () => new Map([...byName("charts").content.querySelectorAll("figure")].map((node) => [node.dataset.chart, node])),
);
const chartOf = (name) => {
  const node = figureNodes().get(name);
  return node ? document.importNode(node, true) : null;
};

function figuresPage() {
  const names = [...figureNodes().keys()].filter((name) => !name.startsWith("cluster/"));
  const left = ["labels", "agreement", "sources"].filter(
    (name) => !names.some((one) => one === name || one.startsWith(`${name}/`)),
  );
  const why = {
    labels: "labels by document (nothing is marked)",
    agreement: "agreement (there are no figures of it)",
    sources: "claims by source (no claims with categories and sources)",
  };
  return el(
    "div",
    {},
    el("h1", {}, "Figures"),
    names.map(chartOf),
    left.length ? el("p", { class: "note" }, `Left out: ${left.map((name) => why[name]).join("; ")}.`) : "",
  );
}
