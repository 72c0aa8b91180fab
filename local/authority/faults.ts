/** What can be made to go wrong, so that tests see what then happens. */
export const SERVICES = ['timestamp', 'ocsp', 'crl'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * `down`: answers 503. `late`: takes the request and never answers. `garbage`: bytes that mean nothing. `refused`: says no in its
 * own protocol. `other_hash`, `other_policy`: a timestamp of something else. `wrong_nonce`: the answer to another request.
 * `out_of_date`: nextUpdate has passed. `wrong_key`: not signed by the key that its certificate names.
 */
export const FAULTS = [
  'down',
  'late',
  'garbage',
  'refused',
  'other_hash',
  'other_policy',
  'wrong_nonce',
  'out_of_date',
  'wrong_key',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Which fault each service has at present. */
export type Faults = Map<Service, Fault>;
