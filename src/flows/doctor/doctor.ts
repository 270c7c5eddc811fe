import type { Context } from "../../context.ts";
import type { Facts } from "../../domain/findings/facts.ts";
import { type Finding, finding } from "../../domain/findings/finding.ts";
import { findingsOf } from "../../domain/findings/findings.ts";
import { type Prediction, predict } from "../../domain/prediction/prediction.ts";
import { SsoxError } from "../../errors.ts";
import { readDoctorFiles } from "./files.ts";
import { machineFacts } from "./machine.ts";
import { sessionFacts } from "./sessions.ts";

export interface DoctorOptions {
  /** Only this one, its session, and the machine. */
  readonly profile: string | undefined;
}

export interface Examination {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly profiles: number;
  readonly sessions: number;
  /** What each kind of AWS client takes for the profile that was asked for. */
  readonly prediction: Prediction | undefined;
}

/**
 * Looks at files, sessions and machine for what does not work, or not alike in
 * all AWS clients. It signs nobody in, and throws for nothing that it finds.
 */
export async function doctor(options: DoctorOptions, context: Context): Promise<Examination> {
  const homeless = withoutHome(context);
  if (homeless) return { findings: [homeless], profiles: 0, sessions: 0, prediction: undefined };
  const { facts } = await examine(options, context);
  return {
    findings: findingsOf(facts),
    profiles: facts.profiles.length,
    sessions: facts.sessions.length,
    prediction:
      options.profile === undefined
        ? undefined
        : predict(facts.readings, context.env, options.profile),
  };
}

async function examine({ profile: asked }: DoctorOptions, context: Context) {
  const files = readDoctorFiles(context);
  const { model, ...shown } = files;
  const sessions = await sessionFacts(model, files.profiles, context);
  const machine = machineFacts(model, asked, context);
  const facts: Facts = { ...shown, env: context.env, sessions, machine, asked };
  return { facts, model };
}

/** Without a home nothing else can be looked for. */
function withoutHome(context: Context): Finding | undefined {
  try {
    void context.paths;
    return undefined;
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    return finding("HomeMissing", {
      message: error.message,
      fix: error.hint ?? "export HOME=/path",
    });
  }
}
