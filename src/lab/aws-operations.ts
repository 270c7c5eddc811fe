/** Every operation of AWS's that the lab knows, by its AWS name. */
export const AWS_OPERATIONS: readonly string[] = [
  "RegisterClient",
  "StartDeviceAuthorization",
  "CreateToken",
  "ListAccounts",
  "ListAccountRoles",
  "GetRoleCredentials",
  "Logout",
  "GetCallerIdentity",
  "AssumeRole",
  "GetSigninToken",
];
