// Prints the STS caller identity of AWS_PROFILE, or what the SDK says went wrong.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

try {
  const sts = new STSClient({ credentials: fromNodeProviderChain() });
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  console.log(JSON.stringify(Arn));
} catch (error) {
  console.log(JSON.stringify(`${error.name}: ${error.message}`));
  process.exitCode = 1;
}
