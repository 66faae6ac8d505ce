/** An answer that is an error, with EC2's own code (EC2 API Reference, "Error codes for the Amazon EC2 API"). */
export class Ec2Error extends Error {
  override readonly name = "Ec2Error";

  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Ends a request with an error. */
export function refuse(code: string, message: string): never {
  throw new Ec2Error(code, message);
}

/** What EC2 says of an id that nothing has. */
export function notFound(code: string, kind: string, id: string): Ec2Error {
  return new Ec2Error(code, `The ${kind} '${id}' does not exist`);
}
