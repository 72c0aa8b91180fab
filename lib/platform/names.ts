// Names that the infrastructure and the code share. Constants only: this file imports nothing.

/** Environment variables of the functions; each function gets only those it uses. */
export const ENV = {
  stage: 'STAGE',
  tableName: 'TABLE_NAME',
  intakeBucket: 'INTAKE_BUCKET',
  documentsBucket: 'DOCUMENTS_BUCKET',
  bundlesBucket: 'BUNDLES_BUCKET',
  imagesBucket: 'IMAGES_BUCKET',
  signQueueUrl: 'SIGN_QUEUE_URL',
  deliveryQueueUrl: 'DELIVERY_QUEUE_URL',
  notifyQueueUrl: 'NOTIFY_QUEUE_URL',
  evidenceQueueUrl: 'EVIDENCE_QUEUE_URL',
  mailSender: 'MAIL_SENDER',
  mailConfigurationSet: 'MAIL_CONFIGURATION_SET',
  maxUploadBytes: 'MAX_UPLOAD_BYTES',
  keyAliasPrefix: 'KEY_ALIAS_PREFIX',
  portalUrl: 'PORTAL_URL',
  fontsDir: 'FONTS_DIR',
  signatureLevels: 'SIGNATURE_LEVELS',
  signatureAuthorities: 'SIGNATURE_AUTHORITIES',
  timestampRoom: 'TIMESTAMP_ROOM',
  remoteSigning: 'REMOTE_SIGNING',
  remoteSigningSecrets: 'REMOTE_SIGNING_SECRETS',
  remoteSigningNames: 'REMOTE_SIGNING_NAMES',
  clientLimits: 'CLIENT_LIMITS',
  verificationBucket: 'VERIFICATION_BUCKET',
  verificationSettings: 'VERIFICATION_SETTINGS',
} as const;

/** Attributes of the one table. */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  ttl: 'ttl',
  entity: 'entity',
} as const;

/** Global secondary indexes; both project every attribute. */
export const INDEXES = {
  gsi1: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
  gsi2: { name: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
} as const;

/** `entity` of the items whose insertion the stream hands to the relay. */
export const CASE_EVENT = 'CaseEvent';

/** Every object in the intake bucket stands under this prefix. */
export const INTAKE_PREFIX = 'intake/';

/** Every version of a document stands under this prefix of the documents bucket. */
export const DOCUMENTS_PREFIX = 'documents/';

/** The daily roots over all event logs stand under this prefix of the documents bucket. */
export const ROOTS_PREFIX = 'roots/';

/** Every signing key is created with this tag, its value the stage: no stage may alias another's keys. */
export const KEY_STAGE_TAG = 'ba-khong:stage';

/** Keys of the table under which callers without a sign-in are counted; the only ones that such functions may write. */
export const CLIENT_LIMITS_PREFIX = 'CLIENT#';

/** Group of the user pool whose members operate the service. */
export const OPERATOR_GROUP = 'operator';

/** Fonts of the functions that author PDF pages, in the folder that `FONTS_DIR` names. */
export const FONT_FILES = {
  regular: 'Tinos_400Regular.ttf',
  bold: 'Tinos_700Bold.ttf',
  italic: 'Tinos_400Regular_Italic.ttf',
} as const;
