import { describe, expect, it } from "vitest";
import { context, make, operatorClient, provider, RECORD, startProvider } from "./provided";

startProvider();

describe("the stand-in for aws", () => {
  it("keeps a record of Route 53", async () => {
    const aws = await operatorClient();
    const zoneId = await aws.route53.createZone("example.org");
    aws.close();
    const inputs = { zoneId, name: "www.example.org", type: "A", ttl: 60, records: ["192.0.2.1"] };
    const one = await make(RECORD, inputs);
    expect(one.id).toBe(`${zoneId}_www.example.org_A`);
    expect(one.outputs).toMatchObject({ ...inputs, fqdn: "www.example.org" });
    await expect(make(RECORD, { ...inputs, records: ["192.0.2.2"] })).rejects.toThrow("InvalidChangeBatch");
    expect(one.diff({ ttl: 30 })).toEqual({ ttl: { kind: "update", replace: false } });
    expect(one.diff({ name: "x.example.org" }).name?.replace).toBe(true);
    expect(await one.change({ ttl: 30, records: ["192.0.2.3"] })).toMatchObject({ ttl: 30 });
    expect((await one.read())?.state).toMatchObject({ ttl: 30, records: ["192.0.2.3"] });
    const { id } = one;
    await provider.delete(id, { ...inputs, ttl: 30, records: ["192.0.2.3"] }, context(RECORD));
    expect(await one.read()).toBeUndefined();
  });
});
