// The key ceremony in the browser: keys are made here, saved as files by their holders, and never sent; a test ballot is
// opened here too. Envelopes are libsodium's sealed boxes, as in ballots/keys.py.

const place = document.getElementById("ceremony");
const seal = JSON.parse(place.dataset.seal);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const grouped = (text) => text.match(/.{4}/g).join(" ");

/** The private key in what somebody brings: 64 hexadecimal digits, in groups or not; the last such. */
function keyIn(text) {
  const found = text.match(/(?:[0-9a-f]{4}[ \t-]?){16}/gi);
  return found ? bytes(found[found.length - 1].replace(/[^0-9a-f]/gi, "")) : null;
}

/** Open a sealed box with a private key; null with another. */
function open(envelope, secret) {
  const pair = nacl.box.keyPair.fromSecretKey(secret);
  return sealedBox.open(envelope, pair.publicKey, pair.secretKey);
}

// -- making -------------------------------------------------------------------------------------------------------------

const make = document.getElementById("make");

function names() {
  return [...make.querySelectorAll("[name=holder]")].map((field) => field.value.trim()).filter(Boolean);
}

/** The text of a key file: what it is, whose it is, and the key in groups that can be typed again. */
function keyFile(holder, secret) {
  return [seal.said.file_head, seal.title, seal.code, `${seal.said.holder}: ${holder}`, "", grouped(hex(secret)), "", seal.said.file_keep, ""].join("\r\n");
}

function offer(into, holder, number, secret) {
  const link = document.createElement("a");
  link.className = "button quiet";
  link.href = URL.createObjectURL(new Blob([keyFile(holder, secret)], { type: "text/plain;charset=utf-8" }));
  link.download = `songsiang-key-${seal.code}-${number}.txt`;
  link.textContent = holder;
  into.append(link);
}

/** For any two of three: the seal's key in an envelope to the first inside one to the second. */
function shared(secret, holders) {
  const shares = {};
  for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) {
    shares[`${a}-${b}`] = hex(sealedBox.seal(sealedBox.seal(secret, holders[a].publicKey), holders[b].publicKey));
  }
  return JSON.stringify({ publics: holders.map((pair) => hex(pair.publicKey)), shares });
}

function makeKeys() {
  const who = names();
  if (who.length !== 1 && who.length !== 3) {
    make.querySelector("[name=holder]").focus();
    return;
  }
  const pair = nacl.box.keyPair();
  const files = make.querySelector("[data-files]");
  files.replaceChildren();
  make.elements.public.value = hex(pair.publicKey);
  make.elements.shares.value = "";
  if (who.length === 1) {
    offer(files, who[0], 1, pair.secretKey);
  } else {
    const holders = who.map(() => nacl.box.keyPair());
    make.elements.shares.value = shared(pair.secretKey, holders);
    who.forEach((name, at) => offer(files, name, at + 1, holders[at].secretKey));
  }
  document.getElementById("made").hidden = false;
  make.querySelector("[data-kept]").checked = false;
  make.querySelector("[data-send]").disabled = true;
}

if (make) {
  document.getElementById("make-here").hidden = false;
  document.getElementById("by-hand").open = false;
  make.querySelector("[data-make]").addEventListener("click", makeKeys);
  make.querySelector("[data-kept]").addEventListener("change", (event) => {
    make.querySelector("[data-send]").disabled = !event.target.checked;
  });
}

// -- the test ballot ----------------------------------------------------------------------------------------------------

const attempt = document.getElementById("try");

/** The seal's private key from one key file, or from two of three holders'. */
function sealKey(keys) {
  if (!Object.keys(seal.shares).length) return keys[0];
  const publics = seal.holders.map(([, each]) => each);
  const mine = keys.map((key) => ({ key, at: publics.indexOf(hex(nacl.box.keyPair.fromSecretKey(key).publicKey)) })).sort((a, b) => a.at - b.at);
  const envelope = mine.length === 2 ? seal.shares[`${mine[0].at}-${mine[1].at}`] : undefined;
  const inner = envelope ? open(bytes(envelope), mine[1].key) : null;
  return inner ? open(inner, mine[0].key) : null;
}

async function read(field) {
  const file = field?.files[0];
  return file ? keyIn(await file.text()) : null;
}

async function tryKeys() {
  const fields = [...place.querySelectorAll("[data-keyfile], [data-other]")];
  if (fields.some((field) => !field.files.length)) return;
  const keys = await Promise.all(fields.map(read));
  const secret = keys.every(Boolean) ? sealKey(keys) : null;
  const word = secret ? open(bytes(seal.envelope), secret) : null;
  const tried = document.getElementById("tried");
  tried.hidden = false;
  tried.className = word ? "notice done" : "notice bad";
  tried.textContent = word ? seal.said.opened : seal.said.wrong;
  attempt.elements.answer.value = word ? hex(word) : "";
}

if (attempt) {
  document.getElementById("try-here").hidden = false;
  for (const field of place.querySelectorAll("[data-keyfile], [data-other]")) field.addEventListener("change", tryKeys);
}
