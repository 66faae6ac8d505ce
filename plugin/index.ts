import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { AwsNginxPair } from "../components/flat/aws-nginx-pair";
import { HostsNginxPair } from "../components/flat/hosts-nginx-pair";

/** The components for programs in other languages: `pulumi package add` starts this. */
componentProviderHost({ name: "nginx-ha", components: [AwsNginxPair, HostsNginxPair], dirname: __dirname });
