import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { usableToken } from "../../src/flows/usable-token.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";

/*
 * What other programs do to the token file while the service answers a refresh.
 */

const MINUTE = 60_000;

async function renewing(meanwhile: (file: string) => unknown) {
  const scene = await startScene();
  const { clock, context, lab, relay, session } = scene;
  const { file, token } = await signInAsAwsCli(lab, context);
  await clock.advance(61 * MINUTE);
  relay.relaying = async (_request, pass) => {
    const answer = await pass();
    await meanwhile(file);
    return answer;
  };
  return { ...scene, file, token, renew: () => clock.run(usableToken(session, context)) };
}

it("a sign-in by another program stays, and is used", async () => {
  const another = { token: {} };
  const scene = await renewing(async () => {
    Object.assign(another, await signInAsAwsCli(scene.lab, scene.context));
  });
  const held = await scene.renew();
  expect(JSON.parse(readFileSync(scene.file, "utf8"))).toEqual(another.token);
  expect(another.token).toMatchObject({ accessToken: held?.token.accessToken });
});

it("after a sign-out by another program no token comes back", async () => {
  const { file, renew } = await renewing((path) => rmSync(path));
  expect(await renew()).toBeUndefined();
  expect(existsSync(file)).toBe(false);
});

it.each<[string, (file: string, text: string) => void]>([
  ["that is only touched", (file) => utimesSync(file, new Date(), new Date())],
  ["in which the same token is written anew", (file, text) => writeFileSync(file, `${text}\n`)],
  ["that is cut", (file) => writeFileSync(file, "")],
])("a file %s gets the next token: the one in it is used up", async (_what, act) => {
  const { file, token, renew } = await renewing((path) => act(path, readFileSync(path, "utf8")));
  const held = await renew();
  const written = JSON.parse(readFileSync(file, "utf8"));
  expect(written).toMatchObject({ accessToken: held?.token.accessToken });
  expect(written["refreshToken"]).not.toBe(token["refreshToken"]);
});
