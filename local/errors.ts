/** Why the laptop refuses to start or to go on. */
export type LocalErrorCode =
  | 'AssemblyNotFound'
  | 'AssemblyInvalid'
  | 'UnknownResourceType'
  | 'UnknownProperty'
  | 'UnsupportedValue'
  | 'UnresolvedReference'
  | 'CreateFailed'
  | 'AccessDenied'
  | 'StartFailed';

/** An error of the laptop runtime: names the resource and what to do about it. */
export class LocalError extends Error {
  readonly code: LocalErrorCode;
  /** `Stack/LogicalId` of the resource at fault, where there is one. */
  readonly resource: string | undefined;

  constructor(code: LocalErrorCode, message: string, resource?: string, cause?: unknown) {
    super(resource ? `${resource}: ${message}` : message, cause === undefined ? undefined : { cause });
    this.name = 'LocalError';
    this.code = code;
    this.resource = resource;
  }
}
