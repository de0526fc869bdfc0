// Looks for the answer every two seconds, and shows it when it is there. Until then it says what the page says by now.
// Without this, a button does the same.
const LOOK_EVERY_MS = 2000;

async function look() {
  const answer = await fetch(window.location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-waiting] [data-words]");
  if (!fresh) return window.location.reload();
  const shown = document.querySelector("[data-words]");
  if (shown.textContent !== fresh.textContent) shown.replaceChildren(...fresh.childNodes);
}

if (document.querySelector("[data-waiting]")) {
  window.setInterval(() => look().catch(() => {}), LOOK_EVERY_MS);
}
