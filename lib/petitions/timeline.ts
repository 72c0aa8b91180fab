import type { CaseEvent } from '../evidence/case-event.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import type { Petition } from './petition.ts';
import { writtenDay } from './petition-jobs.ts';

interface Sentence {
  readonly vi: string;
  readonly en: string;
}

/** One thing that happened, as the citizen reads it. */
interface TimelineEntry extends Sentence {
  /** ISO 8601 with +07:00. */
  readonly at: string;
  readonly type: string;
}

/** What the citizen reads: what happened, and what happens next, by when. */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** Absent once the petition is closed. */
  readonly next?: Sentence & { readonly by?: string };
}

const text = (event: CaseEvent, key: string) => String(event.data[key] ?? '');
const day = (event: CaseEvent, key: string) => writtenDay(Number(event.data[key]));

/** The events that concern the citizen; drafts and approvals stay inside the agency. */
const SENTENCES: Readonly<Record<string, (event: CaseEvent) => Sentence>> = {
  'petition.submitted': (event) => ({
    vi: `Đã gửi tới cơ quan, mã ${text(event, 'code')}.`,
    en: `Sent to the agency; its code is ${text(event, 'code')}.`,
  }),
  'petition.receipt-sealed': () => ({
    vi: 'Đã có giấy biên nhận với con dấu số của cơ quan.',
    en: 'The receipt with the agency’s seal is ready.',
  }),
  'petition.accepted': (event) => ({
    vi: `Cơ quan đã tiếp nhận; hạn trả lời là ngày ${day(event, 'due')}.`,
    en: `Accepted by the agency; the answer is due by ${day(event, 'due')}.`,
  }),
  'petition.assigned': () => ({
    vi: 'Đã giao cho cán bộ phụ trách xử lý.',
    en: 'Given to the officer who handles it.',
  }),
  'petition.answer-signed': () => ({
    vi: 'Lãnh đạo cơ quan đã ký văn bản trả lời.',
    en: 'The agency’s leader has signed the answer.',
  }),
  'petition.answered': (event) => ({
    vi: `Cơ quan đã trả lời bằng văn bản số ${text(event, 'number')}.`,
    en: `The agency has answered with document ${text(event, 'number')}.`,
  }),
  'petition.returned': () => ({
    vi: 'Cơ quan đã trả lại, kèm lý do.',
    en: 'Returned by the agency, with the reason.',
  }),
  'petition.late': (event) => ({
    vi: `Đã quá hạn trả lời ngày ${day(event, 'due')}. Lãnh đạo cơ quan đã được báo.`,
    en: `The answer was due on ${day(event, 'due')} and is late. The agency’s leaders have been told.`,
  }),
  'petition.rated': () => ({ vi: 'Ông/bà đã đánh giá câu trả lời.', en: 'You have rated the answer.' }),
};

export function timeline(petition: Petition, events: readonly CaseEvent[], now: EpochMs): Timeline {
  const entries = events.flatMap((event) => {
    const sentence = SENTENCES[event.type]?.(event);
    return sentence ? [{ at: formatIso(event.at), type: event.type, ...sentence }] : [];
  });
  const next = whatNext(petition, now);
  return next ? { entries, next } : { entries };
}

function whatNext(petition: Petition, now: EpochMs): Timeline['next'] {
  if (petition.state === 'answered' || petition.state === 'returned') return undefined;
  if (petition.state === 'submitted') {
    return {
      vi: 'Cơ quan sẽ xem xét và tiếp nhận, hoặc trả lại kèm lý do. Hạn trả lời tính từ ngày tiếp nhận.',
      en: 'The agency will accept it, or return it with a reason. The time limit runs from acceptance.',
    };
  }
  const by = formatIso(petition.due.at);
  if (now > petition.due.at) {
    return { vi: 'Cơ quan còn nợ câu trả lời; việc này đã quá hạn.', en: 'The answer is still owed; it is late.', by };
  }
  return {
    vi: `Cơ quan sẽ trả lời chậm nhất ngày ${writtenDay(petition.due.at)}.`,
    en: `The agency will answer by ${writtenDay(petition.due.at)}.`,
    by,
  };
}
