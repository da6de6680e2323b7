import { QueryTypes } from "sequelize";
import { runNaive } from "./naive_server.ts";

// Numbers come from the session's row, under its lock, so that they are in the order of commits.
await runNaive({
  cursor: "seq",
  create: (message, values) =>
    message.sequelize!.transaction(async (transaction) => {
      const [session] = await message.sequelize!.query<{ head_seq: number }>(
        "UPDATE sessions SET head_seq = head_seq + 1 WHERE id = $1 RETURNING head_seq",
        { bind: [values.session_id], type: QueryTypes.SELECT, transaction },
      );
      return message.create({ ...values, seq: session!.head_seq }, { transaction });
    }),
});
