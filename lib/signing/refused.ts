import type { Code } from '../platform/errors.ts';

/** Why a file or a signer is refused for good: trying again would not help, someone has to change something. */
export const SIGNING_REFUSED: readonly Code[] = [
  'pdf_encrypted',
  'pdf_broken',
  'pdf_xfa',
  'pdf_certified_no_changes',
  'pdf_field_locked',
  'pdf_field_name',
  'pdf_field_unknown',
  'pdf_field_widgets',
  'pdf_anchor_not_found',
  'pdf_placement',
  'pdf_limits',
  'image_broken',
  'signature_image_gone',
  'certificate_invalid',
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_key_usage',
  'certificate_key_mismatch',
  'signer_without_certificate',
  'signing_key_with_holder',
  'signing_session_outdated',
  'remote_signing_refused',
  'remote_service_unknown',
];
