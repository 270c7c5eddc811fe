export interface IamRole {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly accountId: string;
  /** Without its path. */
  readonly roleName: string;
}

/** What a role's ARN names; undefined for what is no role's (IAM User Guide, "IAM identifiers"). */
export function roleOfArn(arn: string): IamRole | undefined {
  const found = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  const [, partition, accountId, roleName] = found ?? [];
  return partition && accountId && roleName ? { partition, accountId, roleName } : undefined;
}
