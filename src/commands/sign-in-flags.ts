import * as Flags from "@oclif/core/flags";

/** The flags that say where IAM Identity Center is, and how to sign in there. */
export const signInFlags = {
  "start-url": Flags.string({
    description: "the AWS access portal's URL, or its first label: d-1234567890",
    helpValue: "URL",
  }),
  "sso-region": Flags.string({
    description: "the region of IAM Identity Center, where the start URL does not name it",
    helpValue: "REGION",
  }),
  flow: Flags.option({
    description: "how to sign in: in a browser that is redirected here, or with a code",
    options: ["auto", "pkce", "device"] as const,
  })(),
};
