import type { LetterContent } from '../pdf/author/letter.ts';
import { verificationLink } from '../verification/verification-link.ts';
import type { PetitionIn } from './petition.ts';

const ABOUT = { feedback: 'phản ánh, kiến nghị', complaint: 'khiếu nại', denunciation: 'tố cáo' } as const;

/**
 * The officer's text as an official letter. Its number and the signer come with the signatures; a denouncer is not
 * named.
 */
export function answerContent(
  petition: PetitionIn<'answer-writing'>,
  agency: { readonly name: string; readonly place: string },
  portalUrl: string,
): LetterContent {
  const named = petition.kind !== 'denunciation' && petition.ownerName !== '';
  const paragraphs = petition.draft.text
    .split(/\n\s*\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  return {
    agency: agency.name,
    place: agency.place,
    date: writtenAt(petition),
    about: `V/v trả lời ${ABOUT[petition.kind]} ${petition.code}`,
    addressees: [named ? petition.ownerName : `Người gửi hồ sơ ${petition.code}`],
    body: paragraphs.map((text) => ({ text })),
    recipients: ['Như trên;', 'Lưu: VT.'],
    qr: { text: verificationLink(portalUrl, petition.code), caption: 'Quét mã để kiểm tra văn bản' },
  };
}

/** The day the officer wrote it, so that a repeated run authors the same bytes. */
function writtenAt(petition: PetitionIn<'answer-writing'>): number {
  return petition.pending.find((work) => work.job === 'author-answer')?.since ?? petition.assignedAt;
}
