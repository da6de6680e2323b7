import { runNaive } from "./naive_server.ts";

// Messages have no number in their session, and those of two writers may arrive in another order
// than they have in the table.
await runNaive({
  cursor: "id",
  create: (message, values) => message.create({ ...values }),
});
