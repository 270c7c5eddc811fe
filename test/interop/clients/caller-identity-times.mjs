// Prints how many of as many STS calls as argv says succeeded, all by one client.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const sts = new STSClient();
let succeeded = 0;
for (let call = 0; call < Number(process.argv[2]); call += 1) {
  if ((await sts.send(new GetCallerIdentityCommand({}))).Arn) succeeded += 1;
}
console.log(succeeded);
