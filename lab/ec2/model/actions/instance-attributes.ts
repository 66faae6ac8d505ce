import { type Action, mutation, query } from "../action";
import { instanceTypes } from "../catalogue";
import { Ec2Error, refuse } from "../error";
import { groupsFor } from "../interfaces";
import { instanceOf, interfacesOf, onlyInterfaceOf } from "../lookup";
import { fields, flag, integer, list, required, text } from "../parameters";
import { done, groupSet } from "../show";
import type { Instance, Region } from "../state";

/** One attribute for each request; type and user data only while the instance is stopped. */
const modify = mutation({
  parameters: {
    InstanceId: required(text()),
    InstanceType: fields({ Value: required(text()) }),
    UserData: fields({ Value: required(text()) }),
    SourceDestCheck: fields({ Value: required(flag()) }),
    DisableApiTermination: fields({ Value: required(flag()) }),
    GroupId: list(text()),
  },
  run(region, values) {
    const instance = instanceOf(region, values.InstanceId);
    const { InstanceType, UserData, SourceDestCheck, DisableApiTermination } = values;
    const groups = values.GroupId.length > 0 ? values.GroupId : undefined;
    if (
      [InstanceType, UserData, SourceDestCheck, DisableApiTermination, groups].filter(Boolean).length !== 1
    ) {
      refuse("InvalidParameterCombination", "A request changes exactly one attribute of an instance.");
    }
    if ((InstanceType || UserData) && instance.state !== "stopped") {
      refuse("IncorrectInstanceState", `The instance '${instance.id}' is not in the 'stopped' state.`);
    }
    if (InstanceType) {
      if (!instanceTypes.has(InstanceType.Value))
        refuse("InvalidParameterValue", `Invalid value '${InstanceType.Value}' for InstanceType.`);
      instance.type = InstanceType.Value;
    }
    if (UserData) instance.userData = UserData.Value;
    if (DisableApiTermination) instance.disableApiTermination = DisableApiTermination.Value;
    if (SourceDestCheck) only(region, instance).sourceDestCheck = SourceDestCheck.Value;
    if (groups) {
      const target = only(region, instance);
      target.groups = groupsFor(region, region.subnets[target.subnetId]?.vpcId ?? "", groups);
    }
    return done;
  },
});

function only(region: Region, { id }: Instance) {
  return onlyInterfaceOf(
    region,
    id,
    () =>
      new Ec2Error(
        "InvalidInstanceID",
        `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
      ),
  );
}

const metadata = mutation({
  parameters: {
    InstanceId: required(text()),
    HttpTokens: text(["required", "optional"]),
    HttpPutResponseHopLimit: integer(1, 64),
    HttpEndpoint: text(["enabled", "disabled"]),
    InstanceMetadataTags: text(["enabled", "disabled"]),
  },
  run(region, values) {
    const { id, metadata: options } = instanceOf(region, values.InstanceId);
    options.tokens = values.HttpTokens ?? options.tokens;
    options.hopLimit = values.HttpPutResponseHopLimit ?? options.hopLimit;
    options.endpoint = values.HttpEndpoint ?? options.endpoint;
    options.instanceTags = values.InstanceMetadataTags ?? options.instanceTags;
    return {
      instanceId: id,
      instanceMetadataOptions: {
        state: "pending",
        httpTokens: options.tokens,
        httpPutResponseHopLimit: options.hopLimit,
        httpEndpoint: options.endpoint,
        httpProtocolIpv6: "disabled",
        instanceMetadataTags: options.instanceTags,
      },
    };
  },
});

const ATTRIBUTES = {
  instanceType: ({ type }: Instance) => ({ value: type }),
  userData: ({ userData }: Instance) => (userData === undefined ? {} : { value: userData }),
  disableApiTermination: (one: Instance) => ({ value: one.disableApiTermination }),
  disableApiStop: () => ({ value: false }),
  ebsOptimized: () => ({ value: false }),
  enaSupport: () => ({ value: true }),
  instanceInitiatedShutdownBehavior: () => ({ value: "stop" }),
  rootDeviceName: () => ({ value: "/dev/xvda" }),
  sourceDestCheck: (one: Instance, region: Region) => ({
    value: interfacesOf(region, one.id)[0]?.sourceDestCheck,
  }),
  groupSet: (one: Instance, region: Region) =>
    groupSet(region, interfacesOf(region, one.id)[0]?.groups ?? []),
};

const describe = query({
  parameters: {
    InstanceId: required(text()),
    Attribute: required(text(Object.keys(ATTRIBUTES) as (keyof typeof ATTRIBUTES)[])),
  },
  run(region, { InstanceId, Attribute }) {
    const instance = instanceOf(region, InstanceId);
    return { instanceId: instance.id, [Attribute]: ATTRIBUTES[Attribute](instance, region) };
  },
});

export const instanceAttributeActions: Record<string, Action> = {
  ModifyInstanceAttribute: modify,
  ModifyInstanceMetadataOptions: metadata,
  DescribeInstanceAttribute: describe,
};
