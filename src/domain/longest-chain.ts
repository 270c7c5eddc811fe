/**
 * How many profiles may lead to one another. AWS knows no bound, and every
 * client can follow that many; boto3 and the AWS CLI stumble over Python's own
 * bound at about 130, the SDK for JavaScript at some thousands (run).
 */
export const LONGEST_CHAIN = 100;
