/** Imports packages of every kind in every way, and tells when their chunks are loaded. */
export async function probe(): Promise<Record<string, unknown>> {
  const before = loadedChunks();
  const { SSOClient, ListAccountsCommand } = await import("@aws-sdk/client-sso");
  const afterFirst = loadedChunks();
  const oidc = await import("@aws-sdk/client-sso-oidc");
  const { default: open } = await import("open");
  const { search, confirm } = await import("@inquirer/prompts");
  const { createTwoFilesPatch } = await import("diff");
  const all = { SSOClient, ListAccountsCommand, oidcClient: oidc.SSOOIDCClient, open };
  const more = { search, confirm, createTwoFilesPatch };
  const kinds = Object.entries({ ...all, ...more }).map(([name, value]) => [name, typeof value]);
  return { before, afterFirst, kinds: Object.fromEntries(kinds) };
}

function loadedChunks(): string[] {
  return Object.keys(require.cache).map((file) => file.split("/").at(-1) ?? "");
}
