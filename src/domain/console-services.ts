/** Where a service's pages are in the console. */
export interface ServicePage {
  /** Path, and fragment where the page has one. */
  readonly page: string;
  /** It has no region: its page is the partition's. */
  readonly isGlobal: boolean;
}

/** The page of a service by a name that people call it; undefined for a name that nobody knows here. */
export function servicePage(name: string): ServicePage | undefined {
  const called = (pages: readonly Page[]) =>
    pages.find(([, ...names]) => names.includes(name.toLowerCase()))?.[0];
  const ofRegion = called(REGIONAL);
  if (ofRegion !== undefined) return { page: ofRegion, isGlobal: false };
  const ofPartition = called(GLOBAL);
  return ofPartition === undefined ? undefined : { page: ofPartition, isGlobal: true };
}

type Page = readonly [page: string, ...names: string[]];

const REGIONAL: readonly Page[] = [
  ["access-analyzer/home", "access-analyzer", "accessanalyzer"],
  ["acm/home", "acm", "certificates"],
  ["amazon-mq/home", "mq", "amazon-mq", "amazonmq"],
  ["amplify/home", "amplify"],
  ["aos/home", "opensearch", "aos", "es", "elasticsearch"],
  ["apigateway/home", "apigateway", "apigw", "api-gateway"],
  ["apprunner/home", "apprunner", "app-runner"],
  ["appsync/home", "appsync"],
  ["athena/home", "athena"],
  ["backup/home", "backup"],
  ["batch/home", "batch"],
  ["bedrock/home", "bedrock"],
  ["cloud9/home", "cloud9", "c9"],
  ["cloudformation/home", "cloudformation", "cfn"],
  ["cloudmap/home", "cloudmap", "servicediscovery"],
  ["cloudshell/home", "cloudshell"],
  ["cloudtrailv2/home", "cloudtrail", "ct"],
  ["cloudwatch/home", "cloudwatch", "cw"],
  ["cloudwatch/home#alarmsV2:", "alarms"],
  ["cloudwatch/home#dashboards:", "dashboards"],
  ["cloudwatch/home#logsV2:log-groups", "logs", "cloudwatch-logs", "cloudwatchlogs"],
  ["cloudwatch/home#logsV2:logs-insights", "logs-insights"],
  ["cloudwatch/home#xray:traces", "xray", "x-ray", "traces"],
  ["codesuite/codeartifact/repositories", "codeartifact"],
  ["codesuite/codebuild/projects", "codebuild"],
  ["codesuite/codecommit/repositories", "codecommit"],
  ["codesuite/codedeploy/applications", "codedeploy"],
  ["codesuite/codepipeline/pipelines", "codepipeline"],
  ["cognito/v2/home", "cognito", "cognito-idp"],
  ["config/home", "config"],
  ["controltower/home", "controltower", "control-tower"],
  ["datasync/home", "datasync"],
  ["detective/home", "detective"],
  ["directconnect/v2/home", "directconnect", "dx"],
  ["directoryservicev2/home", "ds", "directoryservice"],
  ["dms/v2/home", "dms"],
  ["docdb/home", "docdb", "documentdb"],
  ["dynamodbv2/home", "dynamodb", "ddb"],
  ["ec2/home", "ec2"],
  ["ec2/home#AutoScalingGroups:", "autoscaling", "asg"],
  ["ec2/home#Instances:", "instances"],
  ["ec2/home#LoadBalancers:", "elb", "elbv2", "alb", "nlb", "loadbalancers"],
  ["ec2/home#SecurityGroups:", "security-groups"],
  ["ec2/home#Volumes:", "ebs", "volumes"],
  ["ecr/home", "ecr"],
  ["ecs/v2/home", "ecs", "fargate"],
  ["efs/home", "efs"],
  ["eks/home", "eks"],
  ["elasticache/home", "elasticache", "redis", "valkey"],
  ["elasticbeanstalk/home", "elasticbeanstalk", "beanstalk", "eb"],
  ["emr/home", "emr"],
  ["events/home", "eventbridge", "events"],
  ["firehose/home", "firehose"],
  ["fsx/home", "fsx"],
  ["glue/home", "glue"],
  ["grafana/home", "grafana"],
  ["guardduty/home", "guardduty", "gd"],
  ["inspector/v2/home", "inspector", "inspector2"],
  ["iot/home", "iot"],
  ["kinesis/home", "kinesis"],
  ["kms/home", "kms"],
  ["lakeformation/home", "lakeformation", "lake-formation"],
  ["lambda/home", "lambda"],
  ["macie/home", "macie", "macie2"],
  ["msk/home", "msk", "kafka"],
  ["mwaa/home", "mwaa", "airflow"],
  ["neptune/home", "neptune"],
  ["ram/home", "ram"],
  ["rds/home", "rds", "aurora"],
  ["redshiftv2/home", "redshift"],
  ["resource-groups/home", "resource-groups", "tag-editor"],
  ["route53resolver/home", "route53resolver", "resolver"],
  ["s3/home", "s3"],
  ["sagemaker/home", "sagemaker"],
  ["secretsmanager/home", "secretsmanager", "secrets", "sm"],
  ["securityhub/home", "securityhub", "security-hub"],
  ["servicecatalog/home", "servicecatalog", "service-catalog"],
  ["servicequotas/home", "servicequotas", "service-quotas", "quotas"],
  ["ses/home", "ses"],
  ["singlesignon/home", "sso", "identity-center", "identitycenter", "singlesignon"],
  ["sns/v3/home", "sns"],
  ["sqs/v3/home", "sqs"],
  ["states/home", "stepfunctions", "sfn", "states", "step-functions"],
  ["storagegateway/home", "storagegateway"],
  ["systems-manager/home", "ssm", "systems-manager", "systemsmanager"],
  ["systems-manager/parameters", "parameters", "parameterstore", "parameter-store"],
  ["systems-manager/session-manager", "session-manager"],
  ["timestream/home", "timestream"],
  ["transfer/home", "transfer"],
  ["vpcconsole/home", "vpc"],
  ["wafv2/homev2", "waf", "wafv2"],
  ["workspaces/v2/home", "workspaces"],
];

const GLOBAL: readonly Page[] = [
  ["artifact/home", "artifact"],
  ["billing/home", "billing", "account"],
  ["billing/home#/budgets", "budgets"],
  ["cloudfront/v4/home", "cloudfront", "cf"],
  ["cost-management/home", "ce", "cost-explorer", "costexplorer", "cost-management"],
  ["globalaccelerator/home", "globalaccelerator"],
  ["health/home", "health", "phd"],
  ["iam/home", "iam"],
  ["organizations/v2/home", "organizations", "org"],
  ["route53/v2/home", "route53", "r53"],
  ["support/home", "support"],
  ["trustedadvisor/home", "trustedadvisor", "trusted-advisor"],
];

/** Every name that is known, those of one page in a row. */
export const SERVICE_NAMES: readonly string[] = [...REGIONAL, ...GLOBAL].flatMap(
  ([, ...names]) => names,
);
