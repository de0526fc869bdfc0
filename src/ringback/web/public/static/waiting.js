// Looks for the answer every two seconds, and shows it when it is there. Without this, a button does the same.
const LOOK_EVERY_MS = 2000;

async function look() {
  const answer = await fetch(window.location.href, { cache: "no-store" });
  const page = await answer.text();
  if (!page.includes("data-waiting")) window.location.reload();
}

if (document.querySelector("[data-waiting]")) {
  window.setInterval(() => look().catch(() => {}), LOOK_EVERY_MS);
}
