import { ACCOUNT, good, type Home } from "../home.ts";

const WRONG = "the lab says what AWS says, and all clients alike";

/** Whether what profiles name is assigned. */
export const ROLES: readonly Home[] = [
  { title: "the role is assigned", config: good(), isListed: true, findings: [] },
  {
    title: "an IAM role's name",
    config: good().replace("DeveloperAccess", "AWSReservedSSO_DeveloperAccess_0123456789abcdef"),
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
  {
    title: "an IAM role's ARN with its path",
    config: good().replace(
      "DeveloperAccess",
      `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_DeveloperAccess_0123456789abcdef`,
    ),
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
  {
    title: "the ARN that get-caller-identity prints",
    config: good().replace(
      "DeveloperAccess",
      `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Dev_Ops_0123456789abcdef/ada`,
    ),
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
  {
    title: "the role in another case",
    config: good().replace("DeveloperAccess", "developeraccess"),
    isListed: true,
    findings: ["error RoleNameCase dev"],
    unwitnessed: WRONG,
  },
  {
    title: "a role that is not assigned",
    config: good().replace("DeveloperAccess", "Billing"),
    isListed: true,
    findings: ["error RoleNotAssigned dev"],
    unwitnessed: WRONG,
  },
  {
    title: "a role that is misspelled",
    config: good().replace("DeveloperAccess", "DevloperAcces"),
    isListed: true,
    findings: ["error RoleNotAssigned dev"],
    unwitnessed: WRONG,
  },
  {
    title: "an account that is not assigned",
    config: good().replace(ACCOUNT, "999988887777"),
    isListed: true,
    findings: ["error AccountNotAssigned dev"],
    unwitnessed: WRONG,
  },
  {
    title: "a role of which nothing was listed",
    config: good().replace("DeveloperAccess", "Billing"),
    findings: [],
    unwitnessed: WRONG,
  },
  {
    title: "the ARN of a permission set",
    config: good().replace(
      "DeveloperAccess",
      "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-0123456789abcdef",
    ),
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
  {
    title: "a path that ends with the role",
    config: good().replace("DeveloperAccess", "sandbox/DeveloperAccess"),
    isListed: true,
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
  {
    title: "an IAM role's name without its end",
    config: good().replace("DeveloperAccess", "AWSReservedSSO_DeveloperAccess"),
    findings: ["error RoleNameIsIamRole dev"],
    unwitnessed: WRONG,
  },
];
