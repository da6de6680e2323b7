import type { Input, Output } from "../contract/commands.ts";
import type { Decision } from "../contract/decision.ts";
import type { Client } from "./client.ts";
import { insist, OpenTurn, type WaitingTurn } from "./open_turn.ts";

/** What a decision's vote is called that is for nothing, whatever the rule. */
const ABSTAIN = "abstain";

/** A vote that the bot's agent may cast, once. */
export class Ballot extends OpenTurn {
  readonly decision_id: string;
  readonly question: string;
  readonly options: readonly string[];
  /** Which choices it takes depends on `mechanism.config.rule`; see docs/teams.md. */
  readonly mechanism: Decision["mechanism"];

  /** Made by the bot. */
  constructor(client: Client, turn: WaitingTurn, decision: Decision) {
    super(client, turn);
    this.decision_id = decision.id;
    this.question = decision.question;
    this.options = decision.options;
    this.mechanism = decision.mechanism;
  }

  /**
   * Votes, which is final.
   * @param choice as the rule asks: an option, a list of options, option → score, a ranking, a bid …
   * @throws CommandError invalid_input when the rule does not understand the choice, and another may be
   *   cast; TurnEnded when the vote is over
   */
  cast(choice: Input<"ballot.cast">["choice"]): Promise<Output<"ballot.cast">> {
    const { session_id, decision_id, agent_id } = this;
    const input = { session_id, decision_id, agent_id, choice };
    const cast = () => this.client.ballot.cast(input);
    return this.end("answered", () => insist(cast, () => this.#findCast(), this.signal));
  }

  /** Takes part without being for anything. */
  abstain(): Promise<Output<"ballot.cast">> {
    return this.cast(ABSTAIN);
  }

  async #findCast(): Promise<Output<"ballot.cast"> | undefined> {
    const { session_id, decision_id, agent_id } = this;
    // The newest come first, and this one has just been.
    const { data: logs } = await this.client.log.list({ session_id, limit: 200 });
    const cast = logs.find(
      ({ data }) =>
        data.event === "ballot.cast" &&
        data.decision_id === decision_id &&
        data.agent_id === agent_id,
    );
    if (!cast) return undefined;
    const { ballot_id, choice, cast_at } = cast.data;
    return { id: ballot_id, decision_id, agent_id, choice, cast_at } as Output<"ballot.cast">;
  }

  protected override decline(): Promise<unknown> {
    return this.abstain();
  }
}
