import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { EngineLog } from "./log";
import * as message from "./message";
import type { Context, Provider } from "./provider";
import { decode, encode } from "./wire";

export type Handlers = ReturnType<typeof handlers>;

/**
 * The ResourceProvider service of a provider: every request to values, every answer back to a message.
 * `GetSchema`, `Handshake`, `Construct` and `Call` are left unimplemented: the engine does without.
 */
export function handlers(provider: Provider, log: EngineLog) {
  const cancelled = new AbortController();

  function context(urn: string, seconds: number, preview: boolean): Context {
    const limits = seconds > 0 ? [AbortSignal.timeout(seconds * 1000)] : [];
    const signal = AbortSignal.any([cancelled.signal, ...limits]);
    return { urn, preview, signal, log: log.of(urn) };
  }

  return {
    getPluginInfo: () => new plugin.PluginInfo().setVersion(provider.version),
    attach(request: plugin.PluginAttach) {
      log.attach(request.getAddress());
      return new Empty();
    },
    checkConfig(request: rpc.CheckRequest) {
      const news = decode(request.getNews());
      return message.checked(provider.checkConfig?.(news) ?? { inputs: news, failures: [] });
    },
    diffConfig: () => message.diff({}),
    async configure(request: rpc.ConfigureRequest) {
      await provider.configure?.(decode(request.getArgs()));
      return message.configured();
    },
    async invoke(request: rpc.InvokeRequest) {
      const token = request.getTok();
      if (provider.invoke === undefined) throw new Error(`${provider.name}: no function ${token}`);
      return new rpc.InvokeResponse().setReturn(
        encode(await provider.invoke(token, decode(request.getArgs()))),
      );
    },
    check: (request: rpc.CheckRequest) =>
      message.checked(provider.check(request.getUrn(), decode(request.getNews()), decode(request.getOlds()))),
    diff(request: rpc.DiffRequest) {
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      return message.diff(provider.diff(request.getUrn(), olds, news, decode(request.getOldInputs())));
    },
    async create(request: rpc.CreateRequest) {
      const on = context(request.getUrn(), request.getTimeout(), request.getPreview());
      const { id, outputs } = await provider.create(decode(request.getProperties()), on);
      return new rpc.CreateResponse().setId(id).setProperties(encode(outputs));
    },
    async read(request: rpc.ReadRequest) {
      const as = { state: decode(request.getProperties()), inputs: decode(request.getInputs()) };
      const on = context(request.getUrn(), 0, false);
      if (provider.read === undefined) return message.read({ id: request.getId(), ...as });
      return message.read(await provider.read(request.getId(), as.state, as.inputs, on));
    },
    async update(request: rpc.UpdateRequest) {
      const on = context(request.getUrn(), request.getTimeout(), request.getPreview());
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      return new rpc.UpdateResponse().setProperties(
        encode(await provider.update(request.getId(), olds, news, on)),
      );
    },
    async delete(request: rpc.DeleteRequest) {
      const on = context(request.getUrn(), request.getTimeout(), false);
      await provider.delete(request.getId(), decode(request.getProperties()), on);
      return new Empty();
    },
    cancel() {
      cancelled.abort(new Error("cancelled"));
      return new Empty();
    },
  };
}
