import { expect, it } from "vitest";
import { noticeText } from "../../src/views/notice.ts";

const CALLS = "Calls go to http://127.0.0.1:8400 instead of AWS (AWS_ENDPOINT_URL_STS).";
const NEXT = "Next: ssox exec --profile sandbox.ReadOnlyAccess -- aws s3 ls";

it.each([
  [
    "at words",
    CALLS,
    40,
    "Calls go to http://127.0.0.1:8400\n  instead of AWS (AWS_ENDPOINT_URL_STS).",
  ],
  [
    "no URL",
    "https://d-1234567890.awsapps.com/start is it.",
    30,
    "https://d-1234567890.awsapps.com/start\n  is it.",
  ],
  ["no command", NEXT, 40, `Next:\n  ${NEXT.slice("Next: ".length)}`],
  [
    "no command in brackets",
    "Names stay (ssox sync-profiles --rename).",
    30,
    "Names stay\n  (ssox sync-profiles --rename).",
  ],
  ["what fits", CALLS, 80, CALLS],
  ["what is laid out", `a\n${CALLS}`, 40, `a\n${CALLS}`],
  ["without a terminal", CALLS, undefined, CALLS],
])("breaks %s", (_, text, columns, shown) => {
  expect(noticeText(text, columns)).toBe(shown);
});
