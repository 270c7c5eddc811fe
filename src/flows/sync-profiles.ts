import {
  type AwsConfig,
  findSession,
  type SsoSession,
  selectSession,
  sessionNames,
} from "../aws/config.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import type { FailedAccount } from "../domain/inventory.ts";
import { SsoxError } from "../errors.ts";
import { attempt, type FailedSession } from "./failed-session.ts";
import { RequestLimiter } from "./request-limiter.ts";
import { chosenSession } from "./sessions.ts";
import { type ListingOptions, listForSync, type SessionListing } from "./sync-profiles-listing.ts";
import { type SyncChoices, syncRules } from "./sync-profiles-rules.ts";
import { settledSync, sketched } from "./sync-profiles-settled.ts";
import {
  configParser,
  type ParseConfig,
  plannedSync,
  type SyncResult,
  writeProfiles,
} from "./sync-profiles-write.ts";

export interface SyncInput extends SyncChoices, ListingOptions {
  readonly session: string | undefined;
  /** Every session of the config file. */
  readonly all: boolean;
  /** Plans, and writes nothing. */
  readonly dryRun: boolean;
  /** Nobody need be asked before many profiles are pruned. */
  readonly yes: boolean;
}

export interface FailedAccountOfSession extends FailedAccount {
  readonly session: string;
}

export interface SyncOutcome extends SyncResult {
  readonly failedSessions: readonly FailedSession[];
  readonly failedAccounts: readonly FailedAccountOfSession[];
  /** When the oldest listing was begun, in milliseconds since the epoch; undefined when all are new. */
  readonly listedAt: number | undefined;
  /** Profiles were created, and neither they nor the environment name a region. */
  readonly lacksRegion: boolean;
}

/**
 * Makes the AWS config file hold one profile for each account and role that is
 * assigned in a session, or in every one. A session that fails does not keep
 * the others from being written.
 *
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`,
 * `FileLocked`, and what listing throws; with `all` what the first session
 * failed with, when every one did
 */
export async function syncProfiles(input: SyncInput, context: Context): Promise<SyncOutcome> {
  const settled = await settledOutcome(input, context);
  if (settled) return settled;
  const { configFile } = context.paths;
  const parse = configParser(configFile);
  const config = parse(readConfigText(configFile));
  const { listings, failedSessions } = await listSessions(config, input, context);
  const result = await write(listings, parse, input, context);
  return {
    ...outcomeOf(result, listings, failedSessions),
    lacksRegion: lacksRegion(result, parse, context),
  };
}

/** Where the last listing is taken and nothing is to change. Whatever is wrong is for others to tell. */
async function settledOutcome(
  input: SyncInput,
  context: Context,
): Promise<SyncOutcome | undefined> {
  if (!input.cached || input.all || input.dryRun) return undefined;
  const { configFile } = context.paths;
  try {
    const config = sketched(configFile, readConfigText(configFile));
    if (config === undefined) return undefined;
    const session = selectSession(config.rest, input.session);
    const listing = await listForSync(session, input, context, new RequestLimiter(context));
    const result = settledSync(config, listing, input, context);
    return result && outcomeOf(result, [listing], []);
  } catch (error) {
    if (error instanceof SsoxError) return undefined;
    throw error;
  }
}

function outcomeOf(
  result: SyncResult,
  listings: readonly SessionListing[],
  failedSessions: readonly FailedSession[],
): SyncOutcome {
  const times = listings.flatMap(({ listedAt }) => listedAt ?? []);
  return {
    ...result,
    failedSessions,
    failedAccounts: listings.flatMap(({ session, failed }) =>
      failed.map((account) => ({ session, ...account })),
    ),
    listedAt: times.length > 0 ? Math.min(...times) : undefined,
    lacksRegion: false,
  };
}

function lacksRegion(
  { plan: { created }, after }: SyncResult,
  parse: ParseConfig,
  { env }: Context,
): boolean {
  if (created.length === 0 || env["AWS_REGION"] || env["AWS_DEFAULT_REGION"]) return false;
  const { profiles } = parse(after);
  return created.every((name) => !profiles.get(name)?.settings["region"]);
}

async function listSessions(config: AwsConfig, input: SyncInput, context: Context) {
  const listings: SessionListing[] = [];
  const failedSessions: FailedSession[] = [];
  const limiter = new RequestLimiter(context);
  const list = async (session: SsoSession): Promise<void> => {
    // What is wrong with the choices shows before anyone is asked to sign in.
    syncRules(session, input, context);
    listings.push(await listForSync(session, input, context, limiter));
  };
  const names = sessionNames(config);
  // Where there is none, it tells what to do.
  if (!input.all || names.length === 0) {
    await list(await chosenSession(input.session, context, config));
    return { listings, failedSessions };
  }
  for (const name of names) {
    await attempt(failedSessions, name, () => list(findSession(config, name)));
  }
  const [first] = failedSessions;
  if (listings.length === 0 && first) throw first.error;
  return { listings, failedSessions };
}

async function write(
  listings: readonly SessionListing[],
  parse: ParseConfig,
  input: SyncInput,
  context: Context,
): Promise<SyncResult> {
  const { configFile } = context.paths;
  if (!input.dryRun && !input.prune) return await writeProfiles(listings, input, context, parse);
  const planned = plannedSync(readConfigText(configFile), listings, input, context, parse);
  if (input.dryRun) return planned;
  const pruned = await agreedPruning(planned, input, context);
  return await writeProfiles(listings, { ...input, pruned }, context, parse);
}

/**
 * Names of the profiles that may go.
 * @throws SsoxError `Usage` where somebody must be asked, and nobody can be
 */
async function agreedPruning(
  { plan, managed }: SyncResult,
  { yes }: SyncInput,
  { terminal }: Context,
): Promise<ReadonlySet<string>> {
  const { pruned } = plan;
  if (yes || pruned.length * 4 <= managed) return new Set(pruned);
  const count = `${pruned.length} of ${managed} profiles`;
  if (!terminal.canAsk) {
    throw new SsoxError("Usage", `--prune would remove ${count}.`, {
      hint: "look at them with --dry-run, then add --yes",
    });
  }
  const isAgreed = await terminal.confirm(`Remove ${count}?`, false);
  return new Set(isAgreed ? pruned : []);
}
