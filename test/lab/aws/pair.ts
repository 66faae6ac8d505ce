import { AwsSubject } from "./subject";

/** The pair in mode elasticIp, through its whole life. */
export const pair = new AwsSubject("test-aws");
