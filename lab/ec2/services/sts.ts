import { call, queryService } from "./query-service";

/** STS: who asks (STS API Reference, 2011-06-15). */
export const sts = queryService({
  name: "sts",
  version: "2011-06-15",
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  open: ["GetCallerIdentity"],
  calls: {
    GetCallerIdentity: call({
      parameters: {},
      run: (_region, _values, { caller }) => ({
        result: { Arn: caller.arn, UserId: caller.userId, Account: caller.account },
      }),
    }),
  },
});
