/** What the SDK asks of a provider of credentials. */
interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in a bundle for `@aws-sdk/credential-provider-node`. Lambda puts the role's credentials into the environment of
 * a function and ends that environment before they expire; there is no profile, SSO or instance metadata to look for.
 * @throws Error where the environment has none: nothing else is tried
 */
export const defaultProvider = () => async (): Promise<EnvironmentCredentials> => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('the environment of the function holds no credentials');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};
