import { createServer } from "node:http";
import { describe, onTestFinished, test } from "vitest";
import { follow } from "../pages/follow.ts";
import { PAGES, stepsOf } from "../pages/page.ts";
import { STAND_INS, startReader } from "../pages/reader.ts";
import { witnessOf } from "./desk.ts";

/*
 * The pages that use the AWS CLI, word for word, with the AWS CLI itself. What
 * docs/recipes.md asks of services has a test of its own.
 */

const OWN_TEST = ["docs/recipes.md"];

const pages = PAGES.filter((page) => {
  const runsAws = stepsOf(page).some((step) => step.kind === "run" && /\baws /.test(step.text));
  return runsAws && !OWN_TEST.includes(page);
});

describe.each(pages)("%s", (page) => {
  test("can be followed with the AWS CLI", async (running) => {
    const { program } = witnessOf("AWS CLI v1", running);
    const s3 = await startS3();
    const standIns = { ...STAND_INS, aws: `exec ${program} "$@"` };
    await follow(page, stepsOf(page), await startReader(standIns, { AWS_ENDPOINT_URL_S3: s3 }));
  });
});

/** Knows no bucket. */
async function startS3(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/xml" });
    response.end("<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  return `http://127.0.0.1:${address.port}`;
}
