import { DEMO_PEOPLE, type DemoName, HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import type { FileToSend } from '../../cli/upload.ts';
import { png } from '../unit/pdf/png.ts';

/** What the requests of the table are about: all of it exists when the first row is tried. */
export interface Places {
  /** Citizen Thảo's, at the commune, with an attachment. */
  readonly petition: string;
  readonly attachment: string;
  readonly upload: string;
  /** Hers as well, at the commune, and assigned to nobody. */
  readonly denunciation: string;
  readonly denunciationAttachment: string;
  /** Citizen Bình's, at the commune. */
  readonly otherPetition: string;
  /** The province's: put forward, to be sent to both communes. */
  readonly dispatch: string;
  readonly dispatchDocument: string;
  /** Uploaded for the province, in no case yet. */
  readonly freeDocument: string;
  /** Of her petition's evidence, asked for by her. */
  readonly bundle: string;
  readonly file: FileToSend;
  readonly root: { readonly sha256: string; readonly certificate: string; readonly from: string };
  /** What shows only on the way. */
  answerHash(): Promise<string>;
  answerDocument(): Promise<string>;
  dispatchShown(): Promise<{ sha256: string; revision: number }>;
  arrivedAt(unit: string): Promise<string>;
}

/** `200`, `403 forbidden`: status and, of refusals, the code. */
type Answer = string;

/** One request, and what each of the demo people gets for it. */
export interface Row {
  /** `operationId` of the route. */
  readonly route: string;
  /** What sets it apart from other rows of the route. */
  readonly about?: string;
  readonly path: (places: Places) => string | Promise<string>;
  readonly body?: (places: Places) => unknown;
  readonly answers?: Partial<Record<DemoName, Answer>>;
  /** What everyone gets who is not in `answers`; who is not signed in gets 401 unless the route is public. */
  readonly others: Answer;
}

const GONE = '404 not_found';
const NO = '403 forbidden';
/** The demo's leaders have their keys in KMS. */
const WITH_THE_SERVICE = '409 signing_key_not_with_holder';
/** A signature for a session that there is not. */
const HANDED_IN = { body: () => ({ session: '01ARZ3NDEKTSV4RRFFQ69G5FAV', signature: 'AAAA' }) };

type Role = 'Clerk' | 'Officer' | 'Leader';
/** The staff of one unit, in this order, the same answer to all or one to each. */
const staff = (unit: 'commune' | 'neighbour' | 'province', ...answers: readonly Answer[]) =>
  Object.fromEntries(
    (['Clerk', 'Officer', 'Leader'] satisfies Role[]).map((role, n) => [`${unit}${role}`, answers[n] ?? answers[0]]),
  ) as Partial<Record<DemoName, Answer>>;

const THAO_AND_COMMUNE = { citizenThao: '200', ...staff('commune', '200') };
const handling = (owner: Answer, clerk: Answer, officer: Answer, leader: Answer) => ({
  answers: { citizenThao: owner, ...staff('commune', clerk, officer, leader) },
  others: GONE,
});
const sending = (clerk: Answer, officer: Answer, leader: Answer) => ({
  answers: staff('province', clerk, officer, leader),
  others: GONE,
});
const toOperators = (answer: Answer) => ({ answers: { operator: answer }, others: NO });
/** A denouncer is known to the leader, and to the officer once there is one in charge. */
const PROTECTED = { answers: { citizenThao: '200', communeLeader: '200' }, others: GONE };

const unitFacts = { name: 'UBND xã Mới', notation: 'UBND', place: 'Mới', tier: 'commune', from: '2025-07-01' };
const draftOf = (documentId: string) => ({
  documentId,
  type: 'thong-bao',
  subject: 'Lịch nghỉ lễ',
  recipients: [HOANG_GIANG, QUANG_BINH],
});
const clerk = `/api/people/${DEMO_PEOPLE.communeClerk.sub}`;

const OPEN: readonly Row[] = [
  { route: 'getHealth', path: () => '/api/health', others: '200' },
  { route: 'getOpenApi', path: () => '/api/openapi.json', others: '200' },
  { route: 'verifyFile', path: () => '/api/verify', body: ({ file }) => file.bytes, others: '200' },
  { route: 'findIssued', path: ({ petition }) => `/api/verify/${petition}`, others: '200' },
  { route: 'createVerificationUpload', path: () => '/api/verify/uploads', body: () => ({ size: 100 }), others: '201' },
  {
    route: 'verifyUpload',
    path: () => '/api/verify/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV/report',
    others: GONE,
  },
];

const DIRECTORY: readonly Row[] = [
  { route: 'getMe', path: () => '/api/me', others: '200' },
  { route: 'getSettings', path: () => '/api/me/settings', others: '200' },
  { route: 'putSettings', path: () => '/api/me/settings', body: () => ({ language: 'vi' }), others: '200' },
  { route: 'listUnits', path: () => '/api/units', others: '200' },
  { route: 'getUnit', path: () => `/api/units/${PROVINCE}`, others: '200' },
  { route: 'listTrust', path: () => '/api/trust', others: '200' },
  { route: 'putUnit', path: () => '/api/units/H56.99', body: () => unitFacts, ...toOperators('200') },
  { route: 'makeUnitKey', path: () => `/api/units/${PROVINCE}/key`, body: () => ({}), ...toOperators('200') },
  {
    route: 'putUnitCertificate',
    path: () => `/api/units/${PROVINCE}/certificate`,
    body: () => ({ certificate: 'none' }),
    ...toOperators('422 certificate_invalid'),
  },
  {
    route: 'putPerson',
    path: () => `/api/people/${DEMO_PEOPLE.citizenBinh.sub}`,
    body: () => ({ name: DEMO_PEOPLE.citizenBinh.name, assignments: [] }),
    ...toOperators('200'),
  },
  { route: 'makePersonKey', path: () => `${clerk}/key`, body: () => ({}), ...toOperators('200') },
  {
    route: 'putPersonCertificate',
    path: () => `${clerk}/certificate`,
    body: () => ({ certificate: 'none' }),
    ...toOperators('422 certificate_invalid'),
  },
  {
    route: 'putTrust',
    path: ({ root }) => `/api/trust/${root.sha256}`,
    body: ({ root: { certificate, from } }) => ({ certificate, from }),
    ...toOperators('200'),
  },
];

const leaders = (answer: Answer) => ({ communeLeader: answer, neighbourLeader: answer, provinceLeader: answer });
const OWN_IMAGE = { path: () => '/api/me/signature-image' };
const SEAL_IMAGE = { path: () => `/api/units/${PROVINCE}/seal-image` };
const PNG = { body: () => png(40, 20) };

const IMAGES: readonly Row[] = [
  { route: 'putOwnImage', ...OWN_IMAGE, ...PNG, answers: leaders('200'), others: NO },
  { route: 'getOwnImage', ...OWN_IMAGE, answers: leaders('200'), others: GONE },
  { route: 'removeOwnImage', ...OWN_IMAGE, answers: leaders('200'), others: NO },
  { route: 'putSealImage', ...SEAL_IMAGE, ...PNG, ...toOperators('200') },
  {
    route: 'getSealImage',
    ...SEAL_IMAGE,
    answers: { operator: '200', ...staff('province', '200') },
    others: GONE,
  },
  { route: 'removeSealImage', ...SEAL_IMAGE, ...toOperators('200') },
];

const upload = (unit?: string) => ({
  contentType: 'application/pdf',
  size: 100,
  classification: 'none',
  ...(unit === undefined ? {} : { unit }),
});

const DOCUMENTS: readonly Row[] = [
  { route: 'createUpload', path: () => '/api/uploads', body: () => upload(), others: '201' },
  {
    route: 'createUpload',
    about: 'for the commune',
    path: () => '/api/uploads',
    body: () => upload(HOANG_GIANG),
    answers: staff('commune', '201'),
    others: NO,
  },
  {
    route: 'getUpload',
    path: (places) => `/api/uploads/${places.upload}`,
    answers: { citizenThao: '200' },
    others: GONE,
  },
  documentRow('a petition’s attachment', ({ attachment }) => attachment, {
    answers: THAO_AND_COMMUNE,
    others: GONE,
  }),
  ...documentRows('a denunciation’s attachment', (places) => places.denunciationAttachment, PROTECTED),
  documentRow('a draft of the province', (places) => places.dispatchDocument, sending('200', '200', '200')),
];

type OfDocument = (places: Places) => string | Promise<string>;
type Expected = Pick<Row, 'answers' | 'others'>;

function documentRow(about: string, document: OfDocument, expected: Expected): Row {
  return {
    route: 'getDocument',
    about,
    path: async (places) => `/api/documents/${await document(places)}`,
    ...expected,
  };
}

/** The document and its bytes. */
function documentRows(about: string, document: OfDocument, expected: Expected): Row[] {
  const path = async (places: Places) => `/api/documents/${await document(places)}/versions/1/content`;
  return [documentRow(about, document, expected), { route: 'getDocumentContent', about, path, ...expected }];
}

const ofPetition = (verb = '') => ({
  path: ({ petition }: Places) => `/api/petitions/${petition}${verb}`,
});
const ofDenunciation = (verb = '') => ({
  about: 'a denunciation that nobody is in charge of',
  path: ({ denunciation }: Places) => `/api/petitions/${denunciation}${verb}`,
  // Clerk and leader handle it; an officer learns of it when it is theirs.
  answers: { citizenThao: '200', communeClerk: '200', communeLeader: '200' },
  others: GONE,
});
const readable = { answers: THAO_AND_COMMUNE, others: GONE };

/** In the order in which the petition moves. */
const PETITIONS: readonly Row[] = [
  {
    route: 'submitPetition',
    about: 'to a unit there is not',
    path: () => '/api/petitions',
    body: () => ({ kind: 'feedback', unit: 'H56.98', subject: 'x', text: 'x' }),
    others: '422 unit_unknown',
  },
  { route: 'listPetitions', about: 'one’s own', path: () => '/api/petitions', others: '200' },
  {
    route: 'listPetitions',
    about: 'the commune’s',
    path: () => `/api/petitions?unit=${HOANG_GIANG}`,
    answers: staff('commune', '200'),
    others: GONE,
  },
  { route: 'getPetition', ...ofPetition(), ...readable },
  { route: 'getPetitionTimeline', ...ofPetition('/timeline'), ...readable },
  { route: 'getPetitionEvidence', ...ofPetition('/evidence'), ...readable },
  { route: 'getPetition', ...ofDenunciation() },
  { route: 'getPetitionTimeline', ...ofDenunciation('/timeline') },
  { route: 'getPetitionEvidence', ...ofDenunciation('/evidence') },
  { route: 'acceptPetition', ...ofPetition('/accept'), ...handling(NO, '200', NO, NO) },
  {
    route: 'draftAnswer',
    about: 'before anybody is in charge',
    ...ofPetition('/answer'),
    body: () => ({ text: 'x' }),
    ...handling(NO, NO, NO, NO),
  },
  {
    route: 'assignPetition',
    ...ofPetition('/assign'),
    body: () => ({ assignee: DEMO_PEOPLE.communeOfficer.sub }),
    ...handling(NO, '200', NO, '200'),
  },
  {
    route: 'draftAnswer',
    ...ofPetition('/answer'),
    body: () => ({ text: 'Đã sửa.' }),
    ...handling(NO, NO, '200', NO),
  },
  { route: 'getAnswerPlaces', ...ofPetition('/answer/signing/places'), ...handling(NO, NO, NO, '200') },
  {
    route: 'prepareAnswerSignature',
    ...ofPetition('/answer/signing/prepare'),
    body: async (places) => ({ sha256: await places.answerHash() }),
    ...handling(NO, NO, NO, WITH_THE_SERVICE),
  },
  {
    route: 'completeAnswerSignature',
    ...ofPetition('/answer/signing/complete'),
    ...handling(NO, NO, NO, GONE),
    ...HANDED_IN,
  },
  {
    route: 'signAnswer',
    ...ofPetition('/answer/sign'),
    body: async (places) => ({ sha256: await places.answerHash() }),
    ...handling(NO, NO, NO, '200'),
  },
  documentRow('an answer before it is issued', (places) => places.answerDocument(), {
    answers: staff('commune', '200'),
    others: GONE,
  }),
  {
    route: 'getAnswerPlaces',
    about: 'of the seal',
    ...ofPetition('/answer/signing/places'),
    ...handling(NO, '200', NO, NO),
  },
  { route: 'issueAnswer', ...ofPetition('/answer/issue'), ...handling(NO, '200', NO, NO) },
  ...documentRows('an issued answer', (places) => places.answerDocument(), readable),
  {
    route: 'rateAnswer',
    ...ofPetition('/rating'),
    body: () => ({ helped: true }),
    ...handling('200', NO, NO, NO),
  },
  {
    route: 'returnPetition',
    about: 'another citizen’s',
    path: ({ otherPetition }) => `/api/petitions/${otherPetition}/return`,
    body: () => ({ reason: 'Không thuộc thẩm quyền.' }),
    answers: { citizenBinh: NO, ...staff('commune', '200', NO, '409 invalid_state') },
    others: GONE,
  },
  {
    route: 'returnPetition',
    about: 'a denunciation',
    path: ({ denunciation }) => `/api/petitions/${denunciation}/return`,
    body: () => ({ reason: 'Không thuộc thẩm quyền.' }),
    ...handling(NO, '200', GONE, '409 invalid_state'),
  },
];

const ofDispatch = (verb = '') => ({ path: ({ dispatch }: Places) => `/api/dispatches/${dispatch}${verb}` });
const incomingAt = (unit: string, verb = '') => ({
  path: async (places: Places) => `/api/incoming/${await places.arrivedAt(unit)}${verb}`,
});

const BUNDLES = '/api/evidence-bundles';
const evidenceOf = (about: string, code: (places: Places) => string | Promise<string>, expected: Expected): Row => ({
  route: 'requestEvidenceBundle',
  about,
  path: () => BUNDLES,
  body: async (places) => ({ code: await code(places) }),
  ...expected,
});

/** In the order in which the dispatch moves. */
const EXCHANGE: readonly Row[] = [
  {
    route: 'draftDispatch',
    path: () => '/api/dispatches',
    body: ({ freeDocument }) => ({ unit: PROVINCE, ...draftOf(freeDocument) }),
    // The clerk comes first; a document goes into one case only.
    ...sending('201', '409 invalid_state', NO),
  },
  {
    route: 'listDispatches',
    path: () => `/api/dispatches?unit=${PROVINCE}`,
    ...sending('200', '200', '200'),
  },
  { route: 'getDispatch', ...ofDispatch(), ...sending('200', '200', '200') },
  { route: 'getDispatchEvidence', ...ofDispatch('/evidence'), ...sending('200', '200', '200') },
  {
    route: 'redraftDispatch',
    ...ofDispatch(),
    body: ({ dispatchDocument }) => draftOf(dispatchDocument),
    ...sending('200', '200', NO),
  },
  { route: 'getDispatchPlaces', ...ofDispatch('/signing/places'), ...sending(NO, NO, '200') },
  {
    route: 'prepareDispatchSignature',
    ...ofDispatch('/signing/prepare'),
    body: (places) => places.dispatchShown(),
    ...sending(NO, NO, WITH_THE_SERVICE),
  },
  { route: 'completeDispatchSignature', ...ofDispatch('/signing/complete'), ...sending(NO, NO, GONE), ...HANDED_IN },
  {
    route: 'signDispatch',
    ...ofDispatch('/sign'),
    body: (places) => places.dispatchShown(),
    ...sending(NO, NO, '200'),
  },
  {
    route: 'getDispatchPlaces',
    about: 'of the seal',
    ...ofDispatch('/signing/places'),
    ...sending('200', NO, NO),
  },
  { route: 'issueDispatch', ...ofDispatch('/issue'), ...sending('200', NO, NO) },
  ...documentRows('an issued dispatch', (places) => places.dispatchDocument, {
    answers: { ...staff('province', '200'), ...staff('commune', '200'), ...staff('neighbour', '200') },
    others: GONE,
  }),
  {
    route: 'listIncoming',
    path: () => `/api/incoming?unit=${HOANG_GIANG}`,
    answers: staff('commune', '200'),
    others: GONE,
  },
  { route: 'getIncoming', ...incomingAt(HOANG_GIANG), answers: staff('commune', '200'), others: GONE },
  evidenceOf('what has arrived', (places) => places.arrivedAt(HOANG_GIANG), {
    answers: staff('commune', '202'),
    others: GONE,
  }),
  {
    route: 'registerIncoming',
    ...incomingAt(HOANG_GIANG, '/register'),
    answers: staff('commune', '200', NO, NO),
    others: GONE,
  },
  {
    route: 'returnIncoming',
    ...incomingAt(QUANG_BINH, '/return'),
    body: () => ({ reason: 'Gửi nhầm.' }),
    answers: staff('neighbour', '200', NO, NO),
    others: GONE,
  },
  {
    route: 'recallDispatch',
    ...ofDispatch('/recall'),
    body: () => ({ reason: 'Sai căn cứ.' }),
    // The clerk comes first; it is recalled once.
    ...sending('200', NO, '409 invalid_state'),
  },
  {
    route: 'refuseRecall',
    ...incomingAt(HOANG_GIANG, '/recall/refuse'),
    body: () => ({ reason: 'Đã thực hiện.' }),
    answers: staff('commune', '200', NO, NO),
    others: GONE,
  },
  {
    route: 'agreeRecall',
    about: 'that was refused',
    ...incomingAt(HOANG_GIANG, '/recall/agree'),
    answers: staff('commune', '409 invalid_state', NO, NO),
    others: GONE,
  },
  {
    route: 'getRegister',
    path: () => `/api/registers/${PROVINCE}/outgoing/${new Date(Date.now() + 7 * 3_600_000).getUTCFullYear()}`,
    ...sending('200', '200', '200'),
  },
];

const EVIDENCE: readonly Row[] = [
  evidenceOf('a petition', ({ petition }) => petition, {
    answers: { citizenThao: '202', ...staff('commune', '202') },
    others: GONE,
  }),
  evidenceOf('a denunciation that nobody is in charge of', ({ denunciation }) => denunciation, {
    // The log names who made it: the clerk may handle it, and not take that out.
    answers: { citizenThao: '202', communeLeader: '202', communeClerk: NO },
    others: GONE,
  }),
  evidenceOf('a dispatch, of its sender', ({ dispatch }) => dispatch, sending('202', '202', '202')),
  {
    route: 'getEvidenceBundle',
    path: ({ bundle }) => `${BUNDLES}/${bundle}`,
    answers: { citizenThao: '200' },
    others: GONE,
  },
];

/** Every route with everyone. A route without a row fails the test. */
export const ROWS: readonly Row[] = [
  ...OPEN,
  ...DIRECTORY,
  ...IMAGES,
  ...DOCUMENTS,
  ...PETITIONS,
  ...EXCHANGE,
  ...EVIDENCE,
];
