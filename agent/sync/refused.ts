/** A verdict on a configuration, or on a request for one: trying again changes nothing. The message is for people. */
export class Refused extends Error {}
