import { v5 as uuidv5 } from "uuid";
import type { Output } from "../contract/commands.ts";
import { CommandError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import type { Cost, TokenUsage } from "../contract/log_entry.ts";
import { toolCalls } from "../contract/tool_call.ts";
import type { Client } from "./client.ts";
import { MessageStream } from "./message_stream.ts";
import { insist, OpenTurn, type WaitingTurn } from "./open_turn.ts";
import type { MessageDraft } from "./session.ts";
import { storable } from "./storable.ts";
import { readTranscript, type Said } from "./transcript.ts";
import { uuidv7 } from "./uuid.ts";

type Posted = Output<"message.post">;
type Charged<Data> = Omit<Data, "turn_id" | "run_id">;

/**
 * The bot's agent is to speak. Whatever it says has an id that is made from the turn's, so that a bot
 * that died and begins the turn again says nothing twice.
 */
export class Turn extends OpenTurn {
  /** What the agent was asked to do, if anything in particular. */
  readonly task: string | null;
  readonly round: number;
  /** Tool call → how often it was made in this turn. */
  readonly #calls = new Map<string, number>();
  #stream: MessageStream<Posted> | null = null;

  /** Made by the bot. */
  constructor(client: Client, turn: WaitingTurn) {
    super(client, turn);
    this.task = turn.task;
    this.round = turn.round;
  }

  /**
   * What was said and prompted before the turn began, the oldest first, with the speakers' names.
   * @param limit how many at the most, the newest; 50 unless told
   */
  transcript({ limit = 50 }: { limit?: number } = {}): Promise<Said[]> {
    return readTranscript(this.client, this, limit);
  }

  /**
   * Answers.
   * @param content a text, or pieces of one, which are shown as they come
   * @throws TurnEnded when somebody else has ended the turn; CommandError such as too_large, and it
   *   may be answered otherwise
   */
  say(content: string | AsyncIterable<string>): Promise<Posted> {
    if (typeof content === "string") return this.#answer({ content });
    const stream = this.stream();
    const all = async () => {
      for await (const piece of content) stream.write(piece);
      return stream.end();
    };
    return this.begin(all());
  }

  /** Begins an answer that others see grow: `write` its pieces, then `end` it. */
  stream(): MessageStream<Posted> {
    const { session_id, agent_id, signal } = this;
    const stream_id = this.#idOf("answer");
    const send = (offset: number, text: string, signal: AbortSignal) =>
      this.client.delta.send({ session_id, stream_id, agent_id, offset, text }, { signal });
    this.#stream = new MessageStream(signal, send, (content) => this.#answer({ content }));
    return this.#stream;
  }

  /** Answers, and gives the turn to another member of a swarm, by its name or agent_id. */
  handOff(agent: string, content = ""): Promise<Posted> {
    return this.#answer({ content, tool_call: { name: "handoff", arguments: { agent } } });
  }

  /**
   * Answers, and asks one's own people of a hierarchy to do something and report.
   * @param asks whom, by name or agent_id, and what; the content is their task unless told
   * @param parallel all at once rather than one after the other
   */
  delegate(
    asks: readonly { readonly agent: string; readonly task?: string }[],
    { content = "", parallel = false }: { content?: string; parallel?: boolean } = {},
  ): Promise<Posted> {
    const tool_call = { name: "delegate", arguments: asks.map((ask) => ({ ...ask })), parallel };
    return this.#answer({ content, tool_call });
  }

  /** Answers, and says that the work is done, for the condition `stop_message`. */
  stop(content = ""): Promise<Posted> {
    return this.#answer({ content, tool_call: { name: "stop" } });
  }

  /** Ends the turn without an answer. */
  pass(): Promise<Output<"turn.pass">> {
    const input = { session_id: this.session_id, turn_id: this.id };
    const pass = () => this.client.turn.pass(input);
    return this.end("passed", () => insist(pass, () => this.#findPassed(), this.signal));
  }

  /**
   * Uses a tool, and posts the call and its result for everybody to see. A bot that died in between
   * and makes the same call again in this turn gets the result that was posted; only if there is none
   * does the tool run again.
   * @param run does it; what it returns is posted as JSON
   * @throws what run throws, whose message is posted as the result
   */
  callTool<Args extends JsonObject, Result extends Json | undefined>(
    name: string,
    args: Args,
    run: (args: Args) => Promise<Result> | Result,
  ): Promise<Result> {
    const asked = `${name} ${JSON.stringify(args)}`;
    const time = (this.#calls.get(asked) ?? 0) + 1;
    this.#calls.set(asked, time);
    const call_id = this.#idOf(`call ${time} ${asked}`);
    return this.begin(this.#callTool(call_id, name, args, run));
  }

  /** Tells what a model call used, in disjoint buckets. Before the answer, so that budgets see it in time. */
  usage(data: Charged<TokenUsage>): Promise<Output<"log.post">> {
    const message = `${data.model}: ${data.input} tokens in, ${data.output} out`;
    return this.#charge({ type: "token_usage", message, data: { ...data } as JsonObject });
  }

  /** Tells what something cost, as a decimal string, which rounds nothing. */
  cost(data: Charged<Cost>): Promise<Output<"log.post">> {
    const message = `${data.amount} ${data.currency}`;
    return this.#charge({ type: "cost", message, data: { ...data } as JsonObject });
  }

  protected override decline(): Promise<unknown> {
    return this.pass();
  }

  protected override conclude(): Promise<unknown> {
    // What others saw grow is said, though nobody said that it was all.
    return this.#stream?.isOpen ? this.#stream.end() : this.pass();
  }

  #answer(draft: MessageDraft): Promise<Posted> {
    return this.end("answered", () => this.#post({ ...draft, id: this.#idOf("answer") }));
  }

  #post(draft: MessageDraft & { id: string }): Promise<Posted> {
    const { agent_id: sender_agent_id, signal } = this;
    const post = (id: string) => this.session.post({ ...draft, id, sender_agent_id }, { signal });
    return this.whileOpen(async () => {
      try {
        return await post(draft.id);
      } catch (error) {
        const isTaken = error instanceof CommandError && error.code === "id_reused";
        // Another process of this bot has said something else, or somebody, wherever, has taken an id that
        // can be made from the turn's, and that everybody is told while an answer grows.
        if (!isTaken || (await this.#isSaid(draft.id))) throw error;
        return post(uuidv7());
      }
    });
  }

  /** Whether the session has a message of this turn with an id. */
  async #isSaid(id: string): Promise<boolean> {
    const { session_id, opened_at } = this;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.client.message.list({ session_id, ...(cursor && { cursor }) });
      // The newest come first.
      const since = page.data.filter(({ created_at }) => created_at >= opened_at);
      if (since.some((one) => one.id === id)) return true;
      cursor = since.length < page.data.length ? null : page.next;
    }
    return false;
  }

  async #findPassed(): Promise<Output<"turn.pass"> | undefined> {
    const { session_id, agent_id } = this;
    const input = { session_id, agent_id, status: "passed" } as const;
    // The newest come first, and this one has just been.
    const { data } = await this.client.turn.list(input);
    return data.find(({ id }) => id === this.id);
  }

  #charge(entry: { type: "token_usage" | "cost"; message: string; data: JsonObject }) {
    const { id: turn_id, run_id, agent_id } = this;
    const data = { ...entry.data, turn_id, ...(run_id !== null && { run_id }) };
    return this.beginBeside(this.session.log({ ...entry, data, agent_id }));
  }

  async #callTool<Args extends JsonObject, Result extends Json | undefined>(
    call_id: string,
    name: string,
    args: Args,
    run: (args: Args) => Promise<Result> | Result,
  ): Promise<Result> {
    if (Object.hasOwn(toolCalls, name)) {
      throw new Error(`A ${name} ends the turn; use the method that is made for it`);
    }
    const call = { id: call_id, name };
    const asked = { id: call_id, content: "", tool_call: { ...call, arguments: args } };
    const { duplicate, seq } = await this.#post(asked);
    const result_id = this.#idOf(`result ${call_id}`);
    const posted = duplicate ? await this.#findMessage(result_id, seq) : null;
    if (posted) return resultOf<Result>(posted.tool_call!);
    const outcome: JsonObject = await settle(() => run(args));
    await this.#post({ id: result_id, content: "", tool_call: { ...call, ...outcome } });
    return resultOf<Result>(outcome);
  }

  /** Looks for a message after a number of the stream. */
  async #findMessage(id: string, after: number) {
    for (let seq = after; ; ) {
      const page = { session_id: this.session_id, after: seq, limit: 1_000 };
      const { entries, has_more } = await this.client.stream.read(page);
      const found = entries.find((entry) => entry.id === id);
      if (found?.kind === "message") return found;
      if (!has_more) return null;
      seq = entries.at(-1)!.seq;
    }
  }

  #idOf(part: string): string {
    return uuidv5(part, this.id);
  }
}

/** What a tool call's result says: `{ result }` or `{ result: null, error }`. */
async function settle(
  run: () => Promise<Json | undefined> | Json | undefined,
): Promise<JsonObject> {
  try {
    return { result: (await run()) ?? null };
  } catch (error) {
    return {
      result: null,
      error: storable(error instanceof Error ? error.message : String(error)),
    };
  }
}

function resultOf<Result>({ result, error }: JsonObject): Result {
  if (error !== undefined) throw new Error(String(error));
  return result as Result;
}
