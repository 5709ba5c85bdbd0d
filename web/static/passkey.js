// Passkeys: asks the house for a challenge, the browser for an answer, and brings it back. Hidden where there are none.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function post(address, csrf, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
  const page = answer.headers.get("Content-Type") ?? "";
  if (page.startsWith("text/html")) {
    if (!answer.ok) throw new Error();
    return { page: await answer.text() };
  }
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.trouble ?? "");
  return said;
}

const listed = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  });
  return {
    id: made.id, rawId: text(made.rawId), type: made.type,
    response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
  };
}

async function show(options) {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
  return {
    id: shown.id, rawId: text(shown.rawId), type: shown.type,
    response: {
      clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

function goOn(said) {
  if (said.go) location.assign(said.go);
  else if (said.page) {
    // The recovery codes are shown once, in the answer itself.
    const next = new DOMParser().parseFromString(said.page, "text/html");
    document.title = next.title;
    // The session has a new token, and with it every form on this page.
    const fresh = next.querySelector("input[name=csrf_token]").value;
    for (const one of document.querySelectorAll("input[name=csrf_token]")) one.value = fresh;
    document.body.setAttribute("hx-headers", next.body.getAttribute("hx-headers"));
    document.getElementById("main").replaceChildren(...next.getElementById("main").childNodes);
    document.getElementById("main").focus();
    for (const one of document.querySelectorAll("[data-print]")) {
      one.hidden = false;
      one.addEventListener("click", () => print());
    }
  }
}

async function use(button) {
  const { passkeyMake, passkeyAsk, passkeyAnswer, csrf, next, refused } = button.dataset;
  const trouble = button.closest("[data-passkey-only]").querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  button.disabled = true;
  try {
    const asked = await post(passkeyMake ?? passkeyAsk, csrf, {});
    const credential = passkeyMake ? await make(asked.options) : await show(asked.options);
    const label = document.querySelector("[data-passkey-label]")?.value ?? "";
    goOn(await post(passkeyAnswer, csrf, { token: asked.token, credential, label, next }));
  } catch (error) {
    trouble.textContent = error instanceof DOMException ? refused : error.message || refused;
    trouble.hidden = false;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential && isSecureContext) {
  for (const part of document.querySelectorAll("[data-passkey-only]")) part.hidden = false;
  for (const button of document.querySelectorAll("[data-passkey-make], [data-passkey-ask]")) button.addEventListener("click", () => use(button));
}
