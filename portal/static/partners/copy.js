// Copy: [data-copies] puts the text of the element it names on the clipboard. Without this script it stays hidden.

for (const button of document.querySelectorAll("[data-copies]")) {
  const named = document.getElementById(button.getAttribute("data-copies") ?? "");
  if (!(button instanceof HTMLButtonElement) || !named) continue;
  const label = button.textContent ?? "";
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(named.textContent ?? "");
    button.textContent = "✓";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
