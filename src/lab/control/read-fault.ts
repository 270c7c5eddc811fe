import { AWS_OPERATIONS } from "../aws-operations.ts";
import {
  ECHO_PLACES,
  type EchoPlace,
  FAULT_KINDS,
  type Fault,
  type FaultEffect,
} from "../faults/fault.ts";
import { flag, members, number, oneOf, type Reader, text, wrong } from "./readers.ts";

/** Narrows a fault from JSON. @throws SsoxError `Usage` */
export const readFault: Reader<Fault> = (value, place) => {
  const given = written(value, place);
  const { operation, count, chance } = given;
  checkRange(count, 1, 1e9, `${place}: count`);
  if (chance !== undefined && !(chance > 0 && chance <= 1)) {
    throw wrong(`${place}: chance`, "above 0 and at most 1");
  }
  return {
    ...effectOf(given, place),
    ...(operation === undefined ? {} : { operation }),
    ...(count === undefined ? {} : { count }),
    ...(chance === undefined ? {} : { chance }),
  };
};

interface Written {
  readonly kind: FaultEffect["kind"];
  readonly operation: string;
  readonly count: number;
  readonly chance: number;
  readonly status: number;
  readonly place: EchoPlace;
  readonly error: string;
  readonly close: boolean;
  readonly seconds: number;
  readonly milliseconds: number;
}

const written = members<Written>({
  kind: oneOf(FAULT_KINDS),
  operation: oneOf(AWS_OPERATIONS),
  count: number,
  chance: number,
  status: number,
  place: oneOf(ECHO_PLACES),
  error: text,
  close: flag,
  seconds: number,
  milliseconds: number,
});

function effectOf(given: Partial<Written>, place: string): FaultEffect {
  const { kind, status, close = false, seconds = 3600, milliseconds = 1000 } = given;
  switch (kind) {
    case undefined:
      throw wrong(place, `a fault with a kind: ${FAULT_KINDS.join(", ")}`);
    case "status":
      checkRange(status, 500, 599, `${place}: status`);
      return { kind, status: status ?? 500 };
    case "html":
      return { kind, status: oneOf([200, 503] as const)(status ?? 200, `${place}: status`) };
    case "echo": {
      const { place: where = "message", error } = given;
      checkRange(status, 400, 599, `${place}: status`);
      return { kind, status: status ?? 400, place: where, ...(error !== undefined && { error }) };
    }
    case "cut":
      return { kind, close };
    case "wrongDate":
      checkRange(seconds, -315_360_000, 315_360_000, `${place}: seconds`);
      return { kind, seconds };
    case "delay":
      checkRange(milliseconds, 0, 86_400_000, `${place}: milliseconds`);
      return { kind, milliseconds };
    default:
      return { kind };
  }
}

function checkRange(value: number | undefined, least: number, most: number, place: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw wrong(place, `a whole number from ${least} to ${most}`);
}
