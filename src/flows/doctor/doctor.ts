import { readConfigText } from "../../aws/config-text.ts";
import type { Context } from "../../context.ts";
import type { Facts } from "../../domain/findings/facts.ts";
import { type Finding, finding, gravestFirst } from "../../domain/findings/finding.ts";
import { findingsOf } from "../../domain/findings/findings.ts";
import { type Prediction, predict } from "../../domain/prediction/prediction.ts";
import { SsoxError } from "../../errors.ts";
import { readDoctorFiles } from "./files.ts";
import { applyMends, type PlannedMends, plannedMends } from "./fix.ts";
import { machineFacts } from "./machine.ts";
import { askService, type OnlineAnswers } from "./online.ts";
import { sessionFacts } from "./sessions.ts";

export interface DoctorOptions {
  /** Only this one, its session, and the machine. */
  readonly profile: string | undefined;
  /** How long a job takes, in milliseconds. */
  readonly needs?: number | undefined;
  /** The service is asked, too. */
  readonly online?: boolean;
}

export interface Examination {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly profiles: number;
  readonly sessions: number;
  /** What each kind of AWS client takes for the profile that was asked for. */
  readonly prediction: Prediction | undefined;
  /** What the service told of the profiles' roles; undefined where it was not asked. */
  readonly online?: Pick<OnlineAnswers, "roles" | "unasked"> | undefined;
}

/**
 * Looks at files, sessions and machine for what does not work, or not alike in
 * all AWS clients. It signs nobody in, and throws for nothing that it finds.
 */
export async function doctor(options: DoctorOptions, context: Context): Promise<Examination> {
  const homeless = withoutHome(context);
  if (homeless) return { findings: [homeless], profiles: 0, sessions: 0, prediction: undefined };
  const { facts, model } = await examine(options, context);
  if (!options.online) return examinationOf(facts);
  const { findings, ...online } = await askService(facts, model, context);
  // Listing has shown what is assigned, what time it is, and whether the token is good.
  const told = examinationOf((await examine(options, context)).facts);
  return { ...told, findings: gravestFirst([...told.findings, ...findings]), online };
}

export interface FixedExamination extends Examination {
  /** What was found before, and is not any more. */
  readonly fixed: readonly Finding[];
}

/**
 * Mends what can safely be mended.
 *
 * @param agreed is shown what would be done, and says whether it is
 * @returns what is found afterwards
 * @throws SsoxError `WriteFailed`, `FileLocked`, `ConfigInvalid`
 */
export async function fix(
  options: DoctorOptions,
  agreed: (planned: PlannedMends) => Promise<boolean>,
  context: Context,
): Promise<FixedExamination> {
  const homeless = withoutHome(context);
  if (homeless) return { ...(await doctor(options, context)), fixed: [] };
  const { facts } = await examine(options, context);
  const before = examinationOf(facts);
  const text = textOf(facts.config.path) ?? "";
  const planned = plannedMends(before.findings, text, context);
  if (planned.isNothing || !(await agreed(planned))) return { ...before, fixed: [] };
  const found = (now: string) => findingsOf({ ...facts, ...readDoctorFiles(context, now) });
  await applyMends(planned, found, context);
  const after = await doctor(options, context);
  const left = new Set(after.findings.map(keyOf));
  const fixed = before.findings.filter((each) => each.mend && !left.has(keyOf(each)));
  return { ...after, fixed };
}

/** Undefined for a file that no text can be amended in. */
function textOf(file: string): string | undefined {
  try {
    return readConfigText(file);
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    return undefined;
  }
}

/** Lines move, and other clients may fail now: what stays the same is what it is about. */
function keyOf({ code, session, profile, message, mend }: Finding): string {
  const what = mend?.kind === "lines" ? "" : message.replace(/, line \d+/g, "");
  return JSON.stringify([code, session, profile, what]);
}

async function examine({ profile: asked, needs }: DoctorOptions, context: Context) {
  const { model, ...files } = readDoctorFiles(context);
  const sessions = await sessionFacts(model, files.profiles, context);
  const machine = machineFacts(model, asked, context);
  const facts: Facts = { ...files, env: context.env, sessions, machine, asked, needs };
  return { facts, model };
}

function examinationOf(facts: Facts): Examination {
  const { asked, readings, env } = facts;
  return {
    findings: findingsOf(facts),
    profiles: facts.profiles.length,
    sessions: facts.sessions.length,
    prediction: asked === undefined ? undefined : predict(readings, env, asked),
  };
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
      fix: error.hint,
    });
  }
}
