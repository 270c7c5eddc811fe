"""Prints, as one JSON array, what botocore's endpoint rule sets come to: each
service, in each region that botocore knows, with and without FIPS and dual-stack."""

import json
from itertools import product

from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

loader = Loader()
partitions = loader.load_data("partitions")
answers = []
for service in ["sso", "sso-oidc", "sts", "signin"]:
    # Of the console's sign-in there is one kind.
    variants = [False] if service == "signin" else [False, True]
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, partitions)
    for partition in partitions["partitions"]:
        for region, fips, dual_stack in product(partition["regions"], variants, variants):
            # The name of no region, which ssox takes for none: sts has a global endpoint under it.
            if region.endswith("-global"):
                continue
            found = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
            answers.append(
                {
                    "service": service,
                    "partition": partition["id"],
                    "region": region,
                    "fips": fips,
                    "dualStack": dual_stack,
                    "url": found.url,
                }
            )
print(json.dumps(answers))
