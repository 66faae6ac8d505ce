const bytes = (value: Buffer): Buffer => value;
const message = {
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
};

/** A gRPC service whose messages are bytes: one call, and one conversation. */
export const echoService = {
  say: { path: "/edge.Echo/Say", requestStream: false, responseStream: false, ...message },
  chat: { path: "/edge.Echo/Chat", requestStream: true, responseStream: true, ...message },
};
