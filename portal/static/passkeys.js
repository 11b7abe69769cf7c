// Passkeys: [data-passkey] asks the browser's own dialogue the question it holds, and sends the form with the answer.

/** @param {string} verb @param {any} question */
async function ask(verb, question) {
  const credential = verb === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
  if (!(credential instanceof PublicKeyCredential)) throw new Error("no passkey");
  return JSON.stringify(credential.toJSON());
}

for (const part of document.querySelectorAll("[data-passkey]")) {
  const [button, said, form] = [part.querySelector("button"), part.querySelector("[data-failed]"), part.closest("form")];
  const field = form?.elements.namedItem("passkey");
  if (!button || !said || !form || !(field instanceof HTMLInputElement) || !(part instanceof HTMLElement)) continue;
  if (!("PublicKeyCredential" in window) || !("parseCreationOptionsFromJSON" in PublicKeyCredential)) continue;
  part.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    said.textContent = "";
    try {
      field.value = await ask(part.dataset.passkey ?? "", JSON.parse(part.dataset.question ?? ""));
      form.submit();
    } catch {
      said.textContent = said.getAttribute("data-failed");
    }
  });
}
