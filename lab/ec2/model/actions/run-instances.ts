import { mutation } from "../action";
import { newId } from "../ids";
import { newInstance, plug } from "../launch";
import { checkLaunch, interfaceSpecs, keyNamed } from "../launch-checks";
import { launchParameters } from "../launch-parameters";
import { lendPublicIp } from "../lifecycle";
import { showInstance } from "../show-instance";

/** Starts instances; they are pending until whoever runs the machines reports that they run. */
export const runInstances = mutation({
  parameters: launchParameters,
  resources: (region, values) => [
    { type: "image", id: values.ImageId },
    { type: "instance", id: "*" },
    { type: "volume", id: "*" },
    ...values.NetworkInterface.map(({ NetworkInterfaceId }) => ({
      type: "network-interface",
      id: NetworkInterfaceId ?? "*",
    })),
    ...(values.NetworkInterface.length === 0 ? [{ type: "network-interface", id: "*" }] : []),
    ...[values.SubnetId, ...values.NetworkInterface.map((one) => one.SubnetId)].flatMap((id) =>
      id ? { type: "subnet", id } : [],
    ),
    ...[...values.SecurityGroupId, ...values.NetworkInterface.flatMap((one) => one.SecurityGroupId)].map(
      (id) => ({ type: "security-group", id }),
    ),
    ...(values.KeyName
      ? [{ type: "key-pair", id: keyNamed(region, values.KeyName)?.id ?? values.KeyName }]
      : []),
  ],
  run(region, values, { now }) {
    checkLaunch(region, values);
    const specs = interfaceSpecs(region, values);
    const reservationId = newId(region, "r");
    const instances = Array.from({ length: values.MaxCount }, (_, launchIndex) => {
      const instance = newInstance(region, values, { reservationId, launchIndex, now });
      for (const spec of specs) plug(region, instance, spec, now);
      lendPublicIp(region, instance);
      return instance;
    });
    return {
      reservationId,
      ownerId: region.account,
      groupSet: [],
      instancesSet: instances.map((instance) => showInstance(region, instance)),
    };
  },
});
