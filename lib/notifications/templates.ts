import type { Language } from '../directory/person.ts';

/** One language of a mail. `{fact}` stands for a fact of the job; `{problem}` for the sentence of an error code. */
export interface TemplateText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

export interface Template {
  /** Path below the portal's address that the mail leads to; holds codes and ids only. */
  readonly path: string;
  readonly texts: Readonly<Record<Language, TemplateText>>;
}

/**
 * Every mail of the service. The facts are codes, numbers and days: what a case is about is read after signing in, never in
 * a mailbox.
 */
export const TEMPLATES = {
  /** To the citizen. Facts: code. */
  'petition.received': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Đã nhận kiến nghị {code}',
        paragraphs: [
          'Kiến nghị của ông/bà đã được gửi tới cơ quan. Mã tra cứu: {code}.',
          'Giấy biên nhận có con dấu số của cơ quan ở trong trang của kiến nghị.',
        ],
      },
      en: {
        subject: 'Petition {code} received',
        paragraphs: [
          'Your petition has reached the agency. Its code is {code}.',
          'A receipt sealed by the agency is on the page of the petition.',
        ],
      },
    },
  },
  /** To the unit's clerks. Facts: code. */
  'petition.arrived': {
    path: '/petitions/{code}',
    texts: {
      vi: { subject: 'Kiến nghị mới {code}', paragraphs: ['Đơn vị vừa nhận kiến nghị {code}, đang chờ tiếp nhận.'] },
      en: { subject: 'New petition {code}', paragraphs: ['Petition {code} has arrived and waits to be accepted.'] },
    },
  },
  /** To the citizen. Facts: code, due. */
  'petition.accepted': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Kiến nghị {code} đã được tiếp nhận',
        paragraphs: ['Cơ quan đã tiếp nhận kiến nghị {code} và hẹn trả lời chậm nhất ngày {due}.'],
      },
      en: {
        subject: 'Petition {code} accepted',
        paragraphs: ['The agency has accepted petition {code} and will answer by {due}.'],
      },
    },
  },
  /** To the officer. Facts: code, due. */
  'petition.assigned': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Được giao xử lý kiến nghị {code}',
        paragraphs: ['Ông/bà được giao xử lý kiến nghị {code}, hạn trả lời ngày {due}.'],
      },
      en: {
        subject: 'Petition {code} assigned to you',
        paragraphs: ['Petition {code} has been assigned to you; the answer is due on {due}.'],
      },
    },
  },
  /** To the unit's leaders. Facts: code. */
  'petition.to-sign': {
    path: '/petitions/{code}',
    texts: {
      vi: { subject: 'Chờ ký trả lời {code}', paragraphs: ['Dự thảo trả lời kiến nghị {code} đang chờ ký.'] },
      en: {
        subject: 'Answer {code} to sign',
        paragraphs: ['The draft answer to petition {code} waits for a signature.'],
      },
    },
  },
  /** To the unit's clerks. Facts: code. */
  'petition.to-issue': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Chờ phát hành trả lời {code}',
        paragraphs: ['Văn bản trả lời kiến nghị {code} đã được ký, đang chờ cấp số và đóng dấu.'],
      },
      en: {
        subject: 'Answer {code} to issue',
        paragraphs: ['The answer to petition {code} is signed and waits for its number and seal.'],
      },
    },
  },
  /** To the citizen. Facts: code. */
  'petition.returned': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Kiến nghị {code} được trả lại',
        paragraphs: ['Cơ quan đã trả lại kiến nghị {code}. Lý do và hướng dẫn ở trong trang của kiến nghị.'],
      },
      en: {
        subject: 'Petition {code} returned',
        paragraphs: ['The agency has returned petition {code}. The reason is on the page of the petition.'],
      },
    },
  },
  /** To the citizen. Facts: code, number (as printed). */
  'petition.answered': {
    path: '/petitions/{code}',
    texts: {
      vi: {
        subject: 'Đã có trả lời kiến nghị {code}',
        paragraphs: [
          'Cơ quan đã trả lời kiến nghị {code} bằng văn bản số {number}, có chữ ký số của lãnh đạo và con dấu số của cơ quan.',
          'Có thể tải văn bản và kiểm tra chữ ký tại trang của kiến nghị.',
        ],
      },
      en: {
        subject: 'Petition {code} answered',
        paragraphs: [
          'The agency has answered petition {code} with document {number}, signed by its leader and sealed by the agency.',
          'The document can be downloaded and verified on the page of the petition.',
        ],
      },
    },
  },
  /** To the unit's leaders. Facts: code, due. */
  'petition.late': {
    path: '/petitions/{code}',
    texts: {
      vi: { subject: 'Kiến nghị {code} quá hạn', paragraphs: ['Kiến nghị {code} đã quá hạn trả lời ngày {due}.'] },
      en: { subject: 'Petition {code} is late', paragraphs: ['The answer to petition {code} was due on {due}.'] },
    },
  },
  /** To the sender's leaders. Facts: code. */
  'dispatch.to-sign': {
    path: '/dispatches/{code}',
    texts: {
      vi: { subject: 'Chờ ký văn bản {code}', paragraphs: ['Văn bản {code} đang chờ ký.'] },
      en: { subject: 'Dispatch {code} to sign', paragraphs: ['Dispatch {code} waits for a signature.'] },
    },
  },
  /** To the sender's clerks. Facts: code. */
  'dispatch.to-issue': {
    path: '/dispatches/{code}',
    texts: {
      vi: {
        subject: 'Chờ phát hành văn bản {code}',
        paragraphs: ['Văn bản {code} đã được ký, đang chờ cấp số và đóng dấu.'],
      },
      en: {
        subject: 'Dispatch {code} to issue',
        paragraphs: ['Dispatch {code} is signed and waits for its number and seal.'],
      },
    },
  },
  /** To the receiver's clerks. Facts: code, number (as printed), unit (the sender's code). */
  'dispatch.arrived': {
    path: '/incoming/{code}',
    texts: {
      vi: {
        subject: 'Văn bản đến số {number}',
        paragraphs: ['Văn bản số {number} của đơn vị {unit} đã đến, đang chờ kiểm tra và vào sổ trong ngày.'],
      },
      en: {
        subject: 'Incoming document {number}',
        paragraphs: ['Document {number} of unit {unit} has arrived and is to be checked and registered today.'],
      },
    },
  },
  /** To the sender's clerks. Facts: code, number, unit (the receiver's code). */
  'dispatch.registered': {
    path: '/dispatches/{code}',
    texts: {
      vi: {
        subject: 'Đơn vị nhận đã vào sổ văn bản {number}',
        paragraphs: ['Đơn vị {unit} đã kiểm tra và vào sổ văn bản số {number}.'],
      },
      en: {
        subject: 'Document {number} registered by its recipient',
        paragraphs: ['Unit {unit} has verified and registered document {number}.'],
      },
    },
  },
  /** To the sender's clerks. Facts: code, number, unit (the receiver's code). */
  'dispatch.returned': {
    path: '/dispatches/{code}',
    texts: {
      vi: {
        subject: 'Văn bản {number} bị trả lại',
        paragraphs: ['Đơn vị {unit} đã trả lại văn bản số {number}. Lý do ở trong trang của văn bản.'],
      },
      en: {
        subject: 'Document {number} returned',
        paragraphs: ['Unit {unit} has returned document {number}. The reason is on the page of the document.'],
      },
    },
  },
  /** To the receiver's clerks. Facts: code, number, unit (the sender's code). */
  'dispatch.recall-asked': {
    path: '/incoming/{code}',
    texts: {
      vi: {
        subject: 'Đơn vị gửi lấy lại văn bản {number}',
        paragraphs: [
          'Đơn vị {unit} thu hồi văn bản số {number} và đề nghị hủy bản điện tử. Lý do ở trong trang của văn bản.',
        ],
      },
      en: {
        subject: 'Document {number} recalled by its sender',
        paragraphs: [
          'Unit {unit} recalls document {number} and asks you to cancel the electronic copy. The reason is on the page of the document.',
        ],
      },
    },
  },
  /** To the sender's clerks. Facts: code, number, unit (the receiver's code). */
  'dispatch.recall-agreed': {
    path: '/dispatches/{code}',
    texts: {
      vi: {
        subject: 'Đơn vị nhận đã hủy văn bản {number}',
        paragraphs: ['Đơn vị {unit} đồng ý lấy lại và đã hủy bản điện tử của văn bản số {number}.'],
      },
      en: {
        subject: 'Recall of document {number} agreed',
        paragraphs: ['Unit {unit} agrees to the recall and has cancelled its electronic copy of document {number}.'],
      },
    },
  },
  /** To the sender's clerks. Facts: code, number, unit (the receiver's code). */
  'dispatch.recall-refused': {
    path: '/dispatches/{code}',
    texts: {
      vi: {
        subject: 'Đơn vị nhận từ chối lấy lại văn bản {number}',
        paragraphs: ['Đơn vị {unit} từ chối việc lấy lại văn bản số {number}. Lý do ở trong trang của văn bản.'],
      },
      en: {
        subject: 'Recall of document {number} refused',
        paragraphs: ['Unit {unit} refuses the recall of document {number}. The reason is on the page of the document.'],
      },
    },
  },
  /** To the receiver's clerks. Facts: code, number, unit (the sender's code), replacement (its number). */
  'dispatch.replaced': {
    path: '/incoming/{code}',
    texts: {
      vi: {
        subject: 'Văn bản {number} đã được thay thế',
        paragraphs: ['Văn bản số {number} của đơn vị {unit} đã được thay thế bằng văn bản số {replacement}.'],
      },
      en: {
        subject: 'Document {number} replaced',
        paragraphs: ['Document {number} of unit {unit} has been replaced by document {replacement}.'],
      },
    },
  },
  /** To whoever uploaded. Facts: upload (id), problem (error code). */
  'upload.refused': {
    path: '/uploads/{upload}',
    texts: {
      vi: {
        subject: 'Tệp tải lên không được nhận',
        paragraphs: ['Tệp vừa tải lên không được nhận và đã bị xóa. Lý do: {problem}'],
      },
      en: {
        subject: 'Your file was not accepted',
        paragraphs: ['The file you uploaded was not accepted and has been deleted. Reason: {problem}'],
      },
    },
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;

export function isTemplate(name: string): name is TemplateName {
  return Object.hasOwn(TEMPLATES, name);
}
