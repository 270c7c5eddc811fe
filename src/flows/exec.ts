import { startContainerEndpoint } from "../aws/container-endpoint.ts";
import { type OverlayOptions, removeAbandonedOverlays, writeOverlay } from "../aws/overlay.ts";
import { type AwsProfiles, readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { type ChildIdentity, childEnvironment } from "../domain/child-environment.ts";
import { lineForProfile } from "../domain/credential-process-line.ts";
import { isTooShortToStart } from "../domain/renewal.ts";
import type { HeldCredentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import { isPipe } from "../system/files/read-pipe.ts";
import { childIdentity } from "./child-identity.ts";
import { tellOfKeysLeft } from "./keys-left.ts";
import { withReadableConfig } from "./piped-config.ts";
import { keepRenewed } from "./renewed-credentials.ts";
import type { LastingClock } from "./service-time.ts";
import { neededTime, refuseTooShort } from "./session-too-short.ts";
import { namedSelection, resolveTarget, type Target, type TargetSelection } from "./target.ts";
import { lastingTargetClock } from "./target-clock.ts";
import { targetCredentials } from "./target-credentials.ts";
import type { MaySignIn } from "./token.ts";

export interface ExecRequest {
  readonly selection: TargetSelection;
  readonly mode: "server" | "env";
  /** Takes the place of the profile's region. */
  readonly region: string | undefined;
  /** How long the program is going to need them: `90s`, `45m`, `4h`. */
  readonly needs?: string | undefined;
  readonly maySignIn: MaySignIn;
  readonly command: string;
  readonly args: readonly string[];
  /** Called when nothing but the start of the program is left to do, with its environment. */
  atStart?(env: Readonly<Record<string, string>>): void;
}

/**
 * Runs a program as a target of any kind. Signals and terminal are the program's own while
 * it runs, and whatever goes wrong then does not touch its exit status.
 *
 * @returns the program's exit status; 128 + N when signal N ended it
 * @throws SsoxError when the program was not started
 */
export async function exec(request: ExecRequest, context: Context): Promise<number> {
  refuseOddRegion(request.region);
  const needs = neededTime(request.needs);
  return await withReadableConfig(context, (within) => execAs(request, needs, within));
}

async function execAs(
  request: ExecRequest,
  needs: number | undefined,
  context: Context,
): Promise<number> {
  const { maySignIn } = request;
  const selection = await namedSelection(request.selection, maySignIn, context);
  const profiles = readAwsProfiles(context.paths);
  const target = await resolveTarget(selection, maySignIn, context, profiles);
  const clock = lastingTargetClock(target, context);
  const credentials = await startingCredentials(target, needs, clock, request, context);
  await refuseTooShort(target, credentials, { needs, mode: request.mode }, context);
  const identity = childIdentity(target, credentials, request.region, context);
  context.signal.throwIfAborted();
  if (request.mode === "env") return await runWithKeys(identity, credentials, request, context);
  const { profile } = target;
  if (profile !== undefined && target.hasPlainKeys && !isPipe(context.paths.credentialsFile)) {
    const own = { mode: "profile", profile } as const;
    return await run(request, childEnvironment(context.env, identity, own, ignoresCase()), context);
  }
  return await runServed(identity, { target, profiles, credentials, clock }, request, context);
}

/** It is written into a config file, where a line break would be the next key. */
function refuseOddRegion(region: string | undefined): void {
  if (region === undefined || /^[a-z\d-]+$/.test(region)) return;
  throw new SsoxError("Usage", `${JSON.stringify(region)} is no name of a region.`, {
    hint: "--region eu-west-1",
  });
}

async function startingCredentials(
  target: Target,
  needs: number | undefined,
  clock: LastingClock,
  { maySignIn, mode }: ExecRequest,
  context: Context,
): Promise<HeldCredentials> {
  const held = await targetCredentials(target, { maySignIn, clock }, context);
  const now = clock.now();
  const { expiration = Number.POSITIVE_INFINITY } = held;
  const isEnough = mode === "server" || expiration >= now + (needs ?? 0);
  if (isEnough && !isTooShortToStart(held, now)) return held;
  try {
    const newerThan = expiration;
    return await targetCredentials(target, { maySignIn: "never", newerThan, clock }, context);
  } catch (error) {
    // What is there is good for a start; the renewal behind it tells what is wrong.
    if (error instanceof SsoxError) return held;
    throw error;
  }
}

async function runWithKeys(
  identity: ChildIdentity,
  { accessKeyId, secretAccessKey, sessionToken }: HeldCredentials,
  request: ExecRequest,
  context: Context,
): Promise<number> {
  const keys = { mode: "env", accessKeyId, secretAccessKey, sessionToken } as const;
  return await run(request, childEnvironment(context.env, identity, keys, ignoresCase()), context);
}

interface Resolved {
  readonly target: Target;
  /** What the files said when the target was found there. */
  readonly profiles: AwsProfiles;
  readonly credentials: HeldCredentials;
  /** By which they end. */
  readonly clock: LastingClock;
}

async function runServed(
  identity: ChildIdentity,
  { target, profiles, credentials, clock }: Resolved,
  request: ExecRequest,
  context: Context,
): Promise<number> {
  const { runtime } = context.paths;
  tellOfKeysLeft(removeAbandonedOverlays(runtime, context.clock.now()), context);
  const overlay = writeOverlay(runtime, {
    config: profiles.config.document,
    credentials: profiles.credentials,
    profile: target.profile,
    region: request.region,
    ...processFor(credentials, context),
  });
  try {
    const renewed = keepRenewed(target, credentials, clock, context);
    try {
      const endpoint = await startContainerEndpoint(renewed.current, renewed.lookAgain);
      try {
        const served = {
          mode: "server",
          endpointUrl: endpoint.url,
          authorizationToken: endpoint.authorizationToken,
          overlayFile: overlay.file,
          overlayProfile: overlay.profile,
        } as const;
        const env = childEnvironment(context.env, identity, served, ignoresCase());
        return await run(request, env, context);
      } finally {
        await endpoint.close();
      }
    } finally {
      await renewed.stop();
    }
  } finally {
    tellIfKept(overlay.remove(), context);
    tellOfKeysLeft([overlay.profile], context);
  }
}

/**
 * Without a session token the endpoint's answer has an empty one, which the SDKs
 * for Java and Rust send (measured with 2.56 and 1.13), and AWS refuses. From a
 * process every SDK takes keys without one.
 */
function processFor(
  { sessionToken }: HeldCredentials,
  { processes }: Context,
): Pick<OverlayOptions, "credentialProcess"> {
  if (sessionToken !== undefined) return {};
  return { credentialProcess: (profile) => lineForProfile(processes.program, profile) };
}

function tellIfKept(kept: string | undefined, { terminal, paths }: Context): void {
  if (kept === undefined) return;
  const what = "the program wrote into its copy of the config file, which is kept as";
  terminal.note(`ssox: ${what} ${kept} → diff ${paths.configFile} ${kept}`);
}

async function run(
  request: ExecRequest,
  env: Record<string, string>,
  context: Context,
): Promise<number> {
  context.signal.throwIfAborted();
  request.atStart?.(env);
  return await context.processes.run(request.command, request.args, env);
}

/** Names of environment variables. */
function ignoresCase(): boolean {
  return process.platform === "win32";
}
