// Keys: a letter presses the control that bears it in data-key, unless one types, or has switched the keys off.

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const at = event.target;
  if (at instanceof Element && at.closest("input, textarea, select")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!(control instanceof HTMLElement)) return;
  event.preventDefault();
  control.click();
  if (!control.matches("summary")) return;
  const first = control.parentElement?.querySelector("input:not([type=hidden]), select, textarea");
  (first instanceof HTMLElement && control.parentElement?.hasAttribute("open") ? first : control).focus();
});
