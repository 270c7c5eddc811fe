import { expect, test } from "vitest";
import { getCallerIdentity } from "../../src/aws/sts.ts";
import { startRawServer } from "./raw-server.ts";

const CREDENTIALS = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "the-secret-key",
  sessionToken: "the-session-token",
  expiration: 0,
  accountId: "012345678901",
};
const ARN = "arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna";

function answer(members: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${members}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
}

const XML = { "Content-Type": "text/xml" };
const WHOLE = `<Arn>${ARN}</Arn><UserId>AROA:anna</UserId><Account>012345678901</Account>`;

test("asks with the role's signature, and reads who it is", async () => {
  const server = await startRawServer({ headers: XML, body: answer(WHOLE) });
  expect(await getCallerIdentity(CREDENTIALS, "eu-west-1", server.access)).toEqual({
    account: "012345678901",
    arn: ARN,
    userId: "AROA:anna",
  });
  const [request] = server.requests;
  expect(request?.headers["x-amz-security-token"]).toBe("the-session-token");
  expect(request?.headers.authorization).toMatch(/Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/sts\//);
  expect(server.trace).toEqual(["sts GetCallerIdentity: ok"]);
});

test.each([
  ["without an account", { headers: XML, body: answer(`<Arn>${ARN}</Arn>`) }, "ServiceUnavailable"],
  ["without an ARN", { headers: XML, body: answer("<Account>1</Account>") }, "ServiceUnavailable"],
  ["a page of HTML", { body: "<html><body>Sign in</body></html>" }, "ServiceUnavailable"],
  ["nothing", { body: "" }, "ServiceUnavailable"],
  ["cut XML", { headers: XML, body: answer(WHOLE).slice(0, 90) }, "ServiceUnavailable"],
  ["500", { status: 500, body: "" }, "ServiceUnavailable"],
  ["429", { status: 429, body: "" }, "Throttled"],
  ["a cut connection", { drop: "before" }, "NetworkError"],
] as const)("%s", async (_, raw, code) => {
  const server = await startRawServer(raw);
  const error = await getCallerIdentity(CREDENTIALS, "eu-west-1", server.access).catch(
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ code });
  const told = [String(error), JSON.stringify(error), ...server.trace].join("\n");
  expect(told).not.toMatch(/the-secret-key|the-session-token/);
});
