const TOKEN = "taskmaster.token";

// The link carries the token behind #, which no browser sends to a server or writes to its log.
const fromLink = new URLSearchParams(location.hash.slice(1)).get("token");
if (fromLink) {
  localStorage.setItem(TOKEN, fromLink);
  history.replaceState(null, "", location.pathname);
}

const places = { ok: "there", away: "away", none: "none: this is a single node" };

async function showStatus() {
  const { status, version, node_id, parts } = await (await fetch("/readyz")).json();
  const rows = [
    ["Server", `${status === "ok" ? "running" : status}, version ${version}`],
    ["Node", node_id],
    ["Database", places[parts.database]],
    ["Redis", places[parts.redis]],
  ];
  document.getElementById("status").replaceChildren(
    ...rows.flatMap(([term, text]) => {
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      dt.textContent = term;
      dd.textContent = text;
      return [dt, dd];
    }),
  );
}

async function showMe() {
  const token = localStorage.getItem(TOKEN);
  if (!token) return;
  const answer = await fetch("/api/v1/me", { headers: { Authorization: `Bearer ${token}` } });
  const body = await answer.json();
  document.getElementById("me").textContent = answer.ok
    ? `Signed in as ${body.name} (${body.email}).`
    : `The stored token is no longer good: ${body.detail}.`;
}

showStatus();
showMe();
