import type { Logger } from "pino";
import type { Authenticate } from "../authenticate.ts";
import type { Execute, ExecuteJson } from "../execute.ts";
import type { OriginCheck } from "../origins.ts";
import type { Revocations } from "../revocations.ts";
import type { Stream } from "../stream/stream.ts";
import type { Parts } from "./health.ts";

/** The parts of the node that its HTTP side works with. */
export interface HttpOptions {
  readonly execute: Execute;
  readonly executeJson: ExecuteJson;
  readonly authenticate: Authenticate;
  readonly stream: Stream;
  readonly revocations: Revocations;
  readonly originAllowed: OriginCheck;
  readonly parts: Parts;
  readonly maxBytes: number;
  readonly trustProxy: number;
  readonly logger: Logger;
}
