import { z } from "zod";
import { Ec2Error } from "../../model/error";
import { newIamId } from "../../model/ids";
import type { HostedZone } from "../../model/state";
import { type Call, insync, ROOT } from "./call";
import { newZone, zoneOf } from "./hosted-zones";
import { parsed } from "./xml";

const zoneInput = z.strictObject({ Name: z.string(), CallerReference: z.string() });

/** The calls of hosted zones. */
export const zoneCalls: Record<string, Call> = {
  CreateHostedZone: {
    method: "POST",
    path: new RegExp(`^${ROOT}/hostedzone$`),
    run(before, { body }) {
      const { Name, CallerReference } = parsed(zoneInput, body, "CreateHostedZoneRequest");
      const region = structuredClone(before);
      const id = `Z${newIamId(region, "AROA").slice(4)}`;
      const zone = newZone(Name, CallerReference, id);
      region.hostedZones[id] = zone;
      const DelegationSet = { NameServers: { NameServer: zone.records[0]?.values } };
      return { region, status: 201, result: { HostedZone: showZone(zone), ...insync(), DelegationSet } };
    },
  },
  GetHostedZone: {
    method: "GET",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)$`),
    run: (region, { id }) => ({ result: { HostedZone: showZone(zoneOf(region, id)) } }),
  },
  DeleteHostedZone: {
    method: "DELETE",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)$`),
    run(before, { id }) {
      if (zoneOf(before, id).records.length > 2)
        throw new Ec2Error("HostedZoneNotEmpty", "The hosted zone contains resource records");
      const region = structuredClone(before);
      delete region.hostedZones[id];
      return { region, result: insync() };
    },
  },
};

const showZone = ({ id, name, reference, records }: HostedZone) => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: reference,
  Config: { PrivateZone: false },
  ResourceRecordSetCount: records.length,
});
