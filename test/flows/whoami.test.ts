import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import { whoami } from "../../src/flows/whoami.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

it("asks STS whose the role's credentials are", async () => {
  const { lab, context } = await startScene();
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const found = await whoami({ account: accountId, role: "DeveloperAccess" }, "never", context);
  expect(found.identity).toEqual({
    account: accountId,
    arn: expect.stringMatching(
      `^arn:aws:sts::${accountId}:assumed-role/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}/`,
    ),
    userId: expect.stringMatching(/^AROA/),
  });
  expect(requestsOf(lab, "GetCallerIdentity")).toHaveLength(1);
});

it("asks no host whose name a profile's odd region would make", async () => {
  const { lab, context } = await startScene();
  appendFileSync(
    context.paths.configFile,
    "[profile odd]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = R\nregion = a b\n",
  );
  await expect(whoami({ profile: "odd" }, "never", context)).rejects.toMatchObject({
    code: "ConfigInvalid",
    message: expect.stringContaining('"a b"'),
    hint: "aws configure set region eu-west-1 --profile odd",
  });
  expect(lab.requests).toEqual([]);
});

it("says so when STS cannot be reached", async () => {
  const { lab, relay, context } = await startScene();
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const cut = { ...context, env: { ...context.env, AWS_ENDPOINT_URL_STS: relay.url } };
  relay.relaying = async ({ path }, pass) => (path === "/" ? "cut" : await pass());
  const asking = whoami({ account: accountId, role: "DeveloperAccess" }, "never", cut);
  await expect(asking).rejects.toMatchObject({ code: "NetworkError" });
});

it("says so when AWS does not know the keys: time does not mend that", async () => {
  const { context } = await startScene();
  appendFileSync(
    context.paths.configFile,
    "[profile keys]\naws_access_key_id = AKIAUNKNOWN\naws_secret_access_key = s\nregion = eu-west-1\n",
  );
  await expect(whoami({ profile: "keys" }, "never", context)).rejects.toMatchObject({
    code: "AccessDenied",
    message: "AWS does not accept these credentials: InvalidClientTokenId.",
  });
});
