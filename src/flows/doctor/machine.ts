import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { AwsConfig } from "../../aws/config.ts";
import { type NetworkSettings, profileNetwork } from "../../aws/network-settings.ts";
import { trustOf } from "../../aws/trust.ts";
import type { Context } from "../../context.ts";
import type { MachineFacts } from "../../domain/findings/facts.ts";
import { proxyFor } from "../../domain/proxy.ts";
import { holdsSecrets } from "../../domain/secret-lines.ts";
import { SsoxError } from "../../errors.ts";
import { namesIn } from "../../system/files/names-in.ts";
import { endpointOverrides } from "../endpoint-notice.ts";

/** What stands around the files. */
export function machineFacts(
  model: AwsConfig,
  asked: string | undefined,
  context: Context,
): MachineFacts {
  const { env, paths } = context;
  const found = failure(() => profileNetwork(model, asked, env));
  const network: NetworkSettings = { env, profile: "value" in found ? found.value : undefined };
  const overrides = failure(() => endpointOverrides(network));
  const faults = [
    found,
    failure(() => proxyFor(new URL("https://oidc.us-east-1.amazonaws.com"), env)),
    failure(() => trustOf(network)),
  ];
  return {
    open: [...secretFiles(paths)].flatMap((file) => openMode(file)),
    endpoints:
      "value" in overrides
        ? overrides.value.map((message) => ({ message, hint: undefined, isRefused: false }))
        : [{ ...overrides, isRefused: true }],
    network: faults.flatMap((fault) => ("value" in fault ? [] : [fault])),
    extraCaCerts: sizeOf(env["NODE_EXTRA_CA_CERTS"]),
  };
}

/** The value, or what the user is told of why there is none. */
function failure<T>(
  deed: () => T,
): { readonly value: T } | { readonly message: string; readonly hint: string | undefined } {
  try {
    return { value: deed() };
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    return { message: error.message, hint: error.hint };
  }
}

/** Tokens, registrations and role credentials, the AWS CLI's own too, and what the user keeps. */
function* secretFiles({ tokenCache, roleCache, configFile, credentialsFile }: Context["paths"]) {
  for (const file of [configFile, credentialsFile]) if (keepsSecrets(file)) yield file;
  for (const folder of [tokenCache, roleCache]) {
    for (const name of namesIn(folder)) if (name.endsWith(".json")) yield path.join(folder, name);
  }
}

function keepsSecrets(file: string): boolean {
  try {
    // A pipe would be waited for.
    return statSync(file).isFile() && holdsSecrets(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

function openMode(file: string): MachineFacts["open"] {
  if (process.platform === "win32") return [];
  const found = statSync(file, { throwIfNoEntry: false });
  const mode = found?.isFile() ? found.mode & 0o777 : 0;
  return mode & 0o077 ? [{ file, mode }] : [];
}

function sizeOf(file: string | undefined): number | undefined {
  if (!file) return undefined;
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}
