import type { Client } from "../client/index.ts";
import type { Input } from "../contract/commands.ts";
import { Failure } from "./exit_codes.ts";
import { everyRow } from "./rows.ts";
import { simple } from "./simple_command.ts";

// Every command that asks one thing of the server. A new one is a few lines here.

/** In and about sessions. */
export const sessionCommands = [
  simple({
    words: "session list",
    name: "session.list",
    columns: ["id", "title", "status", "head_seq", "updated_at"],
    examples: [
      "session list",
      "session list --search story --status active",
      "session list --json | jq -r .title",
    ],
  }),
  simple({
    words: "session create",
    name: "session.create",
    arguments: ["title"],
    examples: ['session create "A story" --team Writers', 'session create "Two" --agents Ada,Bob'],
  }),
  simple({
    words: "session invite",
    name: "session.add_member",
    arguments: ["session_id", "user_id"],
    say: ({ user_id, role }) => `${user_id} is in as ${role}`,
    examples: ['session invite "A story" olive@example.org --role observer'],
  }),
  simple({
    words: "session archive",
    name: "session.update",
    summary: "Close a session: it can be read and accepts nothing",
    arguments: ["session_id"],
    options: [],
    fixed: { status: "archived" },
    say: (session) => `archived ${session.id}`,
    examples: ['session archive "A story"', "session archive 7d0c2f1a"],
  }),
  simple({
    words: "post",
    name: "message.post",
    arguments: ["session_id", "content"],
    complete: speakerOfTurn,
    say: said,
    examples: [
      'post "A story" "Once upon a time" --sender-agent Ada',
      'git log -1 | taskmaster post "A story"',
    ],
  }),
  simple({
    words: "prompt",
    name: "prompt.post",
    arguments: ["session_id", "content"],
    say: said,
    examples: ['prompt "A story" "Write it together"', 'taskmaster prompt "A story" < task.txt'],
  }),
  simple({
    words: "comment",
    name: "comment.post",
    arguments: ["session_id", "content"],
    say: said,
    examples: ['comment "A story" "I like the dragon"'],
  }),
  simple({
    words: "turn list",
    name: "me.list_turns",
    columns: ["id", "session_title", "agent_id", "purpose", "task", "opened_at", "deadline_at"],
    examples: ["turn list", "turn list --json | jq -r .session_id"],
  }),
];

/** About teams and agents. */
export const teamCommands = [
  simple({
    words: "team list",
    name: "team.list",
    columns: ["id", "name", "type", "visibility", "description"],
    examples: ["team list", "team list --json | jq -r .name"],
  }),
  simple({
    words: "agent list",
    name: "agent.list",
    columns: ["id", "name", "type", "role", "visibility"],
    examples: ["agent list"],
  }),
  simple({
    words: "agent create",
    name: "agent.create",
    arguments: ["name"],
    examples: ['agent create Ada --type assistant --role "Leads the planning"'],
  }),
];

/** About people and their access. */
export const accountCommands = [
  simple({
    words: "token create",
    name: "token.create",
    arguments: ["name"],
    examples: [
      "token create ci --scope read --expires-at 2030-01-01T00:00:00Z",
      "export TASKMASTER_TOKEN=$(taskmaster token create bot --agent Ada --json | jq -r .token)",
    ],
  }),
  simple({
    words: "token list",
    name: "token.list",
    columns: ["id", "name", "scope", "agent_id", "expires_at", "revoked_at"],
    examples: ["token list"],
  }),
  simple({
    words: "token revoke",
    name: "token.revoke",
    arguments: ["token_id"],
    say: (token) => `revoked ${token.name} (${token.id})`,
    examples: ["token revoke ci"],
  }),
  simple({
    words: "user create",
    name: "user.create",
    arguments: ["email", "name"],
    examples: ["user create olive@example.org Olive", "user create root@example.org R --is-admin"],
  }),
  simple({
    words: "user list",
    name: "user.list",
    columns: ["id", "email", "name", "is_admin", "created_at"],
    examples: ["user list --limit 200"],
  }),
];

function said({ seq, duplicate }: { seq: number; duplicate: boolean }): string {
  return duplicate ? `was posted before as #${seq}` : `posted as #${seq}`;
}

/** Whoever has the turn answers it: said by another agent of theirs it would wait on. */
async function speakerOfTurn(
  client: Client,
  { session_id, sender_agent_id }: Input<"message.post">,
): Promise<{ sender_agent_id?: string }> {
  if (sender_agent_id !== undefined) return {};
  const agent_ids = new Set<string>();
  for await (const turn of everyRow(client, "me.list_turns", {})) {
    if (turn.session_id === session_id && turn.purpose === "speak") agent_ids.add(turn.agent_id);
  }
  const [only] = agent_ids;
  if (only === undefined) return {};
  if (agent_ids.size === 1) return { sender_agent_id: only };
  const list = [...agent_ids].join(", ");
  throw new Failure(
    2,
    `several turns wait for you there: say by --sender-agent whose it is: ${list}`,
  );
}
