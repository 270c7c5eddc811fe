import { describe, expect, it } from "vitest";
import { regionForChild, withoutOuterRegion } from "../../src/domain/child-region.ts";

const OUTER = "eu-west-1";

/** What a `ssox exec` within another one makes of the environment that it finds. */
function within(user: Record<string, string>, since: Record<string, string> = {}) {
  return withoutOuterRegion({ ...user, ...regionForChild(OUTER, user, false), ...since });
}

describe("the region of an outer exec", () => {
  it.each([
    {},
    { AWS_REGION: "us-east-1" },
    { AWS_DEFAULT_REGION: "us-west-2" },
    { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-west-2" },
    { AWS_REGION: OUTER },
    { AWS_REGION: "" },
  ])("gives way to the user's own: %j", (user) => {
    const found = Object.entries(within(user)).filter(([name]) => /^AWS_/.test(name));
    expect(Object.fromEntries(found)).toEqual(user);
  });

  it("is not what was set since then", () => {
    const user = { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-west-2" };
    const env = within(user, { AWS_REGION: "sa-east-1" });
    expect(env).toMatchObject({ AWS_REGION: "sa-east-1", AWS_DEFAULT_REGION: "us-west-2" });
    expect(within(user, { AWS_REGION: "sa-east-1", AWS_DEFAULT_REGION: "" })).toMatchObject({
      AWS_REGION: "sa-east-1",
      AWS_DEFAULT_REGION: "",
    });
  });

  it("is the user's again however deep exec stands in exec", () => {
    const user = { AWS_REGION: "us-east-1" };
    const middle = within(user);
    const inner = { ...middle, ...regionForChild("ap-south-1", middle, false) };
    expect(inner).toMatchObject({ AWS_REGION: "ap-south-1", SSOX_AWS_REGION: "us-east-1" });
    const again = withoutOuterRegion(inner);
    expect(again).toMatchObject(user);
    expect(again).not.toHaveProperty("AWS_DEFAULT_REGION");
  });

  it("is nothing where no exec is around", () => {
    const env = { AWS_REGION: "us-east-1", SSOX_AWS_REGION: "other" };
    expect(withoutOuterRegion(env)).toEqual(env);
  });

  it("is found whatever the case of the name, on Windows", () => {
    const user = { Aws_Region: "us-east-1" };
    const variables = regionForChild(OUTER, user, true);
    expect(variables["SSOX_AWS_REGION"]).toBe("us-east-1");
    const { AWS_REGION: _, ...others } = variables;
    expect(withoutOuterRegion({ aws_region: OUTER, ...others }, true)).toMatchObject({
      aws_region: "us-east-1",
    });
  });
});
