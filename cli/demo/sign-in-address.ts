import { resolve } from 'node:path';

/** Where `npm start` keeps its state. */
export const STATE_DIR = resolve(import.meta.dirname, '../../.local');

/** Where it leaves the address that people sign in at; there is no secret in it. */
export const SIGN_IN_FILE = resolve(STATE_DIR, 'sign-in.json');

export interface SignInAddress {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
}
