import * as pulumi from "@pulumi/pulumi";

/** One resource as the program asked for it; secrets unwrapped. */
export interface Registered {
  name: string;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of any resource
  inputs: Record<string, any>;
  parent: string;
  dependencies: string[];
  deletedWith: string;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  deleteBeforeReplace: boolean;
  protect: boolean;
  /** The inputs that were given as secrets. */
  secrets: string[];
}

export const secretMark = "4dabf18193072939515e22adb298388d";

// biome-ignore lint/suspicious/noExplicitAny: walks any value
export function unwrapped(value: any): any {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (value === null || typeof value !== "object") return value;
  if (value[secretMark] !== undefined) return unwrapped(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}

/**
 * Runs a program under Pulumi's mocks and returns what it registered, in order.
 * @param preview as in `pulumi preview`: nothing that a resource would output is known
 */
export async function registered(
  program: () => void,
  { preview = false, call = (_token: string, inputs: Inputs): Inputs => inputs } = {},
): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => {
        const secrets = Object.keys(inputs).filter((key) => inputs[key]?.[secretMark] !== undefined);
        const found = resources.find((resource) => resource.name === name && resource.type === type);
        Object.assign(found ?? {}, { inputs: unwrapped(inputs), secrets });
        return { id: `${name}-id`, state: preview ? {} : { ...inputs, ...outputs(name) } };
      },
      call: ({ token, inputs }) => call(token, inputs),
    },
    "nginx-ha",
    "test",
    preview,
  );
  observeRegistrations(resources);
  program();
  await pulumi.runtime.disconnect();
  return resources;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs of any function
type Inputs = Record<string, any>;

/** What resources of the command provider and of AWS would say of themselves. */
export const outputs = (name: string): Inputs => ({
  stdout: name.endsWith("-key") ? "ssh-ed25519 AAAA nginx-ha\nPRIVATE HALF\n" : "",
  stderr: "",
  arn: `arn:aws:test:::${name}`,
  name,
  privateIp: "10.77.0.10",
  privateIps: ["10.77.0.10", "10.77.0.11"],
  publicIp: "203.0.113.10",
  allocationId: `eipalloc-${name}`,
  availabilityZone: "eu-west-1a",
});

// Mocks see inputs only; what is in a resource's options is read from the registration itself.
function observeRegistrations(resources: Registered[]): void {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's monitor has no public type
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: as above
  monitor.registerResource = (request: any, callback: any) => {
    const last = (urn: string) => urn.split("::").pop() ?? "";
    resources.push({
      name: request.getName(),
      type: request.getType(),
      inputs: {},
      secrets: [],
      parent: last(request.getParent()),
      dependencies: request.getDependenciesList().map(last),
      deletedWith: last(request.getDeletedwith()),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      protect: request.getProtect(),
    });
    return register(request, callback);
  };
}
