// The list: j and k go down and up the links of [data-list].

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "j" && event.key !== "k")) return;
  const at = event.target;
  if (at instanceof Element && at.closest("input, textarea, select")) return;
  const links = [...document.querySelectorAll("[data-list] a")].filter((link) => link instanceof HTMLElement);
  const place = links.findIndex((link) => link === document.activeElement);
  const next = links[event.key === "j" ? place + 1 : Math.max(place - 1, 0)];
  if (next instanceof HTMLElement) next.focus();
});
