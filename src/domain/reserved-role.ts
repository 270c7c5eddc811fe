/** The IAM role that IAM Identity Center made for a permission set in one account. */
export interface ReservedRole {
  /** As key policies and trust policies want it. */
  readonly arn: string;
  /** As the `aws-auth` of EKS wants it. */
  readonly arnWithoutPath: string;
}

/**
 * The IAM role behind the credentials of a permission set (IAM Identity Center
 * User Guide, "Referencing permission sets in resource policies").
 *
 * @param callerArn as GetCallerIdentity gives it
 * @param region of the IAM Identity Center
 * @returns undefined for credentials of another kind
 */
export function reservedRoleOf(callerArn: string, region: string): ReservedRole | undefined {
  const found = /^arn:([^:]+):sts::(\d{12}):assumed-role\/(AWSReservedSSO_[^/]+)\//.exec(callerArn);
  const [, partition, accountId, name] = found ?? [];
  if (!partition || !accountId || !name) return undefined;
  // The path of us-east-1 has no region in it.
  const place = region === "us-east-1" ? "" : `${region}/`;
  const prefix = `arn:${partition}:iam::${accountId}:role/`;
  return {
    arn: `${prefix}aws-reserved/sso.amazonaws.com/${place}${name}`,
    arnWithoutPath: `${prefix}${name}`,
  };
}
