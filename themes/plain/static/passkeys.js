// Passkeys: the form asks the server for a question, the browser for an answer, and sends that as any form is sent.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

const asked = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: named(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: named(options.allowCredentials) }),
});

const told = ({ id, rawId, type, response }) => {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  const known = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(known) });
};

const answer = async (form) => {
  const question = await fetch(form.dataset.question, { method: "POST" });
  // A session that ended, or a second factor that has to be shown first, leads elsewhere: so goes the whole page.
  if (question.redirected) return location.assign(question.url);
  const publicKey = asked(await question.json());
  form.elements.passkey.value = told(await navigator.credentials[form.dataset.passkey]({ publicKey }));
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("[data-said]");
    said.hidden = true;
    try {
      await answer(form);
    } catch {
      said.textContent = form.dataset.failed;
      said.hidden = false;
    }
  });
}
