import * as z from 'zod';

// Answers of a remote signing service: Cloud Signature Consortium, API v2.0.0.2 (April 2023). Only what is used is read.

/** §11.1 */
export const serviceInfo = z.object({
  specs: z.string(),
  name: z.string(),
  /** `oauth2client`, `oauth2code`, `basic`, `external`, `TLS`. */
  authType: z.array(z.string()),
  /** Base address of the authorization server. */
  oauth2: z.url().optional(),
  /** Names of the methods that the service has. */
  methods: z.array(z.string()),
});
export type ServiceInfo = z.infer<typeof serviceInfo>;

/** §11.4 */
export const credentialList = z.object({ credentialIDs: z.array(z.string()) });

/** §11.5, with `certificates: chain` */
export const credentialInfo = z.object({
  key: z.object({
    status: z.enum(['enabled', 'disabled']),
    /** OIDs of signature algorithms, or of the kind of key. */
    algo: z.array(z.string()).min(1),
    len: z.number().int().optional(),
  }),
  cert: z.object({
    status: z.enum(['valid', 'expired', 'revoked', 'suspended']).optional(),
    /** DER in base64, the credential's own first. */
    certificates: z.array(z.base64()).min(1),
  }),
  auth: z.object({
    /** `explicit`: by what the client sends along; `oauth2code`: by the person, at the authorization server. */
    mode: z.enum(['explicit', 'oauth2code']),
    objects: z.array(z.object({ id: z.string(), type: z.string() })).optional(),
  }),
  /** 2: the authorization is bound to the hashes. */
  SCAL: z.enum(['1', '2']).default('1'),
  multisign: z.number().int(),
});
export type CredentialInfo = z.infer<typeof credentialInfo>;

/** §11.6; lifetimes in seconds, an hour where none is said. */
export const authorization = z.object({ SAD: z.string().min(1), expiresIn: z.number().positive().default(3600) });

/** §11.10 */
export const signatures = z.object({ signatures: z.array(z.base64()).length(1) });

/** RFC 6749 §5.1 */
export const accessToken = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().default(3600),
});

/** §10.1, RFC 6749 §5.2. The description is for people and may name them: it is not read. */
export const failure = z.object({ error: z.string().regex(/^[a-z0-9_]{1,60}$/) });
